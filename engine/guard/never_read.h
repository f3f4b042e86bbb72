// Programs that are no look whatever a rule says: the second net below the list of commands that only look.
//
// Written apart from readonly_commands.toml and held against the command itself, so that neither a slip in a rule of
// ours nor a rule that a site adds in a hurry makes a shell, an interpreter or an editor of files pass for a look.
#pragma once

#include <string_view>

namespace runbook::guard {

/// Whether a program, by its bare name, runs other programs, sends what it is told, or writes by nature. Names with a
/// version behind them (python3.11) count as their program. Alone in its object file, so that a test can link without
/// it.
bool is_never_read(std::string_view program);

}  // namespace runbook::guard
