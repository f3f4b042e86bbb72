// TLS: who is believed and who is not.
#include "catch.h"
#include "net/redis.h"
#include "support/loop.h"
#include "support/redis_server.h"

using namespace runbook;
using net::RedisConnection;
using test::RedisServer;

namespace {

Result<std::shared_ptr<RedisConnection>> connect(test::TestLoop& loop, net::TlsTrust& trust, const std::string& url,
                                                 std::string ca_file,
                                                 std::chrono::seconds limit = std::chrono::seconds(20)) {
  static const guard::RedisGuard kGuard;
  net::RedisOptions options{
      .address = net::parse_redis_url(url).value(), .ca_file = std::move(ca_file), .connect_limit = limit};
  return loop.run(RedisConnection::connect(loop.loop(), std::move(options), kGuard, trust));
}

}  // namespace

TEST_CASE("TLS verifies the certificate and the host name, always") {
  const RedisServer server({}, RedisServer::Listen::kTls);
  test::TestLoop loop;
  net::TlsTrust trust;

  SECTION("a pinned authority and the right name: accepted, and many commands go through") {
    const auto redis = connect(loop, trust, server.url(), server.ca_file()).value();
    guard::Argv argv = {"PING"};
    std::vector<Task<Result<net::Reply>>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(redis->command(argv));
    for (const auto& reply : loop.run_all(std::move(tasks))) REQUIRE(reply.value().text == "PONG");
  }
  SECTION("an unknown authority is refused") {
    const auto error = connect(loop, trust, server.url(), "").error();
    CHECK(error.code == Code::kUnreachable);
    CHECK(error.message.find("certificate") != std::string::npos);
    CHECK(error.message.find("not accepted") != std::string::npos);
  }
  SECTION("another name of the same server is refused") {
    const auto error =
        connect(loop, trust, "rediss://127.0.0.1:" + std::to_string(server.port()), server.ca_file()).error();
    CHECK(error.code == Code::kUnreachable);
    CHECK(error.message.find("IP address mismatch") != std::string::npos);
  }
  SECTION("plain Redis on a TLS port gets a hint") {
    const auto error = connect(loop, trust, "redis://127.0.0.1:" + std::to_string(server.port()), "").error();
    CHECK(error.code == Code::kUnreachable);
    CHECK(error.next.find("rediss://") != std::string::npos);
  }
  SECTION("a CA file that is none is a configuration error") {
    CHECK(connect(loop, trust, server.url(), "/nowhere/ca.crt").error().code == Code::kConfig);
  }
}

TEST_CASE("TLS on a plain port, which waits for more, ends at the deadline with a hint") {
  const RedisServer server({}, RedisServer::Listen::kTcp);
  test::TestLoop loop;
  net::TlsTrust trust;
  const auto error =
      connect(loop, trust, "rediss://127.0.0.1:" + std::to_string(server.port()), "", std::chrono::seconds(1)).error();
  CHECK(error.code == Code::kTimeout);
  CHECK(error.next == "is it a plain redis:// port?");
}
