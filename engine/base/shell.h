// Words of a command line that a person can paste into a POSIX shell.
#pragma once

#include <string>
#include <string_view>

namespace runbook {

/// The word as the shell reads it back: as it is when nothing in it is special, else in single quotes. Control
/// characters are shown escaped, so what is pasted is what was seen.
std::string shell_word(std::string_view word);

}  // namespace runbook
