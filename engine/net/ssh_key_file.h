// What a file with a private key tells without its passphrase: of which type the key is, and its public half. libssh2
// reads the key itself.
//
//   -----BEGIN OPENSSH PRIVATE KEY-----   PROTOCOL.key of OpenSSH: "openssh-key-v1\0", cipher, kdf, its options, the
//                                         number of keys, the public key, then what may be encrypted
//   -----BEGIN RSA|EC|DSA PRIVATE KEY-----, older: the type is in the first line
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::net {

struct KeyFile {
  std::string type{};        // "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", …
  std::string public_key{};  // as it goes over the wire; empty when the file does not tell
  bool encrypted = false;
};

/// kProtocol for what is no private key.
Result<KeyFile> parse_key_file(std::string_view text);

/// kNotFound when there is no such file or it cannot be read, kProtocol.
Result<KeyFile> read_key_file(const std::string& path);

}  // namespace runbook::net
