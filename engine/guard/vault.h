// The last look at what goes to a Vault: reads below its API, and the one request that logs in.
//
// Secrets are looked up by GET, and by nothing else. A login by AppRole is a POST, which no guard lets pass as a read;
// it is needed before anything may be looked at, in dry runs too, and changes nothing but what Vault knows of us. So
// this guard knows its path, and lets it pass without a permit. With one nothing passes.
#pragma once

#include <string>

#include "guard/http.h"

namespace runbook::guard {

class VaultGuard final : public RequestGuard {
 public:
  /// `place`: scheme, host, port and what may stand before /v1. `login`: the path of the login below it, such as
  /// /v1/auth/approle/login; empty for none.
  VaultGuard(const std::string& place, std::string login);

  /// Whether this may be sent. kRefused names method and origin.
  [[nodiscard]] Result<> look(const Request& request, const Permit* permit) const override;

 private:
  std::string login_;  // with scheme and host
  HttpGuard reads_;
};

}  // namespace runbook::guard
