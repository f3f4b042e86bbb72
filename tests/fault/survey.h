// Goes through what power cuts may leave of a recorded run, and says of each whether the promises held.
#pragma once

#include <optional>

#include "power_cut.h"

namespace runbook::test {

/// What the run had said when the power was cut.
struct Promised {
  std::map<std::uint64_t, std::string> records;  // n and hash of those that are on disk, as it said
  std::set<std::uint64_t> changes;               // the INTENTs of what it had begun to change
};

/// What is wrong with this state, in words; nothing when the next run can go on from it and all that was promised is
/// there. Held against the program's own code: verify_audit, Journal::open, EvidenceStore, TargetLocks.
std::optional<std::string> flaw_in(const Tree& tree, const Promised& promised);

struct Survey {
  Tally states{};  // different ones that were judged, by kind of fault
  Tally flaws{};   // by what is wrong with them: "kind: flaw"
  std::size_t points = 0;
};

struct Effort {
  std::size_t states = 600;  // judged, about; drawn at random when there are more
  std::size_t mixtures = 2;  // at random, at each point
  std::uint64_t seed = 1;
};

/// RUNBOOK_BUDGET asks for thirty times as much: then a run's states are all visited, and its mixtures many.
Effort effort(std::size_t states);

/// Cuts the power after each step from `first` on.
Survey survey(const std::vector<Step>& steps, const Effort& effort, std::size_t first = 0);

/// Calls of the next run after a power cut left this: from `first` on, its own. It opens the log, which settles what is
/// there, and begins a change.
struct NextRun {
  std::vector<Step> steps;
  std::size_t first = 0;
};
NextRun next_run_on(const Tree& tree, const Promised& promised);

/// Visits a sample of the different states, with what was promised before.
using VisitState = std::function<void(std::string_view fault, const Tree&, const Promised&)>;
void sample(const std::vector<Step>& steps, const Effort& effort, const VisitState& visit, std::size_t first = 0);

}  // namespace runbook::test
