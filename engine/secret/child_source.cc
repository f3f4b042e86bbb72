#include "secret/child_source.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "net/child.h"

namespace runbook::secret {

namespace {

constexpr std::size_t kLongest = 64U << 10U;
constexpr std::size_t kShownOfStderr = 300;

constexpr auto kVariables = std::to_array<const char*>({"DBUS_SESSION_BUS_ADDRESS",
                                                        "DISPLAY",
                                                        "GNUPGHOME",
                                                        "GPG_TTY",
                                                        "HOME",
                                                        "LANG",
                                                        "LC_ALL",
                                                        "LC_CTYPE",
                                                        "LC_MESSAGES",
                                                        "LOGNAME",
                                                        "PASSWORD_STORE_DIR",
                                                        "PATH",
                                                        "SSH_AUTH_SOCK",
                                                        "TMPDIR",
                                                        "TZ",
                                                        "USER",
                                                        "WAYLAND_DISPLAY",
                                                        "XDG_CACHE_HOME",
                                                        "XDG_CONFIG_HOME",
                                                        "XDG_DATA_HOME",
                                                        "XDG_RUNTIME_DIR"});

std::string end_of(std::string_view text) {
  text = trim(text);
  const auto from = text.size() - std::min(text.size(), kShownOfStderr);
  return (from == 0 ? "" : "…") + escaped(text.substr(from));
}

}  // namespace

std::vector<std::string> child_environment(const std::set<std::string>& kept_from_it) {
  std::vector<std::string> out;
  for (const auto* name : kVariables) {
    const char* value = std::getenv(name);
    if (value != nullptr && !kept_from_it.contains(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

Task<Result<std::string>> read_from_child(Loop loop, ChildSource source) {
  const auto program = "the program " + escaped(source.argv.front(), 120);
  const net::ChildLimits limits{.total = source.within, .output = kLongest};
  auto environment = child_environment(source.kept_from_it);
  auto said = co_await net::run_child(loop, source.argv, limits, std::move(environment));
  if (!said) co_return said.error();
  if (said->status != 0) {
    const auto why = end_of(said->err);
    co_return Error{.code = Code::kRemote,
                    .message = program + " failed with " + std::to_string(said->status) +
                               (why.empty() ? ", and did not say why" : ": " + why)};
  }
  auto text = std::move(said->out);
  if (source.first_line) text.resize(std::min(text.size(), text.find('\n')));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) co_return Error{.code = Code::kRemote, .message = program + " said nothing"};
  co_return text;
}

}  // namespace runbook::secret
