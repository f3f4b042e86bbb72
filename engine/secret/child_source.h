// Secrets that a program tells: cmd:, age: and pass:.
//
// The program is started by its words, without a shell and without input, in a process group of its own that is killed
// when its time is over or it says too much. Of our environment it gets what it needs to find its way home, and no
// more: HOME, PATH, the user's name, locale, time zone, folders (XDG_*, TMPDIR), what leads to agents (GNUPGHOME,
// GPG_TTY, SSH_AUTH_SOCK, DBUS_SESSION_BUS_ADDRESS, DISPLAY, WAYLAND_DISPLAY) and pass's own folder; never a variable
// that another secret is read from. A program that wants more is given it in words: cmd:env OP_ACCOUNT=ops op read …
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace runbook::secret {

struct ChildSource {
  std::vector<std::string> argv{};
  std::chrono::milliseconds within = std::chrono::seconds(30);
  bool first_line = false;               // else all that it says, without line ends behind it
  std::set<std::string> kept_from_it{};  // variables that it does not get
};

/// What it says. kRemote with the end of its stderr, escaped, when it fails; kLimit beyond 64 KiB; kNotFound, kTimeout.
Task<Result<std::string>> read_from_child(Loop loop, ChildSource source);

/// What a program that tells a secret sees of our environment.
std::vector<std::string> child_environment(const std::set<std::string>& kept_from_it);

}  // namespace runbook::secret
