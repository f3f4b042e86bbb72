// From a plan to what became of it: locks, gate, one change after the other. Runs and undos take the same way.
#pragma once

#include <optional>
#include <vector>

#include "base/task.h"
#include "run/asker.h"
#include "run/session.h"
#include "safety/executor.h"
#include "safety/plan.h"

namespace runbook::run {

struct CarriedOut {
  std::vector<safety::Outcome> outcomes;  // one for each change that was begun, in order
  bool complete = false;                  // all were applied, or were so already

  /// Whether something stands changed, or may.
  [[nodiscard]] bool changed() const;
  /// The outcome that ended it early; null when complete or interrupted.
  [[nodiscard]] const safety::Outcome* failure() const;
};

/// Locks the plan's targets, asks the gate, and carries the changes out in order until one of them fails; records
/// GATE. The locks are freed when this returns. kRefused when a lock is held or the gate refuses, kDeclined, kUnasked,
/// kAudit, kStale when the state moved while the question stood. An approval in `given` for a plan of the same digest
/// is not asked for again; one that is given now is left there.
Task<Result<CarriedOut>> carry_out(Session& session, const safety::Plan& plan, Asker& asker,
                                   std::optional<safety::Approval>& given);

}  // namespace runbook::run
