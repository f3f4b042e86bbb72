// A live run: look, diagnose, choose, ask, plan, gate, change, verify, and look again until it is healthy or the
// operator stops.
#pragma once

#include <optional>

#include "run/run.h"
#include "run/unfinished.h"

namespace runbook::run {

/// `mitigate` names the mitigation to take first; empty: the operator chooses, and without one the first that answers.
Task<Result<Ending>> guided_run(Run& run, Asker& asker, const std::string& mitigate);

/// What an interrupted run left behind.
struct LeftBehind {
  std::optional<Unfinished> unfinished{};  // a plan on its way
  bool changed = false;                    // something stands changed
};

/// The same for a run that goes on after an interruption. After looking, the rest of an unfinished plan is proposed
/// first.
Task<Result<Ending>> resumed_run(Run& run, Asker& asker, LeftBehind left);

}  // namespace runbook::run
