#include "guard/known_hosts_line.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "guard/known_hosts.h"

namespace runbook::guard {

namespace {

// What has a meaning of its own among the names of a line.
constexpr std::string_view kSpecial = ",*?!|#@";

bool is_plain(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < '\x7f' && kSpecial.find(c) == std::string_view::npos;
  });
}

}  // namespace

Result<std::string> known_hosts_line(std::string_view name, std::string_view key, std::string_view salt) {
  const auto type = type_of_key(key);
  if (type.empty()) return Error{Code::kProtocol, "what should be recorded is no key"};
  if (salt.empty() && !is_plain(name)) {
    return Error{.code = Code::kConfig,
                 .message = "the name " + escaped(name, 120) + " would mean something else in known_hosts",
                 .next = "name the host by HostName or HostKeyAlias of ssh_config without any of " +
                         std::string(kSpecial) + ", or set HashKnownHosts yes"};
  }
  const auto written =
      salt.empty() ? std::string(name) : "|1|" + to_base64(salt) + "|" + to_base64(hmac_sha1(salt, name));
  return written + " " + type + " " + to_base64(key) + "\n";
}

}  // namespace runbook::guard
