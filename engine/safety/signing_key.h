// The Ed25519 key pair that signs the audit log: <state>/keys/audit.key (PKCS#8 PEM, 0600) and, for verifiers,
// audit.pub (SubjectPublicKeyInfo PEM), both as the openssl command reads them.
//
// The key lies on the host whose deeds it signs. It stops who can write the log but not read the key, and it ties a
// copy of the log to its origin; it does not stop root. docs/audit.md says what does: a head anchored off the host.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/storage.h"

namespace runbook::safety {

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;

class PublicKey {
 public:
  explicit PublicKey(KeyHandle key) : key_(std::move(key)) {}

  /// Reads <keys>/audit.pub. kAudit when it is missing or no Ed25519 key.
  static Result<PublicKey> load(Storage& storage, const std::filesystem::path& keys);

  /// Whether `signature` (64 raw bytes) is this key's over the message.
  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;

 private:
  KeyHandle key_;
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
  explicit SigningKey(KeyHandle key);
  KeyHandle key_;
  PublicKey public_;  // of the same handle
};

}  // namespace runbook::safety
