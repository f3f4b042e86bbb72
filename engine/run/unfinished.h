// How far an interrupted run came with the plan that it was carrying out, as its records tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "run/carry_out.h"
#include "safety/journal.h"
#include "safety/plan.h"

namespace runbook::run {

struct Unfinished {
  safety::Plan plan{};
  CarriedOut so_far{};

  /// "item 2 of 3, set maxmemory of cache-1 …": where it goes on.
  [[nodiscard]] std::string where() const;
};

/// The approved plan that was left on its way, as its PLAN record has it, and what became of its items.
struct OnItsWay {
  Value plan{};                                           // the PLAN record
  std::set<std::size_t> done{};                           // the items (1, 2 …) that are over
  std::set<std::size_t> applied{};                        // those whose change was applied
  std::map<std::size_t, std::set<std::string>> failed{};  // members that failed at an item while the plan went on
  std::set<std::uint64_t> made{};                         // the records of what was done: INTENTs, and MANUAL
  bool stopped = false;                                   // one failed, and the plan did not go on

  /// Whether it is the way back of its run.
  [[nodiscard]] bool is_undo() const { return plan["mitigation"].text_or("").starts_with("undo "); }
  /// The plan and how far it came; `plan` is this one's, completed by the run (Run::recorded_plan).
  [[nodiscard]] Unfinished with(safety::Plan plan) const;
};

/// Reads the records of a run. Nothing when no plan was on its way: none was approved, none of its items was begun,
/// its checks were reached, a change of it failed, or the run had gone on to look again. What is in doubt counts as not
/// done: settle it first.
std::optional<OnItsWay> on_its_way(std::span<const safety::Record> records);

}  // namespace runbook::run
