// Looking after what was set right: polled until the time is over, or until it does not hold any more.
#pragma once

#include "base/task.h"
#include "run/session.h"
#include "safety/plan.h"

namespace runbook::run {

enum class WatchEnd { kStayed, kFailed, kEnded /* by the operator, without harm */ };

/// Records WATCH with the last value of each check.
Task<WatchEnd> watch(Session& session, const safety::Watch& wanted);

}  // namespace runbook::run
