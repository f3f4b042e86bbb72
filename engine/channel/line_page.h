// The page of memory that engine and worker share, so that even a playbook that had to be killed is reported with a
// line.
//
// The worker's debug hook writes each line of the playbook that it comes to; the engine reads after the worker's death.
// Nothing is synchronised: a page torn by the kill costs a wrong line in a message, and the file name is kept in bounds
// by the reader. What stands there was written by the worker and is as untrusted as all it says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace runbook::channel {

struct LinePage {
  std::uint32_t line;  // 0: no line of the playbook has run yet
  char file[252];      // ends with a zero unless it fills the field
};
static_assert(sizeof(LinePage) == 256);

inline constexpr int kSocketFd = 3;
inline constexpr int kLinePageFd = 4;

/// How the worker exits when the playbook wants more memory than its limit: at once, so that no pcall can swallow it.
inline constexpr int kExitMemory = 77;

/// "redis-down.lua:12", or nothing.
inline std::string where(const LinePage& page) {
  if (page.line == 0) return {};
  const auto* end = std::find(page.file, page.file + sizeof page.file, '\0');
  return std::string(page.file, end) + ":" + std::to_string(page.line);
}

}  // namespace runbook::channel
