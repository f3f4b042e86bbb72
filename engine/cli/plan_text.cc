#include "cli/plan_text.h"

#include <map>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "cli/equal_results.h"
#include "safety/change.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kLabelWidth = 10;

std::string safe(const Value& value, std::size_t width = 300) { return escaped(value.text_or(""), width); }

// One part of an item: a label, and text that wraps beside it.
std::string part(const Style& style, std::string label, const std::string& text) {
  if (label.size() < kLabelWidth) label.append(kLabelWidth - label.size(), ' ');
  return "     " + style.dim(label) + wrapped(text, 15, style.width()) + "\n";
}

// As they stand in the file, blanks and all: a line too long for the terminal is the terminal's to break.
std::string differences_text(const Style& style, const Value& differences) {
  std::string out;
  for (const auto& line : differences.items()) {
    const std::string label = out.empty() ? "changes" : "";
    out += "     " + style.dim(label + std::string(kLabelWidth - label.size(), ' ')) + safe(line) + "\n";
  }
  return out;
}

std::string check_text(const Value& check) { return safe(check["target"]) + ": " + safe(check["text"]); }

constexpr const char* kAllNames = "-o json names all";

std::string checks_text(const Style& style, const Value& checks) {
  std::vector<OneResult> wanted;
  for (const auto& check : checks.items())
    wanted.push_back({.target = safe(check["target"]), .text = safe(check["text"])});
  const auto line = [&style](const std::string& text) {
    return "     " + std::string(style.dot()) + " " + wrapped(text, 7, style.width()) + "\n";
  };
  std::string out;
  if (count_targets(wanted) < kManyTargets) {
    for (const auto& check : checks.items()) out += line(check_text(check));
    return out;
  }
  for (const auto& group : equal_results(wanted))
    out += line(owners_text(group) + ": " + group.text + names_text(group, kAllNames));
  return out;
}

std::string commands_text(const Style& style, const std::string& label, const Value& calls) {
  std::string out;
  for (const auto& call : calls.items()) out += part(style, label, safety::command_text(call.items()));
  return out;
}

std::string way_back(const Style& style, const Value& change) {
  if (const auto item = change["activates"].number_or(0); item > 0)
    return part(style, "undo", "the same again, after the undo of item " + to_json(Value(item)));
  if (!change["nothing_to_undo"].text_or("").empty())
    return part(style, "undo", "nothing to undo: " + safe(change["nothing_to_undo"]));
  if (change["undo"].is_null()) return part(style, "undo", "NONE: " + safe(change["irreversible"]));
  return commands_text(style, "undo", change["undo"]["calls"]);
}

// What a change is without its target: two items of which this is equal differ in their target only. What is sent and
// what is lost stays as it is, word by word: a name in there may mean something else.
Value without_target(const Value& item) {
  Value out = item;
  const auto name = std::string(item["target"].text_or(""));
  out["target"] = "";
  out["undoes"] = Value();
  out["text"] = as_it(std::string(item["text"].text_or("")), {name});
  out["member"] = Value();
  for (const auto* list : {"guard", "keeps"}) {
    Value::List calls;
    for (auto call : item[list].items()) {
      if (call["target"] == item["target"]) call["target"] = "";
      calls.push_back(std::move(call));
    }
    if (!item[list].is_null()) out[list] = std::move(calls);
  }
  return out;
}

bool is_change(const Value& item) { return item["kind"].text_or("") == "change"; }

// What was said of earlier items of the plan, and need not be said again.
class Said {
 public:
  explicit Said(const Value::List& items) {
    for (const auto& item : items)
      if (is_change(item)) ++alike_[to_json(without_target(item))];
  }

  // The number of the item that has this said of it already; this one's when none has.
  const std::string& comparing(const std::string& text, const std::string& number) {
    return compared_.emplace(text, number).first->second;
  }
  // The same of a change among many that differ in their target only.
  std::string whole(const Value& change, const std::string& number) {
    const auto what = to_json(without_target(change));
    return alike_[what] < kManyTargets ? number : whole_.emplace(what, number).first->second;
  }

 private:
  std::map<std::string, std::size_t> alike_;  // by what a change is without its target, how many there are
  std::map<std::string, std::string> compared_;
  std::map<std::string, std::string> whole_;
};

std::string change_text(const Style& style, const Value& change, const std::string& number, Said& said) {
  if (const auto earlier = said.whole(change, number); earlier != number)
    return part(style, "all else", "as item " + earlier);
  std::string out;
  if (!change["comment"].text_or("").empty()) out += part(style, "why", safe(change["comment"]));
  if (const auto item = change["activates"].number_or(0); item > 0)
    out += part(style, "when", "item " + to_json(Value(item)) + " was applied: this makes it count");
  out += differences_text(style, change["differences"]);
  for (const auto& lost : change["destroys"].items()) out += part(style, "LOSES", safe(lost));
  for (const auto& check : change["guard"].items()) out += part(style, "only if", check_text(check));
  for (const auto& kept : change["keeps"].items())
    out += part(style, "keeps", "before it: what " + safety::Call::from_value(kept).text() + " tells");
  out += commands_text(style, "sends", change["calls"]);
  out += commands_text(style, "if failed", change["if_it_fails"]);
  const auto comparing = safe(change["comparing"]);
  const auto& earlier = said.comparing(comparing, number);
  out += part(style, "compares", earlier == number ? comparing : "as item " + earlier);
  if (change["may_vanish"].bool_or(false)) out += part(style, "gone?", "then it is left out");
  return out + way_back(style, change);
}

std::string goal_text(const Value& goal) {
  std::string out = "within " + milliseconds_text(goal["within_ms"]);
  if (goal["holds_ms"].number_or(0) > 0) out += " and for " + milliseconds_text(goal["holds_ms"]);
  return out;
}

std::string barrier_text(const Style& style, const Value& item) {
  std::string out = checks_text(style, item["checks"]);
  if (item["member"].is_null() || item["at_least"].number_or(0) > 0)
    return out + part(style, "else", "the plan stops here");
  const auto may_fail = item["member"]["may_fail"].number_or(0);
  return out + part(style, "else",
                    may_fail == 0
                        ? "the plan stops here"
                        : "without those that fail; it stops when more than " + to_json(Value(may_fail)) + " failed");
}

std::string expected(const Value& manual) { return "\"" + safe(manual["expects"]) + "\""; }

// Lines for a shell, each whole, so that it can be copied.
std::string typed(const Style& style, const Value& commands) {
  std::string out;
  for (const auto& command : commands.items()) out += "     " + style.dim("type      ") + safe(command, 0) + "\n";
  return out;
}

std::string item_line(const Style& style, const std::string& number, const std::string& text) {
  return "  " + number + ". " + style.bold(wrapped(text, 5, style.width())) + "\n";
}

std::string item_text(const Style& style, const std::string& number, const Value& item, Said& said) {
  const auto line = [&](const std::string& text) { return item_line(style, number, text); };
  const auto kind = item["kind"].text_or("");
  if (kind == "barrier") {
    const auto text = safe(item["text"]);
    return line("go on only when, " + goal_text(item) + (text.empty() ? ":" : ", " + text + ":")) +
           barrier_text(style, item);
  }
  if (kind == "manual") {
    auto out = line("by hand: " + safe(item["what"])) + typed(style, item["commands"]) +
               part(style, "expects", expected(item));
    if (const auto& undo = item["undo"]; !undo.is_null())
      out += part(style, "undo", "by hand: " + safe(undo["what"]) + ", expects " + expected(undo));
    return out;
  }
  return line(safe(item["text"])) + change_text(style, item, number, said);
}

// How many changes from this one on differ in their target only.
std::size_t count_alike(const Value::List& items, std::size_t first) {
  if (!is_change(items[first]) || items[first]["activates"].number_or(0) > 0) return 1;
  const auto what = without_target(items[first]);
  std::size_t end = first + 1;
  while (end < items.size() && is_change(items[end]) && without_target(items[end]) == what) ++end;
  return end - first;
}

// Many changes that differ in their target only, told once.
std::string alike_text(const Style& style, const Value::List& items, std::size_t first, std::size_t count, Said& said) {
  std::vector<std::string> names;
  for (std::size_t at = first; at < first + count; ++at) names.push_back(safe(items[at]["target"]));
  const auto number = std::to_string(first + 1);
  const auto numbers = number + "-" + std::to_string(first + count);
  const auto text = as_it(safe(items[first]["text"]), {names.front()});
  return item_line(style, numbers, "on each of " + std::to_string(count) + " targets: " + text) +
         part(style, "targets", first_names(names, kAllNames)) + change_text(style, items[first], number, said);
}

}  // namespace

std::string milliseconds_text(const Value& ms) {
  return duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(ms.number_or(0))));
}

std::string plan_text(const Value& plan, const Style& style) {
  std::string out;
  const auto& items = plan["items"].items();
  Said said(items);
  for (std::size_t at = 0; at < items.size();) {
    const auto alike = count_alike(items, at);
    const auto number = std::to_string(at + 1);
    out += alike < kManyTargets ? item_text(style, number, items[at], said) : alike_text(style, items, at, alike, said);
    at += alike < kManyTargets ? 1 : alike;
  }
  if (const auto& fixed = plan["fixed_when"]; !fixed["checks"].items().empty()) {
    const bool holds_only = plan["holds_only"].bool_or(false);
    out += std::string(holds_only ? "  holds when, " : "  fixed when, ") + goal_text(fixed) + ":\n" +
           checks_text(style, fixed["checks"]);
  }
  if (const auto& watch = plan["watch"]; !watch.is_null()) {
    const auto note = safe(watch["note"]);
    out += "  watched afterwards for " + milliseconds_text(watch["within_ms"]) + (note.empty() ? "" : ", " + note) +
           ":\n" + checks_text(style, watch["checks"]);
  }
  return out;
}

}  // namespace runbook::cli
