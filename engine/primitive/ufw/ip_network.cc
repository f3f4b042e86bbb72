#include "primitive/ufw/ip_network.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/text.h"
#include "base/usage.h"

namespace runbook::primitive {

namespace {

constexpr unsigned kBitsOfByte = 8;

unsigned width(const IpNetwork& network) { return network.v6 ? 128 : 32; }

bool bit(const IpNetwork& network, unsigned number) {
  return ((network.bytes.at(number / kBitsOfByte) >> (kBitsOfByte - 1 - number % kBitsOfByte)) & 1U) != 0;
}

bool has_bits_from(const IpNetwork& network, unsigned first) {
  for (auto number = first; number < width(network); ++number) {
    if (bit(network, number)) return true;
  }
  return false;
}

bool read_prefix(std::string_view digits, IpNetwork& network) {
  if (digits.empty() || digits.size() > 3) return false;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, network.prefix);
  return read.ec == std::errc() && read.ptr == end && network.prefix <= width(network);
}

}  // namespace

Result<IpNetwork> parse_ip_network(std::string_view text) {
  const auto none = [&] { return usage("\"" + escaped(text, 60) + "\" is neither an address nor a network"); };
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (address.find('\0') != std::string::npos) return none();
  IpNetwork network;
  network.v6 = address.find(':') != std::string::npos;
  if (inet_pton(network.v6 ? AF_INET6 : AF_INET, address.c_str(), network.bytes.data()) != 1) return none();
  network.prefix = width(network);
  if (slash == std::string_view::npos) return network;
  if (!read_prefix(text.substr(slash + 1), network)) return none();
  if (has_bits_from(network, network.prefix))
    return usage("\"" + escaped(text, 60) + "\" names a network by an address in it",
                 "give the address alone, or the network with zeros behind its prefix");
  return network;
}

std::string text_of(const IpNetwork& network) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(network.v6 ? AF_INET6 : AF_INET, network.bytes.data(), text.data(), text.size());
  std::string out(text.data());
  return network.prefix == width(network) ? out : out + "/" + std::to_string(network.prefix);
}

bool contains(const IpNetwork& outer, const IpNetwork& inner) {
  if (outer.v6 != inner.v6 || outer.prefix > inner.prefix) return false;
  for (unsigned number = 0; number < outer.prefix; ++number) {
    if (bit(outer, number) != bit(inner, number)) return false;
  }
  return true;
}

}  // namespace runbook::primitive
