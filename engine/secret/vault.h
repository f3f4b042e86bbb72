// Secrets out of Vault: KV version 2 over HTTP, with a token or by AppRole.
//
//   GET  /v1/MOUNT/data/PATH         {"data": {"data": {FIELD: text}}}
//   POST /v1/auth/MOUNT/login        {"role_id", "secret_id"} → {"auth": {"client_token"}}, once per run
//
// It is net/http.h that asks: TLS is verified, no redirect is followed (a standby that sends us on would carry the
// token to whatever host it names), addresses that tell the secrets of cloud machines are refused. The token goes in
// X-Vault-Token and nowhere else. What Vault says of an error is shown, escaped and short; a body of success never.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "guard/vault.h"
#include "net/http.h"

namespace runbook::secret {

struct VaultPlace {
  std::string address{};  // "https://vault.lxd:8200", with what may stand before /v1
  std::string ca_file{};
  std::string name_space{};
  std::string approle = "approle";  // where that login is mounted
};

struct VaultKey {
  std::string token{};  // or both of these
  std::string role_id{};
  std::string secret_id{};
};

class Vault {
 public:
  /// Told the token that a login gave, before it is used.
  using Learn = std::function<void(std::string token)>;

  /// kConfig for an address that is none.
  static Result<std::unique_ptr<Vault>> at(Loop loop, VaultPlace place, Learn learn);

  /// The text in that field. kAuth, kNotFound, kRemote, kProtocol, and errors as HttpClient::read; messages go on
  /// behind the name of the secret.
  Task<Result<std::string>> read(const VaultKey& key, const std::string& mount, const std::string& path,
                                 const std::string& field);

 private:
  Vault(Loop loop, VaultPlace place, std::string origin, std::string base, Learn learn);
  [[nodiscard]] net::HttpRequest request(const std::string& path) const;
  Task<Result<Value>> ask(net::HttpRequest request, const std::string& what);
  Task<Result<void>> log_in(const VaultKey& key);

  VaultPlace place_;
  std::string origin_;
  std::string base_;
  std::string login_path_;
  Learn learn_;
  guard::VaultGuard guard_;
  net::HttpClient client_;
  std::string token_;
};

}  // namespace runbook::secret
