// What a state that was read after a change tells a person.
#pragma once

#include <string>

#include "base/value.h"

namespace runbook::cli {

/// What stands in the sentence after "applied, ": "reads back as 40" of a value; of a table what differs from `before`,
/// "now status running, started 2026-11-21T12:40:02Z", or "reads back as it was". Foreign text is escaped; ids as
/// docker gives them are cut to twelve digits, and what is long to some 120 bytes.
std::string state_text(const Value& after, const Value& before);

}  // namespace runbook::cli
