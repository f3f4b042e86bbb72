#include "cli/rehearsals.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/line_diff.h"
#include "base/text.h"
#include "cli/narrator.h"
#include "replay/meant.h"
#include "replay/roads.h"

namespace runbook::cli {

namespace {

using replay::RecordedWorld;
using replay::Rehearsal;

std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replace_all(std::string& text, const std::string& what, std::string_view by) {
  if (what.empty()) return;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

// Ids and digests differ from run to run and from one version to the next; what they stand for is told in words.
std::string steady(std::string text, const std::vector<safety::Record>& records) {
  for (const auto& record : records) {
    replace_all(text, record.run, "RUN");
    if (record.type == "PLAN")
      replace_all(text, std::string(record.data["digest"].text_or("").substr(0, 12)), "DIGEST");
  }
  return text;
}

std::vector<std::string> verdict_of(const Rehearsal& rehearsal) {
  std::vector<std::string> names;
  for (const auto& record : rehearsal.records) {
    if (record.type != "VERDICT") continue;
    for (const auto& found : record.data["findings"].items()) names.emplace_back(found["name"].text_or(""));
    if (names.empty()) names.emplace_back(record.data["verdict"].text_or(""));
    break;
  }
  return names;
}

const Value* plan_of(const Rehearsal& rehearsal, const std::string& mitigation) {
  for (const auto& record : rehearsal.records) {
    if (record.type == "PLAN" && record.data["mitigation"].text_or("") == mitigation) return &record.data;
  }
  return nullptr;
}

Value plans_of(const Rehearsal& rehearsal) {
  Value::List plans;
  for (const auto& record : rehearsal.records) {
    if (record.type == "PLAN")
      plans.push_back(Value::Map{{"mitigation", record.data["mitigation"]},
                                 {"digest", record.data["digest"]},
                                 {"level", record.data["level"]}});
  }
  return plans;
}

std::string differs(const std::string& what, const std::string& expected, const std::string& got) {
  return what + ": expected " + expected + ", got " + got;
}

// A problem that the world's file may have to do with names it.
std::string in_file(const RecordedWorld& world, const std::string& problem) {
  return problem.empty() ? "" : world.file.string() + ": " + problem;
}

std::string flaw_in(const Rehearsal& rehearsal, const RecordedWorld& world) {
  const auto flaw = replay::flaw_of(rehearsal);
  const auto meant = replay::meant(flaw, rehearsal, world);
  return flaw + (meant.empty() ? "" : "\n" + meant);
}

// 0 is the level of a plan that is not made.
std::string level_text(int level) { return level == 0 ? "none, and no plan" : std::to_string(level); }

// What came out beside what the world expects; empty when they agree.
std::string disagreement(const RecordedWorld& world, const Shown& shown) {
  const auto& expect = world.expect;
  if (const auto verdict = verdict_of(shown.look); verdict != expect.verdict) {
    if (verdict.empty()) return shown.look.ending.error;
    auto text = differs("verdict", join(expect.verdict, ", "), join(verdict, ", "));
    return shown.look.ending.error.empty() ? text : text + ": " + shown.look.ending.error;
  }
  if (shown.run) {
    const auto* plan = plan_of(*shown.run, expect.mitigation);
    if (plan == nullptr && expect.level != 0)
      return "no plan of " + expect.mitigation + " was made: " + shown.run->ending.error;
    const auto level = plan == nullptr ? 0 : static_cast<int>((*plan)["level"].number_or(0));
    if (level != expect.level) return differs("level", level_text(expect.level), level_text(level));
  }
  const auto& last = shown.run ? *shown.run : shown.look;
  if (last.ending.exit == expect.exit) return {};
  const auto undone = shown.run ? replay::undone_in(last, world) : "";
  return differs("exit", std::to_string(expect.exit),
                 std::to_string(last.ending.exit) + " (" + last.ending.status + ")" +
                     (last.ending.error.empty() ? "" : ": " + last.ending.error) +
                     (undone.empty() ? "" : "\n" + undone));
}

std::string summary_of(const RecordedWorld& world, const Shown& shown) {
  auto text = join(verdict_of(shown.look), ", ");
  if (shown.run)
    text += ", " + world.expect.mitigation +
            (world.expect.level == 0 ? ", no plan" : ", level " + std::to_string(world.expect.level));
  return text + ", exit " + std::to_string((shown.run ? *shown.run : shown.look).ending.exit);
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

// Writes a rehearsal down as an operator without a terminal would see it.
class Scribe {
 public:
  explicit Scribe(std::string command) : narrator_(out_, Style::plain()) { out_ << "$ " << command << '\n'; }
  replay::Audience audience() {
    return {.record = [this](const safety::Record& record) { narrator_.tell(record); },
            .line = [this](const std::string& text) { out_ << escaped(text) << '\n'; }};
  }
  std::string text(const Rehearsal& rehearsal) const {
    const auto error = rehearsal.ending.error.empty() ? "" : "runbook: " + escaped(rehearsal.ending.error) + "\n";
    return steady(out_.str() + error, rehearsal.records);
  }

 private:
  std::ostringstream out_;
  Narrator narrator_;
};

}  // namespace

std::filesystem::path transcript_of(const RecordedWorld& world) {
  return std::filesystem::path(world.file).replace_extension(".txt");
}

Result<Shown> Rehearsals::show(const RecordedWorld& world) const {
  const replay::Road as_recorded;
  const auto name = book_.stem().string();
  Shown shown;
  const auto& mitigation = world.expect.mitigation;
  Scribe looking("runbook run " + name + " --dry-run" + (mitigation.empty() ? "" : " --mitigate " + mitigation));
  const auto looked = looking.audience();
  RUNBOOK_TRY(look, replay::rehearse_looking(theatre_, world, book_, as_recorded, looked));
  shown.look = std::move(look);
  shown.transcript = looking.text(shown.look);
  if (mitigation.empty()) return shown;
  Scribe changing("runbook run " + name + " --mitigate " + mitigation);
  const auto changed = changing.audience();
  RUNBOOK_TRY(run, replay::rehearse_run(theatre_, world, book_, mitigation, as_recorded, changed));
  shown.run = std::move(run);
  shown.transcript += "\n" + changing.text(*shown.run);
  return shown;
}

Case Rehearsals::as_recorded(const RecordedWorld& world, const Result<Shown>& shown) const {
  Case out{.book = book_.stem().string(), .world = world.name, .name = "as recorded"};
  if (!shown) {
    out.problem = in_file(world, shown.error().text());
    return out;
  }
  out.rehearsals = shown->run ? 2 : 1;
  out.summary = summary_of(world, *shown);
  out.plans = plans_of(shown->run ? *shown->run : shown->look);
  for (const auto* rehearsal : {&shown->look, shown->run ? &*shown->run : &shown->look}) {
    if (out.problem.empty()) out.problem = flaw_in(*rehearsal, world);
    if (out.problem.empty()) out.problem = in_file(world, replay::unknown_in(*rehearsal, world));
  }
  if (out.problem.empty()) out.problem = in_file(world, disagreement(world, *shown));
  if (!out.problem.empty()) return out;
  const auto expected = read_whole(transcript_of(world));
  if (expected == shown->transcript) return out;
  out.problem = expected.empty() ? "it has no transcript yet: runbook test --update writes it"
                                 : "its transcript is another one (runbook test --update accepts it)\n" +
                                       join(line_diff(expected, shown->transcript), "\n");
  return out;
}

Case Rehearsals::failing_reads(const RecordedWorld& world, const Shown& shown) const {
  const auto roads = replay::failing_reads(shown.look.asked);
  Case out{.book = book_.stem().string(),
           .world = world.name,
           .name = roads.size() == 1 ? "its one read failing"
                                     : std::to_string(roads.size()) + " reads, each of them failing once",
           .rehearsals = roads.size()};
  for (const auto& road : roads) {
    const auto done = replay::rehearse_looking(theatre_, world, book_, road);
    const auto flaw = done ? replay::flaw_of(*done) : done.error().text();
    if (!flaw.empty()) out.problem += (out.problem.empty() ? "" : "\n") + road.name + ": " + flaw;
  }
  if (!out.problem.empty())
    out.problem += "\nwhat could not be read is nil in `found`: say what that means, for example with unclear \"…\"";
  return out;
}

std::vector<Case> Rehearsals::unhappy(const RecordedWorld& world, const Shown& shown) const {
  std::vector<Case> cases;
  if (!shown.run) return cases;
  const auto* plan = plan_of(*shown.run, world.expect.mitigation);
  if (plan == nullptr) return cases;
  for (const auto& [road, exits] : replay::unhappy_roads(theatre_, *plan)) {
    const auto begin = std::chrono::steady_clock::now();
    Case out{.book = book_.stem().string(), .world = world.name, .name = world.expect.mitigation + ": " + road.name};
    const auto done = replay::rehearse_run(theatre_, world, book_, world.expect.mitigation, road);
    out.problem = done ? replay::flaw_of(*done) : done.error().text();
    if (out.problem.empty() && std::find(exits.begin(), exits.end(), done->ending.exit) == exits.end()) {
      std::vector<std::string> wanted;
      for (const auto exit : exits) wanted.push_back(std::to_string(exit));
      out.problem = differs("exit", join(wanted, " or "),
                            std::to_string(done->ending.exit) + " (" + done->ending.status + ") " + done->ending.error);
    }
    out.took = since(begin);
    cases.push_back(std::move(out));
  }
  return cases;
}

std::vector<Case> Rehearsals::of(const RecordedWorld& world) const {
  auto begin = std::chrono::steady_clock::now();
  const auto shown = show(world);
  std::vector<Case> cases = {as_recorded(world, shown)};
  cases.back().took = since(begin);
  if (!shown || !replay::flaw_of(shown->look).empty()) return cases;
  begin = std::chrono::steady_clock::now();
  if (!shown->look.asked.empty()) {
    cases.push_back(failing_reads(world, *shown));
    cases.back().took = since(begin);
  }
  for (auto& one : unhappy(world, *shown)) cases.push_back(std::move(one));
  return cases;
}

}  // namespace runbook::cli
