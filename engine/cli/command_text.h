// The command line again, as the operator would type it.
#pragma once

#include <string>

#include "cli/options.h"

namespace runbook::cli {

/// What `run` or `undo` was called with, without approvals, quoted for a POSIX shell: what a message tells to repeat.
std::string command_text(const Options& options);

}  // namespace runbook::cli
