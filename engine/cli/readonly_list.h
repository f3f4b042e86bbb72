// The list of commands that only look, as this program has it: the one it was built with, and what the configuration
// adds to it (docs/readonly-commands.md): the [commands] and [kinds] of all its files, the nearest first.
#pragma once

#include <string_view>

#include "base/error.h"
#include "guard/readonly_commands.h"
#include "run/config.h"

namespace runbook::cli {

/// Where the rules stand that travel in the program.
inline constexpr std::string_view kShippedList = "readonly_commands.toml";

/// Takes about a millisecond. kConfig with file and line for what is no rule, and for a name that is taken.
Result<guard::ReadOnlyCommands> readonly_list(const run::Config& config);

}  // namespace runbook::cli
