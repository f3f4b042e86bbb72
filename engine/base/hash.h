// SHA-256, the only hash of the project (OpenSSL's).
#pragma once

#include <string>
#include <string_view>

namespace runbook {

/// The SHA-256 of the bytes, 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace runbook
