// What a playbook may say about a change, by the kind of its row: one rule for the planner and for `runbook check`,
// which asks before there is a target.
#pragma once

#include "base/error.h"
#include "safety/change_row.h"

namespace runbook::run {

/// kPlaybook where options of the change do not go with its row, or its guard could not be looked at once.
Result<void> fits_its_row(const safety::Change& change, const safety::ChangeRow& row);

}  // namespace runbook::run
