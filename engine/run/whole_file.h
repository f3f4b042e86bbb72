// The whole text of a file that somebody else's program writes, or nothing of it: half an inventory is another one.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace runbook::run {

/// At most 1 MiB. kNotFound when there is none or it is no regular file, kLimit when it is larger, kStorage when it
/// cannot be read to its end. `where` is the path; the message alone tells it all.
Result<std::string> read_whole_file(const std::filesystem::path& file);

}  // namespace runbook::run
