// The read rows against a real server.
#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include "catch.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "safety/answer.h"
#include "support/loop.h"
#include "support/redis_server.h"
#include "support/target.h"

using namespace runbook;
using test::RedisServer;

namespace {

struct World {
  explicit World(std::vector<std::string> extra = {}, RedisServer::Listen listen = RedisServer::Listen::kUnix)
      : server(std::move(extra), listen), target(test::redis_target("cache", server.url())) {}

  Result<Value> read(std::string_view row, const Value& args = Value::Map{}) {
    const auto& found = *primitive::find_read_row(row);
    const safety::Call call{.row = std::string(row), .target = target.name, .args = args};
    return safety::admit_answer(redactor, found, call, loop.run(found.read(reach, target, args)));
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) server.cli({"SET", "k" + std::to_string(i), "v"});
  }

  RedisServer server;
  test::TestLoop loop;
  primitive::Guards guards;
  SecretNet secrets;
  Redactor redactor{secrets};
  safety::Target target;
  primitive::Reach reach{loop.loop(), [](std::string_view) -> Result<std::string> { return std::string("pw-of-test"); },
                         guards};
};

Value argv(std::vector<std::string> words) {
  Value::List list;
  for (auto& word : words) list.emplace_back(std::move(word));
  return Value::Map{{"argv", std::move(list)}};
}

void eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

const Value& at(const Value& value, std::string_view key) { return value[key]; }

}  // namespace

TEST_CASE("every row has a name of its own, a kind, words and a function") {
  std::vector<std::string_view> names;
  for (const auto& row : primitive::read_rows()) {
    INFO(row.name);
    CHECK_FALSE(row.kind.empty());
    CHECK_FALSE(row.doc.empty());
    CHECK_FALSE(row.returns.empty());
    CHECK(row.read != nullptr);
    CHECK(std::find(names.begin(), names.end(), row.name) == names.end());
    names.push_back(row.name);
  }
  CHECK(primitive::find_read_row("redis.nothing") == nullptr);
}

TEST_CASE("INFO is typed: numbers, texts, tables, and the names people use for memory") {
  World world({"--maxmemory", "20mb", "--maxmemory-policy", "noeviction"});
  world.server.cli({"SET", "k", "v", "EX", "100"});
  CHECK(world.read("redis.ping").value() == Value("PONG"));
  const auto memory = world.read("redis.info", Value::Map{{"section", "memory"}}).value();
  CHECK(at(memory, "maxmemory") == Value(20971520));
  CHECK(at(memory, "policy") == Value("noeviction"));
  CHECK(at(memory, "used") == at(memory, "used_memory"));
  CHECK(at(memory, "used").number_or(0) > 0);
  CHECK(at(memory, "fragmentation").as_number() != nullptr);
  const auto server = world.read("redis.info", Value::Map{{"section", "server"}}).value();
  CHECK(at(server, "run_id").text_or("").size() == 40);
  CHECK(at(server, "redis_git_sha1").as_text() != nullptr);
  CHECK(at(server, "uptime_in_seconds").as_number() != nullptr);
  const auto keyspace = world.read("redis.info", Value::Map{{"section", "keyspace"}}).value();
  CHECK(at(at(keyspace, "db0"), "keys") == Value(1));
  CHECK(at(at(keyspace, "db0"), "expires") == Value(1));
  const auto stats = world.read("redis.info", Value::Map{{"section", "commandstats"}}).value();
  CHECK(at(at(stats, "cmdstat_set"), "calls") == Value(1));
  const auto unknown = world.read("redis.info", Value::Map{{"section", "memroy"}}).error();
  CHECK(unknown.code == Code::kUsage);
  CHECK(unknown.message.find("did you mean memory?") != std::string::npos);
}

TEST_CASE("settings are numbers where they are, and passwords are never shown") {
  World world({"--maxmemory", "16mb", "--masterauth", "hunter22"});
  const auto config = [&](const char* key) { return world.read("redis.config", Value::Map{{"key", key}}); };
  CHECK(config("maxmemory").value() == Value(16777216));
  CHECK(config("maxmemory-policy").value() == Value("noeviction"));
  CHECK(config("save").value() == Value(""));
  CHECK(config("MasterAuth").value() == Value("‹redacted:1›"));
  CHECK(config("requirepass").value() == Value(""));
  CHECK(config("no-such-thing").error().code == Code::kNotFound);
  CHECK(config("max*").error().code == Code::kUsage);
  const auto all = world.read("redis.read", argv({"CONFIG", "GET", "*"})).value().items();
  CHECK(std::find(all.begin(), all.end(), Value("‹redacted:1›")) != all.end());
  CHECK(std::find(all.begin(), all.end(), Value("hunter22")) == all.end());
}

TEST_CASE("errors are counted by kind") {
  World world({"--maxmemory", "100kb", "--maxmemory-policy", "noeviction"});
  const Value oom = Value::Map{{"kind", "OOM"}};
  CHECK(world.read("redis.errors", oom).value() == Value(0));
  world.server.cli({"SET", "k", "v"});
  CHECK(world.read("redis.errors", oom).value() == Value(1));
  CHECK(at(world.read("redis.errors").value(), "OOM") == Value(1));
}

TEST_CASE("slow commands, clients, memory doctor, role, replication and clock are read") {
  World world({"--slowlog-log-slower-than", "0"});
  world.server.cli({"SET", "slow-key", "v"});
  const auto slow = world.read("redis.slowlog", Value::Map{{"count", 128}}).value();
  REQUIRE_FALSE(slow.items().empty());
  CHECK(at(slow.items()[0], "id").as_text() != nullptr);
  bool found = false;
  for (const auto& entry : slow.items()) found = found || at(entry, "command").items().at(0) == Value("SET");
  CHECK(found);
  CHECK(world.read("redis.slowlog", Value::Map{{"count", 1}}).value().items().size() == 1);

  const auto clients = world.read("redis.clients").value();
  CHECK(at(clients, "count") == Value(1));
  CHECK(at(at(clients, "clients").items().at(0), "name") == Value("runbook"));
  CHECK(at(at(clients, "clients").items().at(0), "age").as_number() != nullptr);
  CHECK_FALSE(world.read("redis.memory_doctor").value().text_or("").empty());
  CHECK(at(world.read("redis.role").value(), "role") == Value("master"));
  CHECK(at(world.read("redis.replication").value(), "connected_slaves") == Value(0));
  CHECK(std::abs(at(world.read("redis.time").value(), "skew_ms").number_or(1e9)) < 1000);
}

TEST_CASE("a replica and its master are told apart") {
  World master({"--repl-diskless-sync-delay", "0"}, RedisServer::Listen::kTcp);
  World replica({"--replicaof", "127.0.0.1 " + std::to_string(master.server.port())}, RedisServer::Listen::kTcp);
  Value role;
  eventually([&] {
    role = replica.read("redis.role").value();
    return at(role, "state") == Value("connected");
  });
  CHECK(at(role, "role") == Value("slave"));
  CHECK(at(role, "master_port") == Value(master.server.port()));
  Value replicas;
  eventually([&] {
    replicas = at(master.read("redis.role").value(), "replicas");
    return !replicas.items().empty();
  });
  REQUIRE(replicas.items().size() == 1);
  CHECK(at(replicas.items()[0], "port") == Value(replica.server.port()));
  CHECK(at(at(master.read("redis.replication").value(), "slave0"), "port") == Value(replica.server.port()));
}

TEST_CASE("the largest keys of a sample come first, with what has no expiry") {
  World world;
  world.fill(20);
  world.server.cli({"SET", "big", std::string(50'000, 'x')});
  world.server.cli({"SET", "bigger", std::string(90'000, 'x'), "EX", "1000"});
  world.server.cli({"RPUSH", "list", "a", "b"});
  const auto all = world.read("redis.largest_keys", Value::Map{{"top", 2}}).value();
  CHECK(at(all, "complete") == Value(true));
  CHECK(at(all, "sampled") == Value(23));
  CHECK(at(all, "total") == Value(23));
  CHECK(at(all, "without_ttl") == Value(22));
  REQUIRE(at(all, "keys").items().size() == 2);
  CHECK(at(at(all, "keys").items()[0], "key") == Value("bigger"));
  CHECK(at(at(all, "keys").items()[0], "ttl_ms").number_or(0) > 0);
  CHECK(at(at(all, "keys").items()[1], "ttl_ms").is_null());
  CHECK(at(at(all, "keys").items()[1], "type") == Value("string"));
  const auto some = world.read("redis.largest_keys", Value::Map{{"sample", 5}}).value();
  CHECK(at(some, "sampled") == Value(5));
  CHECK(at(some, "complete") == Value(false));
}

TEST_CASE("a key is described without its content, and dumped with all of it") {
  World world;
  world.server.cli({"HSET", "h", "a", "1", "b", "2"});
  world.server.cli({"SET", "s", "v", "PXAT", "9999999999999"});
  const auto hash = world.read("redis.key", Value::Map{{"key", "h"}}).value();
  CHECK(at(hash, "members") == Value(2));
  CHECK(at(hash, "ttl_ms").is_null());
  CHECK(at(hash, "bytes").number_or(0) > 0);
  CHECK(at(world.read("redis.key", Value::Map{{"key", "none"}}).value(), "exists") == Value(false));
  const auto dump = world.read("redis.dump", Value::Map{{"key", "s"}}).value();
  CHECK(at(dump, "expires_at") == Value(9999999999999.0));
  CHECK(at(dump, "type") == Value("string"));
  CHECK(at(dump, "payload").text_or("").size() > 2);
  CHECK(at(world.read("redis.dump", Value::Map{{"key", "h"}}).value(), "expires_at") == Value(0));
  CHECK(at(world.read("redis.dump", Value::Map{{"key", "none"}}).value(), "exists") == Value(false));
}

TEST_CASE("what the user may do is asked without doing it") {
  World world({"--requirepass", "pw-of-test"});
  world.server.use_password("pw-of-test");
  world.server.cli(
      {"ACL", "SETUSER", "looker", "on", ">pw-of-test", "~*", "+@read", "+ping", "+acl|whoami", "+acl|dryrun"});
  world.server.cli({"ACL", "SETUSER", "blind", "on", ">pw-of-test", "~*", "+ping"});
  world.target.user = "looker";
  world.target.password_secret = "ANY";
  const auto set = world.read("redis.may", argv({"SET", "a", "b"})).value();
  CHECK(at(set, "allowed") == Value(false));
  CHECK(at(set, "user") == Value("looker"));
  CHECK(at(set, "why").text_or("").find("set") != std::string::npos);
  CHECK(at(world.read("redis.may", argv({"GET", "a"})).value(), "allowed") == Value(true));
  CHECK(world.read("redis.may", argv({"NOSUCH"})).error().code == Code::kRemote);
  world.target.name = "blind";
  world.target.user = "blind";
  CHECK(world.read("redis.may", argv({"GET", "a"})).error().code == Code::kDenied);
}

TEST_CASE("the generic read runs reads and refuses the rest before the connection is touched") {
  World world;
  world.server.cli({"RPUSH", "list", "a", "b"});
  CHECK(world.read("redis.read", argv({"LRANGE", "list", "0", "-1"})).value() == Value(Value::List{"a", "b"}));
  CHECK(world.read("redis.read", argv({"GET", "none"})).value().is_null());
  CHECK(world.read("redis.read", argv({"STRLEN", "list"})).error().code == Code::kRemote);
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"FLUSHALL"}, {"SELECT", "1"}, {"AUTH", "x"}, {"MULTI"}, {"KEYS", "*"}}) {
    CHECK(world.read("redis.read", argv(words)).error().code == Code::kRefused);
  }
  world.server.cli({"SETRANGE", "big", "5000000", "x"});
  CHECK(world.read("redis.read", argv({"GET", "big"})).error().code == Code::kLimit);
}

TEST_CASE("the way to a target is looked at as we see it and as its clients do") {
  World world({}, RedisServer::Listen::kTcp);
  const Value clients = Value::Map{{"as", "clients"}};
  CHECK(at(world.read("net.resolve").value(), "addresses") == Value(Value::List{"127.0.0.1"}));
  CHECK(at(world.read("net.tcp_probe").value(), "ms").as_number() != nullptr);
  CHECK(at(world.read("net.tcp_probe", clients).value(), "address") ==
        Value("127.0.0.1:" + std::to_string(world.server.port())));
  world.target.seen_as = "localhost:" + std::to_string(test::free_port());
  CHECK_FALSE(at(world.read("net.resolve", clients).value(), "addresses").items().empty());
  CHECK(world.read("net.tcp_probe", clients).error().code == Code::kUnreachable);
  CHECK(world.read("net.tcp_probe", Value::Map{{"as", "me"}}).error().code == Code::kUsage);
  world.target.url = world.server.unix_url();
  CHECK(at(world.read("net.tcp_probe").value(), "address") == Value("unix:" + world.server.socket()));
  CHECK(at(world.read("net.resolve").value(), "addresses").items().empty());
}

TEST_CASE("the engine's clock tells the time of now") {
  World world;
  const auto now = world.read("clock.now").value();
  CHECK(at(now, "unix").number_or(0) > 1'700'000'000);
  CHECK(at(now, "utc").text_or("").ends_with("Z"));
  CHECK(at(now, "up").number_or(0) > 0);
}
