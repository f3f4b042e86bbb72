// A file of known hosts, to which a host is added.
//
// It belongs to the operator and to other programs, so it is only appended to: one write, under a lock that keeps
// others of us out, and never renamed over. A link is followed where the operator or root made it, and nowhere else. A
// file that is made is 0600, in a folder 0700.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/error.h"
#include "base/storage.h"

namespace runbook::cli {

/// Appends what `lines` gives, on disk when this returns. `lines` is called when nobody else of us can write any more,
/// for a last look at what the file says; what it gives is whole lines, or nothing, and its error ends the matter.
/// kStorage besides, kRefused for a place that others could have led us to, or that is no file.
Result<void> append_to_known_hosts(Storage& storage, const std::filesystem::path& file,
                                   const std::function<Result<std::string>()>& lines);

}  // namespace runbook::cli
