// Exit codes of design section 5.
#pragma once

#include "base/error.h"

namespace runbook::cli {

/// The exit code that an error ends the program with.
int exit_of(const Error& error);

}  // namespace runbook::cli
