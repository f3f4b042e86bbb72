#include "replay/roads.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace runbook::replay {

namespace {

Error gone() { return {.code = Code::kUnreachable, .message = "the connection was lost"}; }
Error refusal() { return {.code = Code::kDenied, .message = "ERR refused in this rehearsal"}; }

using Read = std::function<std::optional<Error>(const safety::Call&, const Spot&)>;

// A read that fails wherever `here` says so.
Read failing(std::function<bool(const safety::Call&, const Spot&)> here) {
  return [here = std::move(here)](const safety::Call& call, const Spot& spot) -> std::optional<Error> {
    if (here(call, spot)) return gone();
    return {};
  };
}

Read checks_fail() {
  return failing([](const safety::Call&, const Spot& spot) { return spot.verifying; });
}

Read barriers_fail() {
  return failing([](const safety::Call&, const Spot& spot) {
    return spot.item != nullptr && std::holds_alternative<safety::Barrier>(spot.item->what);
  });
}

Read guards_fail() {
  return failing([](const safety::Call& call, const Spot& spot) {
    const auto* change = spot.item == nullptr ? nullptr : spot.item->change();
    return change != nullptr && std::any_of(change->guard.begin(), change->guard.end(),
                                            [&](const safety::Check& check) { return check.call == call; });
  });
}

// What there is in a plan for a road to lead past.
struct Shape {
  std::size_t changes = 0;
  bool undoable = true;        // all its changes have a way back, or leave nothing to take back
  bool takes_back = false;     // an undo of it sends something
  bool by_hand = false;        // a person does something
  bool by_hand_first = false;  // something that stands, before the first change
  bool barriers = false;
  bool guards = false;
  std::string spare{};  // a member that its group can go on without

  explicit Shape(const Value& plan) {
    for (const auto& item : plan["items"].items()) {
      const auto kind = item["kind"].text_or("");
      if (kind == "barrier") barriers = true;
      if (kind == "manual") {
        by_hand = true;
        by_hand_first = by_hand_first || (changes == 0 && !item["undo"].is_null());
      }
      if (kind != "change") continue;
      ++changes;
      undoable = undoable && !(item["undo"].is_null() && item["nothing_to_undo"].text_or("").empty());
      takes_back = takes_back || !item["undo"].is_null();
      guards = guards || !item["guard"].items().empty();
      if (spare.empty() && item["member"]["may_fail"].number_or(0) > 0) spare = item["target"].text_or("");
    }
  }
};

LiveRoad sees_something_else() {
  return {.road = {.name = "the operator sees something else", .sees = "not what was expected"}, .exits = {5, 8}};
}

// What a person did stands when it has a way back; otherwise it was a look.
std::vector<LiveRoad> by_hand_only(const Shape& shape) {
  if (!shape.by_hand) return {};
  return {{.road = {.name = "the checks never hold", .read = checks_fail()}, .exits = {shape.by_hand_first ? 5 : 1}},
          sees_something_else()};
}

}  // namespace

std::vector<Road> failing_reads(const std::vector<safety::Call>& calls) {
  std::vector<Road> roads;
  for (const auto& one : calls) {
    roads.push_back({.name = one.text() + " of " + one.target + " fails",
                     .read = failing([one](const safety::Call& call, const Spot&) { return call == one; })});
  }
  return roads;
}

std::vector<LiveRoad> unhappy_roads(const Theatre& theatre, const Value& plan) {
  const Shape shape(plan);
  if (shape.changes == 0) return by_hand_only(shape);
  const auto refuse_all = [](const safety::Change&) -> std::optional<Error> { return refusal(); };
  const auto refuse_undo = [](const safety::Change& change) -> std::optional<Error> {
    if (change.undoes != 0) return refusal();
    return {};
  };
  const auto do_it_first = [&theatre](ReplayedWorld& world, const safety::Plan& approved) {
    for (const auto* change : approved.changes()) {
      if (const auto* row = safety::row_named(theatre.changes, change->row); row != nullptr && change->undoes == 0)
        world.apply(*row, *change, 0);
    }
  };
  std::vector<LiveRoad> roads = {
      {.road = {.name = "the checks never hold", .read = checks_fail()}, .exits = {5}},
      {.road = {.name = "the checks never hold, and it is undone", .read = checks_fail(), .then = "undo"},
       .exits = {shape.undoable ? 6 : 7}},
  };
  if (shape.takes_back) {
    roads.push_back(
        {.road = {.name = "the undo is refused", .read = checks_fail(), .change = refuse_undo, .then = "undo"},
         .exits = {7}});
  }
  roads.push_back(
      {.road = {.name = "the first change is refused", .change = refuse_all}, .exits = {shape.by_hand_first ? 5 : 1}});
  roads.push_back(
      {.road = {.name = "somebody else did it meanwhile", .before_gate = do_it_first}, .exits = {0, 8, 11}});
  if (!shape.spare.empty()) {
    const auto refuse_one = [target = shape.spare](const safety::Change& change) -> std::optional<Error> {
      if (change.target == target) return refusal();
      return {};
    };
    roads.push_back(
        {.road = {.name = shape.spare + " refuses, the others do not", .change = refuse_one}, .exits = {0, 5}});
  }
  // What stands by then stays; a group goes on without those that it can spare.
  if (shape.barriers)
    roads.push_back({.road = {.name = "a barrier does not hold", .read = barriers_fail()}, .exits = {0, 5, 8}});
  if (shape.guards)
    roads.push_back({.road = {.name = "a guard does not hold", .read = guards_fail()}, .exits = {5, 8}});
  if (shape.by_hand) roads.push_back(sees_something_else());
  return roads;
}

std::string unknown_in(const Rehearsal& rehearsal, const RecordedWorld& world) {
  if (rehearsal.unknown.empty()) return {};
  const auto named = [](const safety::Call& call) { return call.text() + " on " + call.target; };
  std::vector<std::string> calls;
  for (const auto& call : rehearsal.unknown) calls.push_back(named(call));
  std::vector<std::string> idle;
  for (const auto& read : world.reads) {
    if (std::find(rehearsal.asked.begin(), rehearsal.asked.end(), read.call) == rehearsal.asked.end())
      idle.push_back(read.call.row + " " + to_json(read.call.args) + " on " + read.call.target);
  }
  return "the world has no answer to " + join(calls, "; ") +
         ": record it again, or add [[reads]] (or [[after.reads]], when it is asked after a change)" +
         (idle.empty() ? "" : "\nit has one that nobody asks for, to " + join(idle, "; "));
}

std::string undone_in(const Rehearsal& rehearsal, const RecordedWorld& world) {
  std::vector<std::string> never;
  for (const auto& after : world.after) {
    const bool made = std::any_of(rehearsal.records.begin(), rehearsal.records.end(), [&](const auto& record) {
      const auto& data = record.data;
      return record.type == "INTENT" && data["row"].text_or("") == after.change &&
             data["target"].text_or("") == after.target && data["args"] == after.args;
    });
    if (!made) never.push_back(safety::Call{after.change, after.target, after.args}.text() + " on " + after.target);
  }
  return never.empty() ? "" : "the world has [[after]] for a change that was not made: " + join(never, "; ");
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
