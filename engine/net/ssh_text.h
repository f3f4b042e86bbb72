// The pieces that SSH's messages are made of (RFC 4251, section 5). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runbook::net {

/// Takes pieces off the front of a message; nothing when it is too short for what is asked.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint8_t> byte();
  std::optional<std::uint32_t> number();
  /// A length and so many bytes.
  std::optional<std::string_view> text();
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::string ssh_number(std::uint32_t number);
std::string ssh_text(std::string_view bytes);

}  // namespace runbook::net
