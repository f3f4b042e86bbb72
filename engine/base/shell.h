// Words of a command line: as a person can paste them into a POSIX shell, and as a person has written them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// The word as the shell reads it back: as it is when nothing in it is special, else in single quotes. Control
/// characters are shown escaped, so what is pasted is what was seen.
std::string shell_word(std::string_view word);

enum class Comments : std::uint8_t { kNone, kHash };

/// One line cut into words as Python's shlex does: quotes and backslashes, and where asked a comment behind #. Nothing
/// is expanded. None when a quote stays open.
std::optional<std::vector<std::string>> shell_words(std::string_view line, Comments comments);

}  // namespace runbook
