#include "cli/narrator.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "cli/equal_results.h"
#include "cli/plan_text.h"
#include "cli/state_text.h"

namespace runbook::cli {

namespace {

std::string safe(const Value& value, std::size_t width = 300) { return escaped(value.text_or(""), width); }

std::string list_of(const Value& names) {
  std::string out;
  for (const auto& name : names.items()) out += (out.empty() ? "" : ", ") + safe(name);
  return out;
}

// What a target may be called in an error: its name, and its address with and without the port.
std::vector<std::string> own_words(std::string_view name, const Value& target) {
  std::vector<std::string> words{escaped(name)};
  auto place = std::string(target["url"].text_or(""));
  const auto scheme = place.find("://");
  if (scheme == std::string::npos) return words;
  place.erase(0, scheme + 3);
  place.resize(std::min(place.find('/'), place.size()));
  if (const auto at = place.rfind('@'); at != std::string::npos) place.erase(0, at + 1);
  words.push_back(escaped(place));
  if (const auto colon = place.rfind(':'); colon != std::string::npos) words.push_back(escaped(place.substr(0, colon)));
  return words;
}

// As safety::Plan::is_idle, of a record.
bool is_idle(const Value& plan) {
  const auto& items = plan["items"].items();
  return std::all_of(items.begin(), items.end(), [](const Value& item) { return item["kind"] == Value("barrier"); });
}

}  // namespace

void Narrator::heading(const std::string& text) { out_ << '\n' << style_.bold(text) << '\n'; }

void Narrator::tell(const safety::Record& record) {
  take(record);
  sink_ << style_.fitted(out_.str()) << std::flush;
  out_.str({});
}

void Narrator::recall(const safety::Record& record) {
  take(record);
  out_.str({});
}

void Narrator::finish() {
  readings();
  sink_ << style_.fitted(out_.str()) << std::flush;
  out_.str({});
}

void Narrator::take(const safety::Record& record) {
  const auto& type = record.type;
  if (type != "EVIDENCE") readings();
  if (type == "RUN_START") {
    start(record);
  } else if (type == "RESUME") {
    resumed(record);
  } else if (type == "UNANCHORED") {
    unanchored(record.data);
  } else if (type == "EVIDENCE") {
    evidence(record.data);
  } else if (type == "VERDICT") {
    verdict(record.data);
  } else if (type == "PLAN") {
    plan(record.data);
  } else if (type == "INTENT") {
    undoes_ = static_cast<std::uint64_t>(record.data["undoes"].number_or(0));
    from_ = record.data["from"];
    leaves_nothing_ = !record.data["nothing_to_undo"].text_or("").empty();
    out_ << "\n" << style_.arrow() << ' ' << wrapped(safe(record.data["text"]), 2, style_.width()) << '\n';
  } else if (type == "OUTCOME") {
    outcome(record.data);
  } else if (type == "VERIFY") {
    verification(record.data);
  } else if (type == "BARRIER") {
    barrier(record.data);
  } else if (type == "BY_HAND") {
    by_hand(record);
  } else if (type == "MANUAL") {
    manual(record);
  } else if (type == "LEFT_OUT") {
    out_ << "\n" << style_.dim("left out: " + safe(record.data["text"]) + ": " + safe(record.data["why"])) << '\n';
  } else if (type == "FAILED_MEMBERS") {
    failed_members(record.data);
  } else if (type == "WATCH") {
    watch(record.data);
  } else if (type == "HAND_OVER") {
    hand_over(record.data);
  } else if (type == "RUN_END") {
    end(record);
  }
}

void Narrator::unanchored(const Value& data) {
  for (const auto& lost : data["places"].items())
    out_ << "  " << style_.warn("unanchored: ")
         << wrapped("the end of the log is not noted at " + safe(lost["place"], 80) + ", " + safe(lost["why"]) +
                        ": plans are one level higher",
                    4, style_.width())
         << '\n';
}

// Whoever goes on with a run may not have seen its beginning.
void Narrator::resumed(const safety::Record& record) {
  before_.clear();
  run_ = record.run;
  looking_ = looking_told_ = false;
  out_ << style_.bold(safe(record.data["playbook"])) << "  run " << record.run << " goes on\n";
  for (const auto& line : record.data["accepted"].items())
    out_ << "  " << style_.warn("changed since: ") << wrapped(safe(line), 4, style_.width()) << '\n';
}

void Narrator::start(const safety::Record& record) {
  const auto& data = record.data;
  mode_ = data["mode"].text_or("");
  run_ = record.run;
  before_.clear();
  standing_.clear();
  several_targets_ = data["targets"].members().size() > 1;
  if (const auto follows = safe(data["follows"]); !follows.empty())
    out_ << '\n' << "goes on from run " << follows << '\n';
  out_ << style_.bold(safe(data["playbook"])) << "  run " << record.run;
  if (mode_ == "dry") out_ << "  " << style_.good("dry run: nothing will be changed");
  if (!data["incident"].text_or("").empty()) out_ << "  incident " << safe(data["incident"]);
  out_ << '\n';
  if (const auto summary = safe(data["summary"]); !summary.empty())
    out_ << "  " << wrapped(summary, 2, style_.width()) << '\n';
  targets(data["targets"]);
  for (const auto& note : data["notes"].items()) out_ << "  " << style_.dim(safe(note)) << '\n';
}

// One line for each target; of many that are alike, one for all.
void Narrator::targets(const Value& all) {
  own_words_.clear();
  std::vector<OneResult> alike;
  for (const auto& [name, target] : all.members()) {
    own_words_[name] = own_words(name, target);
    const auto env = target["env"].text_or("");
    alike.push_back(
        {.target = name,
         .text = safe(target["kind"]) + ", " + (env.empty() ? "no env, treated as prod" : escaped(env, 30))});
  }
  std::set<std::string> told;
  for (auto& group : equal_results(alike)) {
    if (group.targets.size() < kManyTargets) continue;
    told.insert(group.targets.begin(), group.targets.end());
    for (auto& name : group.targets) name = escaped(name, 60);
    out_ << "  "
         << wrapped(owners_text(group) + ": " + group.text + names_text(group, "runbook evidence " + run_), 4,
                    style_.width())
         << '\n';
  }
  for (const auto& one : alike) {
    if (told.contains(one.target)) continue;
    const auto& target = all[one.target];
    const auto container = target["kind"].text_or("") == "container";
    const auto place = container ? Value(safe(target["name"]) + " at " + safe(target["engine"])) : target["url"];
    const auto about = "  " + escaped(one.target, 60) + ": " + one.text + ", ";
    out_ << about << safe(place, std::max<std::size_t>(20, style_.width() - std::min(style_.width(), about.size() + 1)))
         << '\n';
  }
}

void Narrator::evidence(const Value& data) {
  const auto name = std::string(data["name"].text_or(""));
  if (data["own"].bool_or(false)) return;  // the plan or the verification shows it
  looking_ = true;
  const bool read = data["error"].is_null();
  const auto target = std::string(data["target"].text_or(""));
  const auto text = read ? safe(data["brief"], 100) : "not read: " + safe(data["error"]["message"]);
  const auto whole = safe(data["target"], 60) + ": " + text + '\n';
  now_[name] += whole;
  if (const auto before = before_.find(name);
      before != before_.end() && before->second.find(whole) != std::string::npos) {
    ++unchanged_;
    return;
  }
  const auto own = own_words_.find(target);
  readings_.add({.name = escaped(name, 40),
                 .target = escaped(target, 60),
                 .text = text,
                 .good = read,
                 .next = safe(data["error"]["next"]),
                 .command = safe(data["error"]["link"]["command"], 1000),
                 .own = own == own_words_.end() ? std::vector<std::string>() : own->second});
}

void Narrator::readings() {
  if (looking_ && !std::exchange(looking_told_, true)) heading(before_.empty() ? "Looking" : "Looking again");
  if (!readings_.empty()) out_ << readings_.take(style_, several_targets_, "runbook evidence " + run_);
}

void Narrator::verdict(const Value& data) {
  looking_ = looking_told_ = false;
  if (unchanged_ > 0) out_ << "  " << style_.dim(counted(unchanged_, "reading") + " as before") << '\n';
  unchanged_ = 0;
  before_ = std::exchange(now_, {});
  const auto kind = data["verdict"].text_or("");
  if (kind == "finding") {
    heading("Found");
    for (const auto& found : data["findings"].items()) {
      out_ << "  " << style_.bad(padded(safe(found["name"]), kNameWidth)) << "   "
           << wrapped(safe(found["text"]), kNameWidth + 5, style_.width()) << '\n';
      pointer(found);
    }
  } else {
    heading(kind == "healthy" ? "Healthy" : kind == "unfit" ? "This playbook does not fit" : "Unclear");
    out_ << "  " << wrapped(safe(data["text"]), 2, style_.width()) << '\n';
    pointer(data);
  }
  if (const auto ruled_out = list_of(data["ruled_out"]); !ruled_out.empty()) {
    out_ << "  " << style_.dim("ruled out: " + wrapped(ruled_out, 13, style_.width())) << '\n';
  }
  if (const auto unread = list_of(data["unread"]); !unread.empty()) {
    out_ << "  " << style_.warn("not read: " + wrapped(unread, 12, style_.width())) << '\n';
  }
}

// Where a finding, a playbook that does not fit, or a reading that failed points to.
void Narrator::pointer(const Value& where) {
  out_ << pointer_text(style_, safe(where["next"]), safe(where["link"]["command"], 1000));
}

void Narrator::hand_over(const Value& data) {
  heading("Handed over");
  const auto say = [&](const std::string& label, const Value& sentences) {
    auto shown = label;
    for (const auto& sentence : sentences.items()) {
      out_ << "  " << style_.dim(padded(std::exchange(shown, ""), 8)) << wrapped(safe(sentence), 10, style_.width())
           << '\n';
    }
  };
  if (!data["note"].text_or("").empty()) say("note", Value::List{data["note"]});
  say("known", data["known"]);
  say("done", data["done"]);
  say("stands", data["stands"]);
  say("next", data["next"]);
}

void Narrator::plan(const Value& data) {
  heading("Plan " + safe(data["mitigation"]));
  if (is_idle(data)) {
    out_ << "  nothing to change, as things stand\n";
  } else {
    whole_plan(data);
  }
  for (const auto& left : data["left"].items())
    out_ << "  " << style_.warn("left: ") << wrapped(safe(left), 4, style_.width()) << '\n';
  for (const auto& settled : data["settled"].items()) out_ << "  " << wrapped(safe(settled), 4, style_.width()) << '\n';
}

void Narrator::whole_plan(const Value& data) {
  out_ << "  level " << to_json(data["level"]) << ", digest " << safe(data["digest"]).substr(0, 12);
  if (data["holds_only"].bool_or(false)) out_ << ", " << style_.warn("buys time, cures nothing");
  if (data["unanchored"].bool_or(false)) out_ << ", " << style_.warn("one higher: unanchored");
  if (!data["called_for"].bool_or(true)) out_ << ", " << style_.warn("not called for by what was found");
  out_ << '\n';
  if (!data["warning"].text_or("").empty())
    out_ << "  " << style_.warn("warning: ") << wrapped(safe(data["warning"]), 11, style_.width()) << '\n';
  out_ << plan_text(data, style_);
  if (const auto& at = data["goes_on_at"]; !at.is_null())
    out_ << "  " << style_.warn("goes on at item " + to_json(at)) << "; those before it are done\n";
}

void Narrator::outcome(const Value& data) {
  const auto status = data["status"].text_or("");
  const bool good = status == "applied" || status == "skipped" || status == "vanished";
  const auto intent = static_cast<std::uint64_t>(data["intent"].number_or(0));
  if (undoes_ != 0 && status == "applied") {
    standing_.erase(undoes_);
  } else if (undoes_ == 0 && !leaves_nothing_ && (status == "applied" || status == "in_doubt" || status == "failed")) {
    standing_.insert(intent);
  }
  if (!data["settled_by"].is_null())
    out_ << '\n' << wrapped("It was in doubt: " + safe(data["text"]), 2, style_.width()) << '\n';
  out_ << "  " << (good ? style_.yes() : style_.no()) << ' ';
  if (status == "skipped") {
    out_ << safe(data["text"]) << ": it is so already";
  } else if (status == "vanished") {
    out_ << safe(data["text"]) << ": it is gone, left out";
  } else {
    std::string words(status);
    if (status == "not_applied") words = "not applied";
    if (status == "in_doubt") words = "IN DOUBT: nobody knows whether it took effect";
    out_ << words << (data["after"].is_null() ? "" : state_text(data["after"], from_));
    if (const auto& said = data["told_by"]["user"]; !said.is_null()) out_ << ", says " << safe(said, 40);
  }
  out_ << '\n';
  for (const auto line : split(data["said"].text_or(""), '\n')) {
    if (!line.empty())
      out_ << "     " << style_.dim("said") << "  " << wrapped(escaped(line), 11, style_.width()) << '\n';
  }
  if (!data["error"].is_null()) out_ << "     " << wrapped(safe(data["error"]["message"]), 5, style_.width()) << '\n';
}

void Narrator::verification(const Value& data) {
  const bool holds = data["holds"].bool_or(false);
  const auto took = milliseconds_text(data["ms"]);
  heading(holds ? "Verified in " + took : "NOT verified after " + took);
  checks(data);
}

void Narrator::barrier(const Value& data) {
  const bool holds = data["holds"].bool_or(false);
  const auto text = safe(data["text"]);
  heading(std::string(holds ? "Barrier held after " : "Barrier does NOT hold after ") + milliseconds_text(data["ms"]) +
          (text.empty() ? "" : ": " + text));
  if (!data["at_least"].is_null())
    out_ << "  " << to_json(data["well"]) << " healthy, at least " << to_json(data["at_least"]) << " must be\n";
  checks(data);
}

void Narrator::manual(const safety::Record& record) {
  const auto& data = record.data;
  const bool good = data["good"].bool_or(false);
  if (good) standing_.erase(static_cast<std::uint64_t>(data["undoes"].number_or(0)));
  if (!data["undo"].is_null() && !data["saw"].is_null()) standing_.insert(record.n);
  out_ << "\n" << (good ? style_.yes() : style_.no()) << " by hand: " << wrapped(safe(data["what"]), 2, style_.width());
  out_ << "\n     " << (data["saw"].is_null() ? std::string("not done") : "seen: " + safe(data["saw"]));
  if (!good) out_ << ", expected: " << safe(data["expects"]);
  out_ << '\n';
}

void Narrator::failed_members(const Value& data) {
  const bool goes_on = data["goes_on"].bool_or(false);
  const auto counts = to_json(data["all"]) + " failed of at most " + to_json(data["may_fail"]);
  out_ << "  "
       << style_.warn(list_of(data["failed"]) +
                      (data["failed"].items().size() > 1 ? " have failed: " : " has failed: ") + counts +
                      (goes_on ? ", the others go on" : ", the plan stops here"))
       << '\n';
}

void Narrator::by_hand(const safety::Record& record) {
  const auto& data = record.data;
  const bool stands = data["stands"].bool_or(false);
  if (stands && !data["undo"].is_null()) standing_.insert(record.n);
  const auto now = data["after"].is_null() ? ", cannot be read back" : state_text(data["after"], data["from"]);
  out_ << "  " << (stands ? style_.yes() : style_.no()) << ' ' << (stands ? "done by hand" : "not done") << now << '\n';
}

void Narrator::watch(const Value& data) {
  const auto end = data["end"].text_or("");
  const auto took = milliseconds_text(data["ms"]);
  heading(end == "stayed"   ? "Stayed well for " + took
          : end == "failed" ? "NOT well any more after " + took
                            : "Watch ended after " + took + " of " + milliseconds_text(data["within_ms"]));
  checks(data);
}

void Narrator::checks(const Value& data) {
  std::vector<OneResult> results;
  for (const auto& check : data["checks"].items()) {
    results.push_back({.target = safe(check["target"], 60),
                       .text = safe(check["text"]) + ": found " + safe(check["got"], 60),
                       .good = check["holds"].bool_or(false)});
  }
  const auto targets = count_targets(results);
  const auto line = [&](bool good, const std::string& text) {
    out_ << "  " << (good ? style_.yes() : style_.no()) << ' ' << wrapped(text, 5, style_.width()) << '\n';
  };
  if (targets < kManyTargets) {
    for (const auto& result : results) line(result.good, (targets > 1 ? result.target + ": " : "") + result.text);
    return;
  }
  for (const auto& group : equal_results(results))
    line(group.good, owners_text(group) + ": " + group.text + names_text(group, "runbook report " + run_));
}

void Narrator::end(const safety::Record& record) {
  const auto& data = record.data;
  const auto code = static_cast<int>(data["exit"].number_or(1));
  out_ << '\n'
       << (code == 0 ? style_.yes() : style_.no()) << ' ' << style_.bold(safe(data["status"])) << " (exit " << code
       << ")\n";
  if (const auto note = safe(data["note"]); !note.empty()) out_ << "  " << wrapped(note, 2, style_.width()) << '\n';
  for (const auto& step : data["next"].items()) out_ << "  next:   " << wrapped(safe(step), 10, style_.width()) << '\n';
  if (record.n == 0) return;
  if (!standing_.empty()) out_ << "  undo:   runbook undo " << record.run << '\n';
  if (mode_ == "live") out_ << "  report: runbook report " << record.run << '\n';
}

}  // namespace runbook::cli
