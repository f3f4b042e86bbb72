#include "base/redaction/leftovers.h"

#include "catch.h"

using namespace runbook;

namespace {

std::vector<Leftover> found_in(const Value& value, const Value& args = Value::Map{}) {
  static const SecretNet net(std::vector<Secret>{{.name = "REDIS", .value = "correct-horse"}});
  Redactor redactor(net);
  return leftovers_in(redactor, value, args);
}

std::string only(const Value& value, const Value& args = Value::Map{}) {
  const auto found = found_in(value, args);
  REQUIRE(found.size() == 1);
  return found[0].where + ": " + found[0].shape;
}

}  // namespace

TEST_CASE("what looks like a secret is told by where it stands and what it looks like, and never by what it says") {
  CHECK(only(Value::Map{{"a", Value::List{"x", "the correct-horse"}}}) == "a.1: the secret REDIS");
  CHECK(only(Value::Map{{"url", "redis://u:hunter2hunter@h"}}) == "url: a password in a URL");
  CHECK(only(Value::List{"ghp_0123456789abcdefghij"}) == "0: a token");
  CHECK(only("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----") == ": a private key");
  CHECK(only("--password hunter2hunter") == ": a value beside a name that says it is secret");
  CHECK(only(Value::Map{{"db_password", "hunter2hunter"}}) ==
        "db_password: a value whose name says that it is secret: db_password");
  CHECK(only("hunter2hunter", Value::Map{{"key", "requirepass"}}) ==
        ": a value whose name says that it is secret: requirepass");
  CHECK(only(Value::Map{{"x", "is qT7xW2mP9vK4nR8sL1dZ6cB3 yes"}}) == "x: a word that looks random");
}

TEST_CASE("what was hidden, what is measured and what is named is no finding") {
  CHECK(found_in(Value::Map{{"password", "‹redacted:1›"}, {"other", "‹secret:REDIS›"}, {"n", 17}}).empty());
  CHECK(found_in("sha256:2c4b4263ef96680e7310de8fad8d59b800abf0ad807dd590a2b0abe661fc7c1b").empty());
  CHECK(found_in("20261120-233107-k3v9 550e8400-e29b-41d4-a716-446655440000").empty());
  CHECK(found_in("AbstractSingletonProxyFactoryBean2 HTTP/1.1 200 GET_USER_BY_EMAIL_ADDRESS_2").empty());
}
