// What the text of a PostgreSQL setting means: "64MB" and "65536kB" are the same work_mem, "on" and "true" the same
// autovacuum. As the server's own parser takes it (src/backend/utils/misc/guc.c, parse_int, parse_real, parse_bool),
// but for hexadecimal and octal numbers and for words cut short, which are refused; reals as the server shows them.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// The text in the form in which pg_settings has it: a number in the setting's own unit, "on" or "off", the word of an
/// enumeration. `rules` are {type, unit, min, max, options} as pg_settings says. kUsage for what it does not take.
Result<std::string> meaning_of_setting(std::string_view text, const Value& rules);

/// A meaning, for people: "64 MiB", "30 s", "on"; "0" of a unit stays "0".
std::string shown_setting(std::string_view meaning, const Value& rules);

}  // namespace runbook::primitive
