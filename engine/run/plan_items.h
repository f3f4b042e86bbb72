// The items of a plan, from what the worker proposed: changes completed, what activates them written out behind them.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "run/session.h"
#include "safety/item.h"

namespace runbook::run {

/// Reads the list of the worker's plan phase. Each item is one of
///   {change, target, args, …, activate = list of the same without activate}    see change_from_item
///   {barrier = list of checks, within, holds, text, at_least}
///   {manual, expects, undo = {manual, expects}}
/// and may have member = {group, name, may_fail} and where. Reads the state of everything that is to be changed, and
/// asks the servers whether they would let it be changed. kPlaybook, kRefused, kUsage.
Task<Result<std::vector<safety::Item>>> items_from(Session& session, const Value& proposed);

/// {checks, within, holds} as the worker sends it: durations are text.
Result<safety::Goal> goal_from(Session& session, const Value& value);

}  // namespace runbook::run
