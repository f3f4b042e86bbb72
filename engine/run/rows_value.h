// The tables of primitives as the worker gets them: what its Lua binding is made of.
#pragma once

#include <span>

#include "base/value.h"
#include "safety/change_row.h"
#include "safety/row.h"

namespace runbook::run {

/// [{name, kind, doc, args: [{name, type, required}]}]
Value rows_value(std::span<const safety::ReadRow> rows);
/// The same for changes that a playbook may propose.
Value changes_value(std::span<const safety::ChangeRow> rows);

}  // namespace runbook::run
