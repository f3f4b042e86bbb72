// From what a playbook proposes to a plan: names resolved, arguments checked, the present state read, calls spelled
// out.
#pragma once

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "run/session.h"
#include "safety/plan.h"

namespace runbook::run {

/// Reads one proposed change, as the worker sent it: {change, target, args, to, comment, level, irreversible,
/// nothing_to_undo, guard, where}. kPlaybook for unknown names and wrong types, kRefused for a target that the run was
/// not given or may not change.
Result<safety::Change> change_from_item(Session& session, const Value& item);

/// Completes a change: normalises `to`, reads `from`, keeps what the way back needs and what the change destroys, and
/// describes calls, undo and level. kRefused when there is no fresh evidence of the target, when its state cannot be
/// read, or when the change holds a secret.
Task<Result<void>> complete(Session& session, safety::Change& change);

/// Asks the server whether it would let us send these commands. kRefused names the user and the command; a server
/// that cannot say stops nothing.
Task<Result<void>> preflight(Session& session, const safety::Change& change);

/// Reads the checks that the worker sent and looks up their targets. kPlaybook, kRefused.
Result<std::vector<safety::Check>> checks_from(Session& session, const Value& checks);

/// Adds the targets of all changes and checks to the plan, sorted by name.
void add_targets(Session& session, safety::Plan& plan);

/// The PLAN record, with what `more` adds to it. What the digest was made of is kept as evidence: its hash is the
/// digest, and a plan for many targets stays short enough for a record. kRefused for a plan that is too large for one.
Result<void> record_plan(Session& session, const safety::Plan& plan, Value::Map more);

}  // namespace runbook::run
