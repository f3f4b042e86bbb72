// The form of ALTER SYSTEM, which changes a setting for the whole server. Internal to guard/.
//
// It takes no parameters, so the value stands in the statement; and it runs in no transaction, so nothing takes it
// back. A setting can hold a command that the server runs, a library that it loads, or the files that say who comes in.
// So a permit is not enough: it must be the plain form, of a setting that holds nothing of the kind.
#pragma once

#include <string_view>

#include "guard/postgres.h"

namespace runbook::guard {

/// Whether this begins with ALTER SYSTEM, however it is written; or cannot be read.
bool may_alter_system(const Statement& statement);

/// "ALTER SYSTEM SET name = 'value'" or "ALTER SYSTEM RESET name", without parameters: one literal, which means the
/// same whatever the server takes a backslash for, and a name that is none of those above.
bool is_plain_setting(const Statement& statement);

}  // namespace runbook::guard
