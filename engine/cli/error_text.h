// An error as a command ends with it, for people and for programs.
#pragma once

#include <string>

#include "base/error.h"
#include "base/value.h"

namespace runbook::cli {

/// "runbook: where: message", and below it what to do next. Messages are sentences of ours and escape what they quote;
/// that is done here once more, for all but the line ends of lists, because the next message may forget it.
std::string error_text(const Error& error);

/// {"code", "message", "where", "next"}.
Value error_value(const Error& error);

}  // namespace runbook::cli
