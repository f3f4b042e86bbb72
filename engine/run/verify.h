// Waiting until what a plan wanted is true, and staying true: at its end, and at the barriers within it.
#pragma once

#include <set>
#include <string>

#include "base/task.h"
#include "run/session.h"
#include "safety/plan.h"

namespace runbook::run {

/// Waits for what counts as fixed. Records VERIFY with the last value of each check beside the wanted one.
Task<bool> verify(Session& session, const safety::Plan& plan);

struct Passed {
  bool all = false;
  std::set<std::string> failed{};  // members of the group whose checks did not hold
  std::size_t well = 0;            // how many members there are whose checks held
};

/// Waits for a barrier, item `number` (1, 2 …) of its plan, without the checks of the members in `out`, which failed
/// before; one that wants a number of members asks those too, for they may be well. Records BARRIER.
Task<Passed> pass_barrier(Session& session, const safety::Barrier& barrier, std::size_t number,
                          const std::set<std::string>& out);

}  // namespace runbook::run
