// Waiting until what a plan wanted is true, and staying true.
#pragma once

#include "base/task.h"
#include "run/session.h"
#include "safety/plan.h"

namespace runbook::run {

/// Evaluates the plan's checks again and again until all have held for `holds` (or their own `lasting`), at the latest
/// until `within` is over. Records VERIFY with the last value of each check beside the wanted one. True when they held.
Task<bool> verify(Session& session, const safety::Plan& plan);

}  // namespace runbook::run
