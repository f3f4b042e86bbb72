// [secrets], [vault] and [age] of an inventory: where the values of secrets come from. References only, never a value.
//
//   [secrets]
//   A = "env:VARIABLE"                 # of runbook's own environment
//   B = "file:/run/secrets/b"
//   C = "cred:NAME"                    # of systemd: $CREDENTIALS_DIRECTORY/NAME
//   D = "cmd:op read op://ops/d"       # what a program says; words with quotes, and no shell
//   E = "vault:MOUNT/PATH#FIELD"       # KV version 2, as `vault kv get -mount=MOUNT -field=FIELD PATH`
//   F = "age:/etc/runbook/f.age"       # decrypted by age with the identity of [age]
//   G = "pass:ops/g"                   # the first line of `pass show ops/g`
//   H = "prompt:the DBA's password"    # asked for at the terminal, without echo
//
//   [vault]
//   address = "https://vault.lxd:8200" # http:// only on loopback, for the token goes there
//   ca_file = "/etc/runbook/ca.pem"    # else the system's authorities
//   namespace = "ops"
//   token = { secret = "NAME" }        # or role_id and secret_id the same way, and the mount of AppRole as approle =
//   "…"
//
//   [age]
//   identity = "/etc/runbook/age.key"  # which nobody else may read
//
// The first segment behind vault: is the mount; one with slashes is set apart by two: "vault:team/kv//path#field". What
// opens Vault cannot come out of Vault.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "run/toml.h"

namespace runbook::run {

struct SecretReference {
  std::string text{};   // "env:REDIS_PASSWORD", "file:/run/secrets/redis"
  std::string where{};  // file and line of the inventory

  [[nodiscard]] std::string_view source() const;  // "env"
  [[nodiscard]] std::string_view rest() const;    // "REDIS_PASSWORD"
  /// Whether it costs nothing and reaches nobody: read when the program starts.
  [[nodiscard]] bool at_start() const;
};

struct VaultPath {
  std::string mount{};
  std::string path{};
  std::string field{};
};
/// Of what stands behind vault:. kConfig.
Result<VaultPath> parse_vault_path(std::string_view text);

struct SecretSettings {
  std::string vault_address{};
  std::string vault_ca_file{};
  std::string vault_namespace{};
  std::string vault_token{};  // names in [secrets], here and in the next two
  std::string vault_role_id{};
  std::string vault_secret_id{};
  std::string vault_approle = "approle";
  std::string age_identity{};
};

struct DeclaredSecrets {
  std::map<std::string, SecretReference, std::less<>> references{};
  SecretSettings settings{};
};

/// kConfig with file and line for anything that does not fit.
Result<DeclaredSecrets> read_declared_secrets(const Document& document);

/// The shell expression that gives it: "${REDIS_PASSWORD}" or "$(cat /run/secrets/redis)". One that is asked for is a
/// variable of its own name.
std::string secret_in_shell(const std::string& name, const SecretReference& reference, const SecretSettings& settings);

}  // namespace runbook::run
