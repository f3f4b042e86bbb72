// A line of a known_hosts file that records a key, as OpenSSH writes it (known_hosts.h has the format).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::guard {

inline constexpr std::size_t kKnownHostsSalt = 20;  // bytes; of SHA-1, which hashes the name

/// "NAME TYPE BASE64" with its line end. `name` as known_hosts_name gives it, `key` as it comes over the wire. `salt`:
/// kKnownHostsSalt random bytes where the name is to be hashed (HashKnownHosts of ssh_config(5)), else empty. kConfig
/// for a name that would be read as a pattern or as several names, kProtocol for what is no key.
Result<std::string> known_hosts_line(std::string_view name, std::string_view key, std::string_view salt);

}  // namespace runbook::guard
