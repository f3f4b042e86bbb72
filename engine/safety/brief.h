// One line about a reading, for people.
#pragma once

#include <string>

#include "base/value.h"
#include "safety/row.h"

namespace runbook::safety {

/// What its row says of an answer, "16 MiB of 16 MiB, noeviction", else its first members: "used=16777216 policy=…".
/// `row` may be null. Unescaped remote text may be in it: escape it where it is shown.
std::string brief(const ReadRow* row, const Value& answer);

/// A single value in such a line: a text as it is, "3 entries", "2 members", "nothing".
std::string in_words(const Value& value);

}  // namespace runbook::safety
