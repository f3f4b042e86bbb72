// The run's connections: shared, failing once for all, tried again on request.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <memory>

#include "catch.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "support/loop.h"
#include "support/redis_server.h"
#include "support/target.h"

using namespace runbook;
using primitive::Reach;
using test::RedisServer;

namespace {

Result<std::string> no_secret(std::string_view name) { return Error{Code::kConfig, "no secret " + std::string(name)}; }

Task<Result<Value>> ping(Reach& reach, const safety::Target& target) {
  static const Value kNoArgs = Value::Map{};
  return primitive::find_read_row("redis.ping")->read(reach, target, kNoArgs);
}

}  // namespace

TEST_CASE("all readings of a target share one connection, a change has its own") {
  const RedisServer server;
  test::TestLoop loop;
  primitive::Guards guards;
  Reach reach(loop.loop(), no_secret, guards);
  const auto target = test::redis_target("cache", server.url());
  std::vector<Task<Result<Value>>> tasks;
  for (int i = 0; i < 50; ++i) tasks.push_back(ping(reach, target));
  for (const auto& reply : loop.run_all(std::move(tasks))) REQUIRE(reply.value() == Value("PONG"));
  const auto shared = loop.run(reach.redis(target)).value();
  CHECK(loop.run(reach.redis(target)).value() == shared);
  CHECK(loop.run(reach.open_redis(target)).value() != shared);
  CHECK(server.cli({"INFO", "stats"}).find("total_connections_received:4\r") != std::string::npos);
}

TEST_CASE("after a failure the other readings fail at once with the same words, until it is forgotten") {
  test::TestLoop loop;
  auto server = std::make_unique<RedisServer>(std::vector<std::string>{}, RedisServer::Listen::kTcp);
  primitive::Guards guards;
  Reach reach(loop.loop(), no_secret, guards);
  const auto target = test::redis_target("cache", server->url());
  const auto redis = loop.run(reach.redis(target)).value();
  server->kill_hard();
  loop.run_until([&] { return redis->broken(); });
  const auto first = loop.run(ping(reach, target)).error();
  CHECK(first.code == Code::kUnreachable);
  CHECK(first.where == "cache");
  CHECK(loop.run(ping(reach, target)).error().message == first.message);
  reach.forget_failures();
  const auto anew = loop.run(ping(reach, target)).error();
  CHECK(anew.message.find("connection refused") != std::string::npos);
  CHECK(loop.run(ping(reach, target)).error().message == anew.message);
}

TEST_CASE("secrets are asked for by name, and one that is missing is the target's error") {
  const RedisServer server({"--requirepass", "geheim-123"}, RedisServer::Listen::kTcp);
  test::TestLoop loop;
  primitive::Guards guards;
  Reach reach(
      loop.loop(),
      [](std::string_view name) -> Result<std::string> {
        if (name == "REDIS_PASSWORD") return std::string("geheim-123");
        return no_secret(name);
      },
      guards);
  auto good = test::redis_target("good", server.url());
  good.password_secret = "REDIS_PASSWORD";
  CHECK(loop.run(ping(reach, good)).value() == Value("PONG"));
  auto bad = test::redis_target("bad", server.url());
  bad.password_secret = "OTHER";
  CHECK(loop.run(ping(reach, bad)).error().code == Code::kConfig);
  CHECK(loop.run(ping(reach, bad)).error().where == "bad");
  const auto none = test::redis_target("none", server.url());
  CHECK(loop.run(ping(reach, none)).error().code == Code::kAuth);
}

TEST_CASE("a waiter that is given up leaves the connection to the others") {
  const RedisServer server;
  test::TestLoop loop;
  primitive::Guards guards;
  Reach reach(loop.loop(), no_secret, guards);
  const auto target = test::redis_target("cache", server.url());
  boost::asio::cancellation_signal signal;
  std::optional<Code> given_up;
  boost::asio::co_spawn(
      loop.io(), ping(reach, target),
      boost::asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr&, Result<Value> result) {
        given_up = result ? Code::kInternal : result.error().code;
      }));
  loop.io().restart();
  loop.io().run_one();
  signal.emit(boost::asio::cancellation_type::all);
  CHECK(loop.run(ping(reach, target)).value() == Value("PONG"));
  loop.run_until([&] { return given_up.has_value(); });
  CHECK(*given_up == Code::kCancelled);
}
