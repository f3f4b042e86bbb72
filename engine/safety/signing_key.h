// The Ed25519 key pair that signs the audit log: <state>/keys/audit.key (PKCS#8 PEM, 0600) and, for verifiers,
// audit.pub (SubjectPublicKeyInfo PEM), both as the openssl command reads them.
//
// libsodium signs and verifies, OpenSSL reads and writes the PEM: both do Ed25519 (RFC 8032), and libsodium's takes
// half the time (24 against 48 us to sign, 57 against 119 us to verify), which is most of an audited change beside the
// disk.
//
// The key lies on the host whose deeds it signs. It stops who can write the log but not read the key, and it ties a
// copy of the log to its origin; it does not stop root. docs/audit.md says what does: a head anchored off the host.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/storage.h"

namespace runbook::safety {

class PublicKey {
 public:
  using Bytes = std::array<unsigned char, 32>;
  explicit PublicKey(const Bytes& bytes) : bytes_(bytes) {}

  /// Reads <keys>/audit.pub. kAudit when it is missing or no Ed25519 key.
  static Result<PublicKey> load(Storage& storage, const std::filesystem::path& keys);
  /// Reads what stands in such a file. kAudit when it is no Ed25519 key.
  static Result<PublicKey> from_pem(std::string_view pem);

  /// What stands in such a file.
  [[nodiscard]] std::string pem() const;

  /// The first 16 hexadecimal digits of the SHA-256 of its 32 bytes: enough to tell logs apart.
  [[nodiscard]] std::string fingerprint() const;

  /// Whether `signature` (64 raw bytes) is this key's over the message.
  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;

 private:
  Bytes bytes_;
};

class SigningKey {
 public:
  /// Reads <keys>/audit.key. kAudit when it is missing or no Ed25519 key.
  static Result<SigningKey> load(Storage& storage, const std::filesystem::path& keys);
  /// Makes a pair, unless there is one; it is on disk when this returns. The caller keeps other processes out.
  static Result<SigningKey> load_or_create(Storage& storage, const std::filesystem::path& keys);

  /// 64 raw bytes.
  [[nodiscard]] std::string sign(std::string_view message) const;
  [[nodiscard]] const PublicKey& public_key() const { return public_; }

 private:
  using Bytes = std::array<unsigned char, 64>;  // the seed and the public key, as libsodium has it
  SigningKey(const Bytes& bytes, const PublicKey& half) : bytes_(bytes), public_(half) {}
  Bytes bytes_;
  PublicKey public_;
};

}  // namespace runbook::safety
