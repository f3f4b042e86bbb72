// A live run: look, diagnose, choose, ask, plan, gate, change, verify, and look again until it is healthy or the
// operator stops.
#pragma once

#include "run/run.h"

namespace runbook::run {

/// `mitigate` names the mitigation to take first; empty: the operator chooses, and without one the first that answers.
Task<Result<Ending>> guided_run(Run& run, Asker& asker, const std::string& mitigate);

}  // namespace runbook::run
