// Settling what an earlier run left in doubt on a target, before anything else is changed there.
#pragma once

#include <span>
#include <string>

#include "base/task.h"
#include "run/asker.h"
#include "run/session.h"

namespace runbook::run {

/// Reads the state of each open INTENT on these targets and records the OUTCOME that the read shows: applied, or not.
/// The caller holds the targets' locks, so no run is still at work there. kRefused names the change when its state is
/// neither.
Task<Result<void>> settle_doubts(Session& session, std::span<const std::string> targets);

/// The same for all that this very run left open, under the locks of their targets; where the state does not tell, the
/// operator does. kRefused when they cannot say either, or nobody is there; kRefused when a lock is held.
Task<Result<void>> settle_with(Session& session, Asker& asker);

}  // namespace runbook::run
