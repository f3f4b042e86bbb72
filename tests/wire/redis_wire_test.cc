// The Redis client against servers that misbehave.
#include "catch.h"
#include "net/redis.h"
#include "support/loop.h"
#include "support/permit_of.h"
#include "support/scripted_peer.h"

using namespace runbook;
using guard::Argv;
using net::RedisConnection;
using net::Reply;
using std::chrono::milliseconds;
using test::ScriptedPeer;
using test::Step;

namespace {

const Step kLogin{.wait_for = "SETNAME", .send = "+OK\r\n"};
constexpr auto kSoon = milliseconds(150);

struct Client {
  test::TestLoop loop;
  guard::RedisGuard guard;
  net::TlsTrust trust;

  Result<std::shared_ptr<RedisConnection>> connect(std::uint16_t port, const net::RespLimits& limits = {}) {
    net::RedisOptions options{.connect_limit = std::chrono::seconds(2), .answer_limit = kSoon, .limits = limits};
    options.address.endpoint = {.host = "127.0.0.1", .port = port};
    return loop.run(RedisConnection::connect(loop.loop(), std::move(options), guard, trust));
  }
  Result<Reply> get(const std::shared_ptr<RedisConnection>& redis) {
    Argv argv = {"GET", "k"};
    return loop.run(redis->command(argv));
  }
  // What the first GET gets from a peer that plays this after the login.
  Result<Reply> get_from(std::vector<Step> steps, const net::RespLimits& limits = {}) {
    steps.insert(steps.begin(), kLogin);
    const ScriptedPeer peer(loop, std::move(steps));
    const auto redis = connect(peer.port(), limits).value();
    auto reply = get(redis);
    if (!reply) CHECK(redis->broken() == (reply.error().code != Code::kRemote));
    return reply;
  }
};

}  // namespace

TEST_CASE("a server that accepts and says nothing costs one deadline and breaks the connection for all") {
  Client client;
  const ScriptedPeer peer(client.loop, {kLogin});
  const auto redis = client.connect(peer.port()).value();
  Argv argv = {"GET", "k"};
  std::vector<Task<Result<Reply>>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(redis->command(argv));
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& reply : client.loop.run_all(std::move(tasks))) CHECK(reply.error().code == Code::kTimeout);
  CHECK(std::chrono::steady_clock::now() - begin < 2 * kSoon);
  CHECK(redis->broken());
  CHECK(client.get(redis).error().code == Code::kTimeout);
}

TEST_CASE("a server that never finishes the login is given up at the connect deadline") {
  Client client;
  const ScriptedPeer peer(client.loop, {});
  net::RedisOptions options{.connect_limit = kSoon};
  options.address.endpoint = {.host = "127.0.0.1", .port = peer.port()};
  const auto redis = client.loop.run(RedisConnection::connect(client.loop.loop(), options, client.guard, client.trust));
  CHECK(redis.error().code == Code::kTimeout);
}

TEST_CASE("a reply that stalls in its middle times out") {
  Client client;
  CHECK(client.get_from({{.wait_for = "GET", .send = "$10\r\nabc"}}).error().code == Code::kTimeout);
}

TEST_CASE("a connection that is cut in the middle of a reply is unreachable") {
  Client client;
  const auto reply = client.get_from({{.wait_for = "GET", .send = "$10\r\nabc", .close = true}});
  CHECK(reply.error().code == Code::kUnreachable);
  CHECK(reply.error().message.find("closed the connection") != std::string::npos);
}

TEST_CASE("a peer that speaks something else is a protocol error") {
  Client client;
  CHECK(client.get_from({{.wait_for = "GET", .send = "HTTP/1.1 400 Bad Request\r\n\r\n"}}).error().code ==
        Code::kProtocol);
}

TEST_CASE("lengths of a billion and endless replies end at the limit") {
  Client client;
  CHECK(client.get_from({{.wait_for = "GET", .send = "*1000000000\r\n"}}).error().code == Code::kLimit);
  CHECK(client.get_from({{.wait_for = "GET", .send = "$1000000000\r\n"}}).error().code == Code::kLimit);
  std::string endless = "*1000\r\n";
  for (int i = 0; i < 999; ++i) endless += "$50\r\n" + std::string(50, 'x') + "\r\n";
  CHECK(client.get_from({{.wait_for = "GET", .send = endless}}, {.bytes = 4096}).error().code == Code::kLimit);
}

TEST_CASE("push messages between replies are skipped") {
  Client client;
  const auto reply =
      client.get_from({{.wait_for = "GET", .send = ">2\r\n+invalidate\r\n*1\r\n+k\r\n$1\r\nv\r\n>1\r\n+x\r\n"}});
  CHECK(reply.value().text == "v");
}

TEST_CASE("an answer that nobody asked for is a protocol error") {
  Client client;
  const ScriptedPeer peer(client.loop, {kLogin, {.wait_for = "GET", .send = "$1\r\nv\r\n+extra\r\n"}});
  const auto redis = client.connect(peer.port()).value();
  CHECK(client.get(redis).value().text == "v");
  client.loop.run_until([&] { return redis->broken(); });
  CHECK(client.get(redis).error().code == Code::kProtocol);
}

TEST_CASE("a server that is full says so before the login is answered") {
  Client client;
  const ScriptedPeer peer(client.loop, {{.send = "-ERR max number of clients reached\r\n", .close = true}});
  const auto redis = client.connect(peer.port());
  CHECK(redis.error().code == Code::kRemote);
  CHECK(redis.error().message == "ERR max number of clients reached");
}

TEST_CASE("a port that closes before any answer is suspected to want TLS") {
  Client client;
  const ScriptedPeer peer(client.loop, {{.close = true}});
  const auto redis = client.connect(peer.port());
  CHECK(redis.error().code == Code::kUnreachable);
  CHECK(redis.error().next.find("rediss://") != std::string::npos);
}

TEST_CASE("errors of the server keep their word and are made safe to show") {
  Client client;
  const auto reply = client.get_from({{.wait_for = "GET", .send = "-LOADING Redis is \x1b[2Jloading\r\n"}});
  CHECK(reply.error().code == Code::kRemote);
  CHECK(reply.error().message == "LOADING Redis is \\x1b[2Jloading");
}

TEST_CASE("a change that was sent and never answered is in doubt, a read beside it is not") {
  Client client;
  const ScriptedPeer peer(client.loop, {kLogin, {.wait_for = "UNLINK", .close = true}});
  const auto redis = client.connect(peer.port()).value();
  const auto permit = test::permit_of({{"UNLINK", "k"}});
  Argv change = {"UNLINK", "k"};
  Argv read = {"GET", "k"};
  std::vector<Task<Result<Reply>>> tasks;
  tasks.push_back(redis->command(read, permit));
  tasks.push_back(redis->command(change, permit));
  const auto replies = client.loop.run_all(std::move(tasks));
  CHECK(replies[0].error().code == Code::kUnreachable);
  CHECK(replies[1].error().code == Code::kInDoubt);
  CHECK(replies[1].error().message.starts_with("UNLINK was sent and no answer came: "));
  CHECK(client.loop.run(redis->command(change, permit)).error().code == Code::kUnreachable);
}

TEST_CASE("a change that times out is in doubt") {
  Client client;
  const ScriptedPeer peer(client.loop, {kLogin});
  const auto redis = client.connect(peer.port()).value();
  const auto permit = test::permit_of({{"UNLINK", "k"}});
  Argv change = {"UNLINK", "k"};
  CHECK(client.loop.run(redis->command(change, permit)).error().code == Code::kInDoubt);
}

TEST_CASE("what the guard refuses never reaches the wire, and the connection stays good") {
  Client client;
  const ScriptedPeer peer(client.loop, {kLogin, {.wait_for = "GET", .send = "$1\r\nv\r\n"}});
  const auto redis = client.connect(peer.port()).value();
  Argv flush = {"FLUSHALL"};
  CHECK(client.loop.run(redis->command(flush)).error().code == Code::kRefused);
  const auto permit = test::permit_of({{"FLUSHDB"}});
  CHECK(client.loop.run(redis->command(flush, permit)).error().code == Code::kRefused);
  CHECK(client.get(redis).value().text == "v");
  CHECK(peer.heard().find("FLUSH") == std::string::npos);
}

TEST_CASE("answers that came before a timeout are kept") {
  Client client;
  const ScriptedPeer peer(
      client.loop, {kLogin, {.wait_for = "GET", .send = "$1\r\na\r\n"}, {.wait_for = "GET", .send = "$1\r\nb\r\n"}});
  const auto redis = client.connect(peer.port()).value();
  Argv argv = {"GET", "k"};
  std::vector<Argv> batch(3, argv);
  const auto replies = client.loop.run(redis->commands(batch));
  CHECK(replies[0].value().text == "a");
  CHECK(replies[1].value().text == "b");
  CHECK(replies[2].error().code == Code::kTimeout);
}
