// Settling what an earlier run left in doubt on a target, before anything else is changed there.
#pragma once

#include <span>
#include <string>

#include "base/task.h"
#include "run/session.h"

namespace runbook::run {

/// Reads the state of each open INTENT on these targets and records the OUTCOME that the read shows: applied, or not.
/// The caller holds the targets' locks, so no run is still at work there. kRefused names the change when its state is
/// neither.
Task<Result<void>> settle_doubts(Session& session, std::span<const std::string> targets);

}  // namespace runbook::run
