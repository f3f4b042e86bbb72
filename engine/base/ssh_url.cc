#include "base/ssh_url.h"

#include <charconv>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::string_view kScheme = "ssh://";

Error bad(std::string what) {
  return {.code = Code::kConfig,
          .message = std::move(what),
          .next = "for example ssh://cache-host or ssh://root@10.0.0.7:2222"};
}

// A word that ssh takes for a name and for nothing else.
bool is_word(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && escaped(text) == text &&
         text.find_first_of(" \t/\\'\"@?#%$`;&|<>()") == std::string_view::npos;
}

}  // namespace

std::string SshUrl::text() const {
  const bool v6 = name.find(':') != std::string::npos;
  return std::string(kScheme) + (user.empty() ? "" : user + "@") + (v6 ? "[" + name + "]" : name) +
         (port == 0 ? "" : ":" + std::to_string(port));
}

Result<SshUrl> parse_ssh_url(std::string_view url) {
  if (!url.starts_with(kScheme)) return bad("the URL of a host begins with ssh://");
  auto place = url.substr(kScheme.size());
  SshUrl out;
  if (const auto at = place.rfind('@'); at != std::string_view::npos) {
    out.user = place.substr(0, at);
    place.remove_prefix(at + 1);
    if (out.user.find(':') != std::string::npos) return bad("the URL of a host carries a password: ssh takes keys");
    if (!is_word(out.user)) return bad("\"" + escaped(out.user, 60) + "\" is no name of a user");
  }
  const auto bracket = place.starts_with('[') ? place.find(']') : std::string_view::npos;
  const auto colon = place.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.name = bracket == std::string_view::npos ? place.substr(0, colon) : place.substr(1, bracket - 1);
  if (!is_word(out.name)) return bad("\"" + escaped(url, 120) + "\" names no host");
  if (colon == std::string_view::npos) return out;
  const auto port = place.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || out.port == 0)
    return bad("\"" + escaped(url, 120) + "\" has no valid port");
  return out;
}

}  // namespace runbook
