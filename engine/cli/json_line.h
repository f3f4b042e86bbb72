// Documents for programs, which a person may look at too.
#pragma once

#include <string>

#include "base/json.h"
#include "base/text.h"

namespace runbook::cli {

/// The value on one line, with its end; nothing in it steers a terminal.
inline std::string json_line(const Value& value) { return escaped_json(to_json(value)) + '\n'; }

}  // namespace runbook::cli
