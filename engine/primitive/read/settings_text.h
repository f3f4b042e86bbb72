// One setting in the text of a configuration file: a line, found by how it begins, or one KEY=value. Pure; all that
// stands around it stays byte for byte.
//
// KEY=value is read only where everybody reads it alike: systemd (EnvironmentFile), docker (--env-file) and a shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::primitive {

/// What a setting is set to; nothing: it does not stand there.
using Setting = std::optional<std::string>;

/// The line that begins with these words, blanks in front of it and behind it left out. kRefused when several do.
Result<Setting> line_of(std::string_view text, std::string_view beginning);
/// The text with another line in its place, indented as it was; behind the last one where there is none yet. Nothing
/// takes it away.
Result<std::string> with_line(std::string_view text, std::string_view beginning, const Setting& line);

/// The value of KEY, without quotes around it. kRefused when it stands there twice, or in a way that not all read
/// alike.
Result<Setting> variable_of(std::string_view text, std::string_view key);
/// The text with KEY set to a value, in the quotes that it had; as a last line where it was not set. Nothing takes the
/// line away. kRefused for a value that not all would read alike.
Result<std::string> with_variable(std::string_view text, std::string_view key, const Setting& value);

}  // namespace runbook::primitive
