#include "catch.h"
#include "guard/http.h"
#include "support/permit_of.h"

using namespace runbook;
using guard::HttpGuard;
using guard::Request;

namespace {

const HttpGuard kGuard({"http://api:8080", "https://[fd00::1]:443"});

bool passes(const Request& outgoing, const guard::Permit* permit = nullptr) {
  return kGuard.look(outgoing, permit).has_value();
}

}  // namespace

TEST_CASE("reads of declared origins pass, and nothing else without a permit") {
  CHECK(passes({.method = "GET", .origin = "http://api:8080", .path = "/health?deep=1", .body = ""}));
  CHECK(passes({.method = "HEAD", .origin = "https://[fd00::1]:443", .path = "/", .body = ""}));
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "get", "", "GET\r\nX: y"})
    CHECK_FALSE(passes({.method = method, .origin = "http://api:8080", .path = "/", .body = ""}));
  CHECK_FALSE(passes({.method = "GET", .origin = "http://api:8080", .path = "/", .body = "a body"}));
  for (const char* origin : {"http://api", "http://api:8081", "https://api:8080", "http://api:8080@evil:1",
                             "http://evil:8080", "file://api:8080", ""})
    CHECK_FALSE(passes({.method = "GET", .origin = origin, .path = "/", .body = ""}));
}

TEST_CASE("what can be read in two ways is no request") {
  for (const char* path : {"", "x", "@evil/", "/a b", "/a\r\nHost: evil", "/a\\b", "/a#b", "/\x7f", "/\xc3\xa4"})
    CHECK_FALSE(passes({.method = "GET", .origin = "http://api:8080", .path = path, .body = ""}));
  const HttpGuard odd({"http://u:p@api:8080", "http://api:8080/x", "http://"});
  for (const char* origin : {"http://u:p@api:8080", "http://api:8080/x", "http://"})
    CHECK_FALSE(odd.look({.method = "GET", .origin = origin, .path = "/", .body = ""}, nullptr));
}

TEST_CASE("a GET may ask for a WebSocket, and for nothing else that is about the connection itself") {
  using Headers = std::vector<guard::Header>;
  const auto passes_with = [](const Headers& headers, std::string_view method = "GET") {
    return passes({.method = method, .origin = "http://api:8080", .path = "/", .body = "", .headers = headers});
  };
  const Headers asks = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "a2V5"}};
  CHECK(passes_with(asks));
  CHECK_FALSE(passes_with(asks, "HEAD"));
  for (const Headers& odd : {Headers{{"Connection", "Upgrade"}}, Headers{{"Upgrade", "websocket"}},
                             Headers{{"Connection", "Upgrade"}, {"Upgrade", "h2c"}},
                             Headers{{"Connection", "Upgrade"}, {"Connection", "Upgrade"}},
                             Headers{{"Connection", "Upgrade, HTTP2-Settings"}, {"Upgrade", "websocket"}},
                             Headers{{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"upgrade", "h2c"}},
                             Headers{{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Host", "other"}}})
    CHECK_FALSE(passes_with(odd));
}

TEST_CASE("a place has a base that no path leads out of, however it is written") {
  HttpGuard guard;
  guard.declare("https://api:443/base");
  const auto reads = [&](std::string_view path) {
    return guard.look({.method = "GET", .origin = "https://api:443", .path = path, .body = ""}, nullptr).has_value();
  };
  for (const char* path :
       {"/base/", "/base/x", "/base/x?next=/../..//&q=%2F..", "/base/a..b", "/base/.x", "/base/100%"})
    CHECK(reads(path));
  for (const char* path : {"/", "/bas", "/base", "/basement", "/base/..", "/base/../admin", "/base/./x",
                           "/base/%2e%2E/admin", "/base/x%2fy", "/base/%252e%252e/x", "/base/%25252e./x",
                           "/base/..;a=b/x", "/base/x%5cy", "/base/x%0d%0ay", "//base/x"})
    CHECK_FALSE(reads(path));
  const auto permit = test::permit_of({{"PUT", "/x", "1"}});
  CHECK(guard.look({.method = "PUT", .origin = "https://api:443", .path = "/base/x", .body = "1"}, &permit));
  CHECK_FALSE(guard.look({.method = "PUT", .origin = "https://api:443", .path = "/x", .body = "1"}, &permit));
}

TEST_CASE("with a permit passes what it lists, word for word") {
  const auto permit = test::permit_of({{"POST", "/restart", "{}"}});
  CHECK(passes({.method = "POST", .origin = "http://api:8080", .path = "/restart", .body = "{}"}, &permit));
  CHECK(passes({.method = "GET", .origin = "http://api:8080", .path = "/restart", .body = ""}, &permit));
  CHECK_FALSE(passes({.method = "POST", .origin = "http://api:8080", .path = "/restart", .body = "{} "}, &permit));
  CHECK_FALSE(passes({.method = "POST", .origin = "http://api:8080", .path = "/restart?now=1", .body = "{}"}, &permit));
  CHECK_FALSE(passes({.method = "PUT", .origin = "http://api:8080", .path = "/restart", .body = "{}"}, &permit));
  const auto elsewhere = test::permit_of({{"POST", "/restart", "{}"}, {"POST", "http://evil:1/restart", "{}"}});
  CHECK_FALSE(passes({.method = "POST", .origin = "http://evil:1", .path = "/restart", .body = "{}"}, &elsewhere));
}

TEST_CASE(
    "a change carries the headers that its permit lists, the target's credentials and the permit's key, and no more") {
  const auto permit = test::permit_of({{"POST", "/restart", "X-Why: drill", "{}"}, {"POST", "/plain", "{}"}});
  const auto sends = [&](std::string_view path, const std::vector<guard::Header>& headers) {
    return passes({.method = "POST", .origin = "http://api:8080", .path = path, .body = "{}", .headers = headers},
                  &permit);
  };
  CHECK(sends("/restart", {{"X-Why", "drill"}}));
  CHECK(sends("/restart", {{"X-Why", "drill"}, {"Authorization", "Bearer x"}, {"Idempotency-Key", "key-of-tests"}}));
  CHECK(sends("/plain", {}));
  CHECK_FALSE(sends("/restart", {}));
  CHECK_FALSE(sends("/restart", {{"X-Why", "drill"}, {"X-Force", "1"}}));
  CHECK_FALSE(sends("/restart", {{"X-Why", "for good"}}));
  CHECK_FALSE(sends("/restart", {{"x-why", "drill"}}));
  for (const guard::Header& header : {guard::Header{"X-Force", "1"},
                                      {"authorization", "x"},
                                      {"idempotency-key", "x"},
                                      {"Idempotency-Key", "another"},
                                      {"", "{}"}})
    CHECK_FALSE(sends("/plain", {header}));
}

TEST_CASE("no header moves a request elsewhere, says another end of it, or makes a read another method") {
  const auto reads = [](const guard::Header& header) {
    return passes({.method = "GET", .origin = "http://api:8080", .path = "/", .body = "", .headers = {{header}}});
  };
  CHECK(reads({"Accept", "text/plain"}));
  CHECK(reads({"Authorization", "Bearer x"}));
  for (const char* name : {"Host", "Transfer-Encoding", "content-length", "Connection", "X-HTTP-Method-Override",
                           "x-http-method", "X-Method-Override"})
    CHECK_FALSE(reads({name, "DELETE"}));
  const std::vector<guard::Header> host = {{"Host", "other"}};
  const auto permit = test::permit_of({{"POST", "/", "Host: other", ""}});
  CHECK_FALSE(
      passes({.method = "POST", .origin = "http://api:8080", .path = "/", .body = "", .headers = host}, &permit));
}

TEST_CASE("a refusal names method and origin, and nothing of path and body, which may hold secrets") {
  const auto said =
      kGuard.look({.method = "POST", .origin = "http://api:8080", .path = "/?token=abc", .body = "secret"}, nullptr)
          .error()
          .text();
  CHECK(said == "POST to http://api:8080 is no read, and no permit was given");
}
