// A plan in words, as it is shown before anybody is asked.
#pragma once

#include <string>

#include "base/value.h"
#include "cli/terminal.h"

namespace runbook::cli {

/// The items of a recorded plan with their exact calls, guards and ways back; then what counts as fixed, and what is
/// watched after that.
std::string plan_text(const Value& plan, const Style& style);

/// A number of milliseconds as records have it: "1.5 s".
std::string milliseconds_text(const Value& ms);

}  // namespace runbook::cli
