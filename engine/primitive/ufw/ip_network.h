// An address or a network of IPv4 or IPv6: "203.0.113.7", "10.0.0.0/8", "2001:db8::/32".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::primitive {

struct IpNetwork {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // of IPv4 the first four
  unsigned prefix = 0;                   // bits; 32 or 128 for one address

  bool operator==(const IpNetwork&) const = default;
};

/// kUsage for what is none, and for a network that is named by an address in it (10.1.2.3/8): it may be that the
/// address was meant, or the network.
Result<IpNetwork> parse_ip_network(std::string_view text);

/// As inet_ntop writes it, without the prefix where it is one address.
std::string text_of(const IpNetwork& network);

/// Whether all of `inner` lies in `outer`.
bool contains(const IpNetwork& outer, const IpNetwork& inner);

}  // namespace runbook::primitive
