// The roads through a recorded world: the way it was recorded, and the unhappy ones that follow from it.
#pragma once

#include <string>
#include <vector>

#include "replay/rehearsal.h"

namespace runbook::replay {

/// A road of a live rehearsal, and how it has to end.
struct LiveRoad {
  Road road;
  std::vector<int> exits;  // the exit codes it may have
};

/// For each of the calls: the road on which it alone fails. Looking, diagnosing and planning must come to an end.
std::vector<Road> failing_reads(const std::vector<safety::Call>& calls);

/// The roads of a mitigation that changes something, by its PLAN record: the checks never hold; that, and it is undone;
/// that, and the undo is refused; the changes are refused, or one member's are; somebody else did it while the question
/// stood; a barrier or a guard does not hold; the operator sees something else than the plan expects.
std::vector<LiveRoad> unhappy_roads(const Theatre& theatre, const Value& plan);

/// The error in the playbook's code that the rehearsal came to; empty when it came to none.
std::string flaw_of(const Rehearsal& rehearsal);

/// The calls that the recording has no answer to, the reads of it that nobody asked for, and what to do about it; empty
/// when all have one.
std::string unknown_in(const Rehearsal& rehearsal, const RecordedWorld& world);

/// The changes that the recording has something after, and that were not made; empty when all were.
std::string undone_in(const Rehearsal& rehearsal, const RecordedWorld& world);

}  // namespace runbook::replay
