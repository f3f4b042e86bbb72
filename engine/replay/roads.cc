#include "replay/roads.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::replay {

namespace {

Error gone() { return {.code = Code::kUnreachable, .message = "the connection was lost"}; }
Error refusal() { return {.code = Code::kRemote, .message = "ERR refused in this rehearsal"}; }

std::function<std::optional<Error>(const safety::Call&)> never_holds() {
  return [](const safety::Call&) -> std::optional<Error> { return gone(); };
}

const safety::ChangeRow* row_named(const Theatre& theatre, std::string_view name) {
  const auto found =
      std::find_if(theatre.changes.begin(), theatre.changes.end(), [&](const auto& row) { return row.name == name; });
  return found == theatre.changes.end() ? nullptr : &*found;
}

}  // namespace

std::vector<Road> failing_reads(const std::vector<safety::Call>& calls) {
  std::vector<Road> roads;
  for (const auto& failing : calls) {
    roads.push_back({.name = failing.text() + " of " + failing.target + " fails",
                     .read = [failing](const safety::Call& call) -> std::optional<Error> {
                       if (call == failing) return gone();
                       return {};
                     }});
  }
  return roads;
}

std::vector<LiveRoad> unhappy_roads(const Theatre& theatre, bool undoable) {
  const auto refuse_all = [](const safety::Change&) -> std::optional<Error> { return refusal(); };
  const auto refuse_undo = [](const safety::Change& change) -> std::optional<Error> {
    if (change.undoes != 0) return refusal();
    return {};
  };
  const auto do_it_first = [&theatre](ReplayedWorld& world, const safety::Plan& plan) {
    for (const auto* change : plan.changes()) {
      if (const auto* row = row_named(theatre, change->row); row != nullptr && change->undoes == 0)
        world.apply(*row, *change, 0);
    }
  };
  return {
      {.road = {.name = "the checks never hold", .check = never_holds()}, .exits = {5}},
      {.road = {.name = "the checks never hold, and it is undone", .check = never_holds(), .then = "undo"},
       .exits = {undoable ? 6 : 7}},
      {.road = {.name = "the undo is refused", .check = never_holds(), .change = refuse_undo, .then = "undo"},
       .exits = {7}},
      {.road = {.name = "the first change is refused", .change = refuse_all}, .exits = {1}},
      {.road = {.name = "somebody else did it meanwhile", .before_gate = do_it_first}, .exits = {0, 8, 11}},
  };
}

std::string unknown_in(const Rehearsal& rehearsal) {
  if (rehearsal.unknown.empty()) return {};
  std::vector<std::string> calls;
  for (const auto& call : rehearsal.unknown) calls.push_back(call.text() + " on " + call.target);
  return "the world has no answer to " + join(calls, "; ") +
         ": record it again, or add [[reads]] (or [[after.reads]], when it is asked after a change)";
}

std::string flaw_of(const Rehearsal& rehearsal) {
  for (const auto& record : rehearsal.records) {
    if (record.type != "VERDICT") continue;
    const auto text = record.data["text"].text_or("");
    if (text.starts_with("diagnose failed: ")) return std::string(text);
  }
  const auto& ending = rehearsal.ending;
  return ending.status == name_of(Code::kPlaybook) || ending.status == name_of(Code::kRunaway) ? ending.error : "";
}

}  // namespace runbook::replay
