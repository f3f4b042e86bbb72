// The compose file of a target as it lies on disk here. Its url is file:///srv/shop/docker-compose.yml.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "primitive/compose/compose_file.h"
#include "safety/target.h"

namespace runbook::primitive {

/// The path of the file itself, links followed. kConfig for a url that is none, kNotFound, kDenied; `where` is the
/// target's name.
Result<std::string> compose_path(const safety::Target& target);

/// The file, read and understood. Errors as above, kLimit above 1 MiB, kConfig with its line for what is no compose
/// file.
Result<ComposeFile> read_compose(const safety::Target& target);

}  // namespace runbook::primitive
