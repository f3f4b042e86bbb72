// What a run that an error ended is called, and its exit code (design section 5).
#pragma once

#include <string>

#include "base/error.h"

namespace runbook::run {

/// The exit code that an error ends the program with.
int exit_of(const Error& error);

/// How records and lists call a run that the error ended: "declined", "approval needed", …
std::string status_of(const Error& error);

}  // namespace runbook::run
