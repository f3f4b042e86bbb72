// The Redis client against a real server.
#include "catch.h"
#include "net/probe.h"
#include "net/redis.h"
#include "net/redis_shared.h"
#include "support/loop.h"
#include "support/permit_of.h"
#include "support/redis_server.h"

using namespace runbook;
using guard::Argv;
using net::RedisConnection;
using net::Reply;
using test::RedisServer;

namespace {

struct Client {
  test::TestLoop loop;
  guard::RedisGuard guard;
  net::TlsTrust trust;

  Result<std::shared_ptr<RedisConnection>> connect(const std::string& url, std::optional<std::string> password = {}) {
    net::RedisOptions options{.address = net::parse_redis_url(url).value(), .password = std::move(password)};
    return loop.run(RedisConnection::connect(loop.loop(), std::move(options), guard, trust));
  }
  Result<Reply> ask(const std::shared_ptr<RedisConnection>& redis, Argv argv) {
    return loop.run(redis->command(std::move(argv)));
  }
};

}  // namespace

TEST_CASE("a server is reached by unix socket and by TCP, in the database of the URL, under our name") {
  const RedisServer server({}, RedisServer::Listen::kTcp);
  Client client;
  server.cli({"-n", "3", "SET", "k", "three"});
  for (const auto& url : {server.url() + "/3", server.unix_url() + "?db=3"}) {
    const auto redis = client.connect(url).value();
    CHECK(client.ask(redis, {"PING"}).value().text == "PONG");
    CHECK(client.ask(redis, {"GET", "k"}).value().text == "three");
    CHECK(client.ask(redis, {"CLIENT", "LIST"}).value().text.find("name=runbook") != std::string::npos);
  }
  CHECK(client.connect("redis://localhost:" + std::to_string(server.port()))
            .value()
            ->peer()
            .find(std::to_string(server.port())) != std::string::npos);
}

TEST_CASE("a thousand commands of many coroutines share one connection, each with its own answer") {
  const RedisServer server;
  Client client;
  for (int i = 0; i < 10; ++i) server.cli({"SET", "k" + std::to_string(i), std::to_string(i)});
  const auto redis = client.connect(server.url()).value();
  std::vector<Task<Result<Reply>>> tasks;
  for (int i = 0; i < 1000; ++i) {
    Argv argv = {"GET", "k" + std::to_string(i % 10)};
    tasks.push_back(redis->command(std::move(argv)));
  }
  const auto replies = client.loop.run_all(std::move(tasks));
  for (std::size_t i = 0; i < replies.size(); ++i) REQUIRE(replies[i].value().text == std::to_string(i % 10));
  std::vector<Argv> batch(5000, Argv{"GET", "k7"});
  for (const auto& reply : client.loop.run(redis->commands(batch))) REQUIRE(reply.value().text == "7");
}

TEST_CASE("values of megabytes and of any bytes come through") {
  const RedisServer server;
  Client client;
  const auto redis = client.connect(server.url()).value();
  std::string big(8U << 20U, 'x');
  big[1000] = '\0';
  const auto permit = test::permit_of({{"SET", "big", big}});
  CHECK(client.loop.run(redis->command(Argv{"SET", "big", big}, permit)).value().text == "OK");
  CHECK(client.ask(redis, {"GET", "big"}).value().text == big);
}

TEST_CASE("ACL users log in; wrong and missing passwords and missing rights are told apart") {
  const RedisServer server({"--requirepass", "default-pw"}, RedisServer::Listen::kTcp);
  Client client;
  const auto admin = client.connect(server.url(), "default-pw").value();
  const Argv make = {"ACL", "SETUSER", "looker", "on", ">looker-pw", "~*", "+ping", "+get", "+auth"};
  const auto permit = test::permit_of({make});
  REQUIRE(client.loop.run(admin->command(make, permit)).has_value());

  const auto as_looker = "redis://looker@127.0.0.1:" + std::to_string(server.port());
  const auto redis = client.connect(as_looker, "looker-pw").value();
  CHECK(client.ask(redis, {"PING"}).value().text == "PONG");
  const auto denied = client.ask(redis, {"DBSIZE"}).error();
  CHECK(denied.code == Code::kDenied);
  CHECK(denied.message.starts_with("NOPERM"));
  CHECK_FALSE(redis->broken());

  CHECK(client.connect(as_looker, "wrong").error().code == Code::kAuth);
  CHECK(client.connect(server.url(), "wrong").error().message.starts_with("WRONGPASS"));
  CHECK(client.connect(server.url()).error().code == Code::kAuth);
  const RedisServer open;
  CHECK(client.connect(open.url(), "needless").error().code == Code::kAuth);
}

TEST_CASE("where nobody listens the sentence says what is wrong") {
  Client client;
  const auto port = std::to_string(test::free_port());
  const auto refused = client.connect("redis://127.0.0.1:" + port).error();
  CHECK(refused.code == Code::kUnreachable);
  CHECK(refused.message == "cannot connect to 127.0.0.1:" + port + ": connection refused");
  CHECK(client.connect("unix:///nowhere/redis.sock").error().message == "there is no unix socket /nowhere/redis.sock");
  const auto unknown = client.connect("redis://no-such-host.invalid").error();
  CHECK(unknown.code == Code::kUnreachable);
  CHECK(unknown.message.find("no-such-host.invalid") != std::string::npos);
  const auto database = RedisServer();
  CHECK(client.connect(database.url() + "?db=9999").error().code == Code::kRemote);
}

TEST_CASE("a killed server breaks the connection, and it stays broken") {
  RedisServer server;
  Client client;
  const auto redis = client.connect(server.url()).value();
  server.kill_hard();
  client.loop.run_until([&] { return redis->broken(); });
  CHECK(client.ask(redis, {"PING"}).error().code == Code::kUnreachable);
}

TEST_CASE("a change on a frozen server is in doubt") {
  const RedisServer server;
  Client client;
  net::RedisOptions options{.address = net::parse_redis_url(server.url()).value(),
                            .answer_limit = std::chrono::milliseconds(200)};
  const auto redis =
      client.loop.run(RedisConnection::connect(client.loop.loop(), options, client.guard, client.trust)).value();
  server.freeze();
  const Argv change = {"CONFIG", "SET", "hz", "11"};
  const auto permit = test::permit_of({change});
  CHECK(client.loop.run(redis->command(change, permit)).error().code == Code::kInDoubt);
}

TEST_CASE("under WATCH an EXEC answers nil when the key was touched, and the values when not") {
  const RedisServer server;
  Client client;
  const auto redis = client.connect(server.url()).value();
  const auto permit = test::permit_of({{"WATCH", "k"}, {"MULTI"}, {"UNLINK", "k"}, {"EXEC"}});
  const auto send = [&](Argv argv) { return client.loop.run(redis->command(std::move(argv), permit)).value(); };
  server.cli({"SET", "k", "1"});
  send({"WATCH", "k"});
  server.cli({"SET", "k", "2"});
  send({"MULTI"});
  CHECK(send({"UNLINK", "k"}).text == "QUEUED");
  CHECK(send({"EXEC"}).kind == Reply::Kind::kNil);
  send({"WATCH", "k"});
  send({"MULTI"});
  send({"UNLINK", "k"});
  CHECK(send({"EXEC"}).items.at(0).integer == 1);
}

TEST_CASE("replies of RESP3 are understood after HELLO 3") {
  const RedisServer server;
  Client client;
  const auto redis = client.connect(server.url()).value();
  CHECK(client.ask(redis, {"HELLO", "3"}).value().kind == Reply::Kind::kMap);
  CHECK(client.ask(redis, {"CONFIG", "GET", "maxmemory"}).value().kind == Reply::Kind::kMap);
  CHECK(client.ask(redis, {"GET", "none"}).value().kind == Reply::Kind::kNil);
}

TEST_CASE("a dry client leaves no trace of a write in the server's own statistics") {
  const RedisServer server;
  Client client;
  const auto redis = client.connect(server.url()).value();
  for (const Argv& argv : {Argv{"SET", "a", "b"}, Argv{"FLUSHALL"}, Argv{"CONFIG", "SET", "hz", "20"}, Argv{"MULTI"}}) {
    CHECK(client.ask(redis, argv).error().code == Code::kRefused);
  }
  const auto stats = client.ask(redis, {"INFO", "commandstats"}).value().text;
  for (const auto* name : {"cmdstat_set:", "cmdstat_flushall:", "cmdstat_config|set:", "cmdstat_multi:"}) {
    CHECK(stats.find(name) == std::string::npos);
  }
}

TEST_CASE("names are resolved and ports probed") {
  const RedisServer server({}, RedisServer::Listen::kTcp);
  Client client;
  const auto limit = std::chrono::seconds(3);
  const auto resolved = client.loop.run(net::probe_name(client.loop.loop(), "localhost", limit)).value();
  CHECK_FALSE(resolved.addresses.empty());
  CHECK(client.loop.run(net::probe_name(client.loop.loop(), "::1", limit)).value().addresses.at(0) == "::1");
  const net::Endpoint tcp{.host = "localhost", .port = server.port()};
  const auto probed = client.loop.run(net::probe_connect(client.loop.loop(), tcp, limit)).value();
  CHECK(probed.address == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(probed.milliseconds < 1000);
  const net::Endpoint path{.path = server.socket()};
  CHECK(client.loop.run(net::probe_connect(client.loop.loop(), path, limit)).value().address ==
        "unix:" + server.socket());
  const net::Endpoint closed{.host = "127.0.0.1", .port = test::free_port()};
  CHECK(client.loop.run(net::probe_connect(client.loop.loop(), closed, limit)).error().code == Code::kUnreachable);
}
