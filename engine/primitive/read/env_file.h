// A file of variables, as systemd (EnvironmentFile=) and docker (--env-file) read it. Pure; the text is foreign, and
// its values are nobody's to see.
//
//   # a comment, and ; one, too
//   KEY=value
//   export KEY="value with blanks"     quotes are not the value's; one that is not closed may go on over several lines
//   KEY=value that goes on             behind a backslash at the end of the line
//
// Where the two differ (docker takes quotes for part of the value) it is read as by systemd. Of a key that stands there
// twice the last one counts, to both.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace runbook::primitive {

/// KEY=value as it stands in such a file, from a line (the first is 1) on over so many.
struct EnvEntry {
  std::string name;
  std::string value;
  std::size_t line = 0;
  std::size_t lines = 1;
  bool closed = true;  // false: a quote begins its value, and none closes it
};

/// All that is set, in order; and the numbers of the lines that are nothing of this.
struct EnvText {
  std::vector<EnvEntry> entries{};
  std::vector<std::size_t> broken{};
};
EnvText read_env_text(std::string_view text);

/// {values = by name what stands for the value (hidden_whole), keys = names in order, empty = those without a value,
/// twice = those that stand there more than once, broken = numbers of the lines that are nothing of this}.
Value parse_env_file(std::string_view text);

}  // namespace runbook::primitive
