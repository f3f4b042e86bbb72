// What stat says of a file, as a value. Pure; the text is foreign.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// What stat is asked for: no name of a file, which could hold anything, and nothing that depends on the language.
inline constexpr std::string_view kStatFormat = "%f|%s|%h|%U|%u|%G|%g|%Y";

/// What the programs of a host say of a file that is not there, in the C locale.
inline constexpr std::string_view kAbsent = "No such file or directory";

/// One line of it: {kind, size, mode, owner, group, modified, links}. The mode as chmod takes it, "0644"; an owner
/// without a name by its number. kProtocol.
Result<Value> parse_stat(std::string_view line);

/// What stat says of a file and of the folder it lies in, in that order, in the C locale: {exists, …, directory =
/// {mode, owner, group}}. Nothing is said of what is not there. kProtocol; kRemote with stat's own words when it
/// cannot be told whether the file is there.
Result<Value> parse_file(std::string_view out, std::string_view err);

}  // namespace runbook::primitive
