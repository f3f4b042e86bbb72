// What readers and changes of a host's files share.
#pragma once

#include <string>

#include "base/task.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// A file that may be read (docs/readonly-commands.md), at most 1 MiB. Errors as ask_host.
Task<Result<std::string>> read_whole_file(Reach& reach, const safety::Target& target, std::string path);

}  // namespace runbook::primitive
