// URLs of hosts: ssh://[USER@]NAME[:PORT]. Pure.
//
// The name is what one would type behind `ssh`: a host name, an address, or a Host of OpenSSH's configuration. What the
// URL leaves out is that configuration's to say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook {

struct SshUrl {
  std::string user{};
  std::string name{};
  std::uint16_t port = 0;  // 0: not said

  [[nodiscard]] std::string text() const;
};

/// kConfig names what is wrong.
Result<SshUrl> parse_ssh_url(std::string_view url);

}  // namespace runbook
