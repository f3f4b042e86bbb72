#include "base/url.h"

#include "catch.h"

using namespace runbook;

TEST_CASE("the URL of a service is its origin, with its port, and the base that all paths stand behind") {
  const auto url = parse_http_url("https://API.lxd:8443/base/").value();
  CHECK(url.origin == "https://api.lxd:8443");
  CHECK(url.base == "/base");
  CHECK(parse_http_url("http://api").value().origin == "http://api:80");
  CHECK(parse_http_url("https://[FD00::7]/").value().origin == "https://[fd00::7]:443");
  CHECK(parse_http_url("https://[fd00::7]:1").value().host == "fd00::7");
  CHECK(parse_http_url("http://api/").value().base.empty());
}

TEST_CASE("what is no URL of a service is refused, and a password in it is not repeated") {
  for (const char* url :
       {"", "api", "redis://api", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
        "http://a:", "http://[::1", "http://::1", "http://a/b?c", "http://a/b#c", "http://a b", "http://a\\b",
        "http://a/../b", "http://a/%2e%2e/b", "file:///etc/passwd", "http://a\r\nb"})
    CHECK_FALSE(parse_http_url(url).has_value());
  const auto error = parse_http_url("http://ops:hunter22@api").error();
  CHECK(error.message == "the URL carries a user or a password");
}

TEST_CASE("a path stays below the base, however often somebody on its way decodes it") {
  for (const char* path :
       {"/", "/health", "/a/b?c=d/../e", "/a..b/.c", "/100%", "/a%20b", "/a?x=%2F", "/a;b=c", "/%41"})
    CHECK(check_url_path(path).has_value());
  for (const char* path :
       {"",       "x",       "//evil",    "/..",           "/a/../b",   "/a/./b",  "/%2e%2e/b", "/%2E./b",
        "/a%2eb", "/a%2fb",  "/a%2Fb",    "/%252e%252e/b", "/a%255cb",  "/..;x/b", "/a b",      "/a#b",
        "/a\\b",  "/a\r\nb", "/a%0d%0ab", "/a%00",         "/\xc3\xa4", "@evil/"})
    CHECK_FALSE(check_url_path(path).has_value());
}

TEST_CASE("a value within a query is letters, digits and escapes") {
  CHECK(url_encoded("rate(x{a=\"b\"}[5m]) > 1") == "rate%28x%7Ba%3D%22b%22%7D%5B5m%5D%29%20%3E%201");
  CHECK(url_encoded("a-b._~9\xff") == "a-b._~9%FF");
}
