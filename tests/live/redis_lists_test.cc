// The guard's list and the primitives' effect list, held against each other and against the flags of a real server.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "catch.h"
#include "guard/redis.h"
#include "net/redis.h"
#include "net/resp.h"
#include "primitive/read/redis_effect.h"
#include "support/loop.h"
#include "support/redis_server.h"

using namespace runbook;
using guard::Argv;
using net::Reply;

namespace {

struct Command {
  Argv argv;  // the command, and its subcommand when it is one
  std::set<std::string> flags;
  [[nodiscard]] std::string name() const { return join(argv, " "); }
};

void collect(const Reply& entry, std::vector<Command>& all) {
  Command command;
  for (const auto word : split(entry.items[0].text, '|')) command.argv.emplace_back(word);
  for (const auto& flag : entry.items[2].items) command.flags.insert(flag.text);
  all.push_back(std::move(command));
  for (const auto& subcommand : entry.items[9].items) collect(subcommand, all);
}

std::vector<Command> all_commands() {
  const test::RedisServer server;
  test::TestLoop loop;
  const guard::RedisGuard guard;
  net::TlsTrust trust;
  net::RedisOptions options{.address = net::parse_redis_url(server.url()).value()};
  const auto redis = loop.run(net::RedisConnection::connect(loop.loop(), options, guard, trust)).value();
  Argv argv = {"COMMAND"};
  const auto reply = loop.run(redis->command(argv)).value();
  std::vector<Command> all;
  for (const auto& entry : reply.items) collect(entry, all);
  return all;
}

const std::vector<Command>& commands() {
  static const auto kAll = all_commands();
  return kAll;
}

bool guard_passes(const Argv& argv) { return guard::RedisGuard().look(net::encode_command(argv), nullptr).has_value(); }

}  // namespace

TEST_CASE("the guard and the effect list agree on every command of a real server") {
  CHECK(commands().size() >= 366);
  for (const auto& command : commands()) {
    INFO(command.name());
    CHECK(guard_passes(command.argv) == (primitive::is_redis_read(command.argv) || command.name() == "hello"));
  }
}

TEST_CASE("the login commands are the guard's alone") {
  for (const Argv& argv :
       {Argv{"AUTH", "x"}, Argv{"SELECT", "1"}, Argv{"CLIENT", "SETNAME", "x"}, Argv{"HELLO", "3"}}) {
    CHECK(guard_passes(argv));
    CHECK_FALSE(primitive::is_redis_read(argv));
  }
}

TEST_CASE("no read is flagged as a write, as blocking, as a publisher or as one that needs memory") {
  for (const auto& command : commands()) {
    if (!primitive::is_redis_read(command.argv)) continue;
    INFO(command.name());
    for (const auto* flag : {"write", "blocking", "denyoom", "pubsub", "no_multi"})
      CHECK(command.flags.count(flag) == 0);
  }
}

TEST_CASE("every command flagged readonly is a read, except those with a reason not to be") {
  const std::set<std::string> apart = {"keys",    "lcs",        "pfcount",  "touch",  "xread",
                                       "eval_ro", "evalsha_ro", "fcall_ro", "lolwut", "substr"};
  for (const auto& command : commands()) {
    if (command.flags.count("readonly") == 0) continue;
    INFO(command.name());
    CHECK(primitive::is_redis_read(command.argv) == (apart.count(command.name()) == 0));
  }
}

TEST_CASE("a container is no read by itself, nor with a subcommand that nobody knows") {
  for (const auto* name : {"ACL", "CLIENT", "CONFIG", "LATENCY", "MEMORY", "OBJECT", "SLOWLOG", "XINFO"}) {
    for (const Argv& argv : {Argv{name}, Argv{name, "FROBNICATE"}, Argv{name, ""}}) {
      INFO(join(argv, " "));
      CHECK_FALSE(guard_passes(argv));
      CHECK_FALSE(primitive::is_redis_read(argv));
    }
  }
  CHECK_FALSE(primitive::is_redis_read(Argv{}));
  CHECK_FALSE(primitive::is_redis_read(Argv{"COMMAND", "FROBNICATE"}));
}
