#include "net/address.h"

#include "catch.h"

using namespace runbook;
using net::parse_redis_url;

TEST_CASE("Redis URLs of all three schemes are read") {
  const auto plain = parse_redis_url("redis://cache-1.lxd:6390/2").value();
  CHECK(plain.endpoint == net::Endpoint{.host = "cache-1.lxd", .port = 6390});
  CHECK(plain.database == 2);
  CHECK_FALSE(plain.tls);
  CHECK(parse_redis_url("redis://h").value().endpoint.port == 6379);
  CHECK(parse_redis_url("redis://h/").value().database == 0);
  CHECK(parse_redis_url("rediss://h").value().tls);
  const auto six = parse_redis_url("redis://ops%40x@[::1]:7000").value();
  CHECK(six.endpoint.host == "::1");
  CHECK(six.user == "ops@x");
  CHECK(six.endpoint.text() == "[::1]:7000");
  const auto path = parse_redis_url("unix:///run/redis.sock?db=3").value();
  CHECK(path.endpoint.path == "/run/redis.sock");
  CHECK(path.database == 3);
}

TEST_CASE("a password in a URL is refused and not repeated") {
  for (const auto* url : {"redis://u:hunter22@h", "redis://:hunter22@h:1/0", "rediss://u:hunter22:@h"}) {
    const auto refused = parse_redis_url(url);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::kConfig);
    CHECK(refused.error().text().find("hunter22") == std::string::npos);
    CHECK(refused.error().next.find("[secrets]") != std::string::npos);
  }
}

TEST_CASE("what is no Redis URL is refused") {
  for (const auto* url : {"",
                          "cache",
                          "http://h",
                          "redis://",
                          "redis://:6379",
                          "redis://h:0",
                          "redis://h:65536",
                          "redis://h:x",
                          "redis://h:6379x",
                          "redis://h/x",
                          "redis://h/-1",
                          "redis://h?timeout=1",
                          "redis://h/0#x",
                          "redis://@h",
                          "redis://%zz@h",
                          "redis://[::1",
                          "redis://[::1]6379",
                          "redis://a b",
                          "unix://run/x",
                          "unix:///x?db=y",
                          "unix:///x?timeout=1",
                          "unix:///a%00b"}) {
    INFO(url);
    CHECK(parse_redis_url(url).error().code == Code::kConfig);
  }
  CHECK(parse_redis_url("unix:///" + std::string(107, 'a')).error().code == Code::kConfig);
}

TEST_CASE("the address that clients use needs a port") {
  CHECK(net::parse_host_port("redis.lxd:6379").value().host == "redis.lxd");
  CHECK(net::parse_host_port("redis.lxd").error().code == Code::kConfig);
}
