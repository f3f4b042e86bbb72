// One line about a reading, for people.
#pragma once

#include <string>
#include <string_view>

#include "base/value.h"

namespace runbook::run {

/// "16 MiB of 16 MiB, noeviction" for what is well known, else the first members: "used=16777216 policy=noeviction …".
/// Unescaped remote text may be in it: escape it where it is shown.
std::string brief(std::string_view row, const Value& value);

}  // namespace runbook::run
