#include "net/ssh_text.h"

namespace runbook::net {

std::optional<std::uint8_t> SshReader::byte() {
  if (rest_.empty()) return {};
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::optional<std::uint32_t> SshReader::number() {
  if (rest_.size() < 4) return {};
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = (value << 8U) | *byte();
  return value;
}

std::optional<std::string_view> SshReader::text() {
  const auto length = number();
  if (!length || *length > rest_.size()) return {};
  const auto found = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  return found;
}

std::string ssh_number(std::uint32_t number) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((number >> shift) & 0xffU);
  return bytes;
}

std::string ssh_text(std::string_view bytes) {
  return ssh_number(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

}  // namespace runbook::net
