#include "catch.h"
#include "guard/vault.h"
#include "support/permit_of.h"

using namespace runbook;
using namespace runbook::guard;

namespace {

constexpr auto kPlace = "https://vault.lxd:8200";

bool passes(std::string_view method, std::string_view path, std::string_view body = {},
            std::string_view origin = kPlace) {
  const VaultGuard guard(kPlace, "/v1/auth/approle/login");
  return guard.look({.method = method, .origin = origin, .path = path, .body = body}, nullptr).has_value();
}

}  // namespace

TEST_CASE("a Vault is asked for secrets, and logged in to, and nothing else") {
  CHECK(passes("GET", "/v1/secret/data/app"));
  CHECK(passes("POST", "/v1/auth/approle/login", "{}"));
  CHECK_FALSE(passes("POST", "/v1/secret/data/app", "{}"));
  CHECK_FALSE(passes("POST", "/v1/auth/approle/login/", "{}"));
  CHECK_FALSE(passes("POST", "/v1/auth/approle/login?x=1", "{}"));
  CHECK_FALSE(passes("PUT", "/v1/auth/approle/login", "{}"));
  CHECK_FALSE(passes("GET", "/v1/secret/data/app", "{}"));
  CHECK_FALSE(passes("GET", "/ui/vault"));
  CHECK_FALSE(passes("GET", "/v1/../ui"));
  CHECK_FALSE(passes("GET", "/v1/secret/data/app", {}, "https://other.lxd:8200"));
  CHECK_FALSE(passes("POST", "/v1/auth/approle/login", "{}", "https://other.lxd:8200"));
}

TEST_CASE("no permit opens a Vault") {
  const VaultGuard guard(kPlace, "/v1/auth/approle/login");
  const auto permit = test::permit_of({{"GET", "/v1/secret/data/app", ""}});
  CHECK_FALSE(guard.look({.method = "GET", .origin = kPlace, .path = "/v1/secret/data/app", .body = {}}, &permit));
}
