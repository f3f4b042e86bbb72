// A plan that a person carries out: the engine says the exact commands and waits, then reads what became of it.
//
// Nothing is sent but reads, so there is no INTENT: a change that the operator made is a BY_HAND record, with the
// digest of the plan it belongs to. It stands as any other does: the run's undo asks for the way back, in its turn.
#pragma once

#include "base/task.h"
#include "run/asker.h"
#include "run/session.h"
#include "safety/by_hand.h"
#include "safety/executor.h"
#include "safety/plan.h"

namespace runbook::run {

/// The target, with how a shell comes by its password.
safety::HandTarget hand_target(const World& world, const safety::Target& target);

/// What a person does to make a described change, and to take it back.
safety::Manual manual_of(const World& world, const safety::Target& target, const safety::Change& change);

/// Asks a person for one change of the plan, reads its state back, and records BY_HAND. kApplied when something else
/// stands there now or that cannot be told, kNotApplied when it is as before. kDeclined, kUnasked, kAudit.
Task<Result<safety::Outcome>> change_by_hand(Session& session, const safety::Plan& plan, Asker& asker,
                                             std::size_t item);

}  // namespace runbook::run
