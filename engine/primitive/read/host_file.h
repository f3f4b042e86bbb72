// What a host says of one of its files, without its content.
#pragma once

#include <string>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "primitive/reach.h"

namespace runbook::primitive {

/// The argument `path`: absolute and plain, without a slash at its end. kUsage for any other.
Result<std::string> path_of_file(const Value& args);

/// {exists, kind, size, mode, owner, group, modified, links, directory}, as parse_file has it (file_output.h): of a
/// link, of the link itself. The path is absolute and plain. Errors as hear_host and parse_file.
Task<Result<Value>> stat_on_host(Reach& reach, const safety::Target& target, std::string path);

}  // namespace runbook::primitive
