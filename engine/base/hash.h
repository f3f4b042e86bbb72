// SHA-256, the only hash of the project (OpenSSL's); and SHA-1 where a format of others asks for it.
#pragma once

#include <string>
#include <string_view>

namespace runbook {

/// The SHA-256 of the bytes, 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The SHA-1 of the bytes, 20 bytes: what RFC 6455 has a WebSocket's server answer with. Nothing else may rest on it.
std::string sha1(std::string_view bytes);

/// HMAC-SHA1 (RFC 2104) of the bytes under a key, 20 bytes: how OpenSSH's known_hosts hides the names of hosts. Nothing
/// else may rest on it.
std::string hmac_sha1(std::string_view key, std::string_view bytes);

}  // namespace runbook
