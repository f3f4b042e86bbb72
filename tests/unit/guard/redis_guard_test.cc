#include "catch.h"
#include "guard/redis.h"
#include "support/permit_of.h"

using namespace runbook;
using guard::Argv;

namespace {

// Written here once more, so that the guard is not tested with the encoder it has to distrust.
std::string frame(const Argv& argv) {
  std::string out = "*" + std::to_string(argv.size()) + "\r\n";
  for (const auto& word : argv) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

Result<> look(const std::string& bytes, const guard::Permit* permit = nullptr) {
  return guard::RedisGuard().look(bytes, permit);
}
bool passes(const Argv& argv) { return look(frame(argv)).has_value(); }

}  // namespace

TEST_CASE("reads pass the guard, however they are spelled") {
  CHECK(passes({"PING"}));
  CHECK(passes({"get", "a key\r\nwith a line end"}));
  CHECK(passes({"Config", "gEt", "maxmemory"}));
  CHECK(passes({"MEMORY", "USAGE", "k"}));
  CHECK(passes({"COMMAND"}));
  CHECK(passes({"ACL", "DRYRUN", "default", "FLUSHALL"}));
  CHECK(passes({"DUMP", "k"}));
}

TEST_CASE("what changes, blocks, runs code or listens does not pass without a permit") {
  const std::vector<Argv> refused = {{"SET", "a", "b"},
                                     {"FLUSHALL"},
                                     {"CONFIG", "SET", "maxmemory", "0"},
                                     {"CONFIG", "REWRITE"},
                                     {"CONFIG"},
                                     {"SHUTDOWN"},
                                     {"KEYS", "*"},
                                     {"PFCOUNT", "a"},
                                     {"TOUCH", "a"},
                                     {"SUBSCRIBE", "a"},
                                     {"MONITOR"},
                                     {"BLPOP", "a", "0"},
                                     {"DEBUG", "SLEEP", "1"},
                                     {"XREAD", "BLOCK", "0", "STREAMS", "s", "$"},
                                     {"XREAD", "STREAMS", "s", "0"},
                                     {"EVAL", "return 1", "0"},
                                     {"EVAL_RO", "return 1", "0"},
                                     {"FCALL_RO", "f", "0"},
                                     {"SORT", "a", "STORE", "b"},
                                     {"SORT", "a"},
                                     {"GEORADIUS", "g", "0", "0", "1", "m", "STORE", "b"},
                                     {"BITFIELD", "a", "SET", "u8", "0", "1"},
                                     {"BITFIELD", "a", "GET", "u8", "0"},
                                     {"CLIENT", "KILL", "ID", "1"},
                                     {"CLIENT", "REPLY", "OFF"},
                                     {"CLIENT"},
                                     {"ACL", "SETUSER", "x"},
                                     {"ACL", "LOG", "RESET"},
                                     {"SLOWLOG", "RESET"},
                                     {"LATENCY", "RESET"},
                                     {"MEMORY", "PURGE"},
                                     {"GETEX", "a"},
                                     {"GETDEL", "a"},
                                     {"OBJECT"},
                                     {"SCRIPT", "FLUSH"},
                                     {"WATCH", "a"},
                                     {"UNWATCH"},
                                     {"MULTI"},
                                     {"EXEC"},
                                     {"DISCARD"},
                                     {"RESET"},
                                     {"QUIT"},
                                     {"REPLICAOF", "NO", "ONE"},
                                     {"WAIT", "1", "0"}};
  for (const auto& argv : refused) {
    INFO(argv[0] << (argv.size() > 1 ? " " + argv[1] : ""));
    CHECK_FALSE(passes(argv));
  }
}

TEST_CASE("the login passes in its exact form only") {
  CHECK(passes({"AUTH", "pw"}));
  CHECK(passes({"AUTH", "user", "pw"}));
  CHECK_FALSE(passes({"AUTH"}));
  CHECK_FALSE(passes({"AUTH", "a", "b", "c"}));
  CHECK(passes({"SELECT", "3"}));
  for (const auto* number : {"x", "", "-1", "/", ":", "1 ", "1234567890"}) CHECK_FALSE(passes({"SELECT", number}));
  CHECK_FALSE(passes({"SELECT"}));
  CHECK_FALSE(passes({"SELECT", "1", "2"}));
  CHECK(passes({"CLIENT", "SETNAME", "runbook"}));
  CHECK_FALSE(passes({"CLIENT"}));
  CHECK_FALSE(passes({"CLIENT", "SETNAME"}));
  CHECK_FALSE(passes({"CLIENT", "SETNAME", "a", "b"}));
  CHECK_FALSE(passes({"CLIENT", "KILL", "127.0.0.1:1"}));
  CHECK(passes({"HELLO"}));
  CHECK(passes({"HELLO", "3", "AUTH", "u", "p", "SETNAME", "n"}));
  CHECK_FALSE(passes({"HELLO", "3", "AUTH", "u"}));
  CHECK_FALSE(passes({"HELLO", "3", "TRACKING", "ON"}));
  CHECK_FALSE(passes({"HELLO", "AUTH"}));
}

TEST_CASE("a permit lets its own commands pass, byte for byte, and no other") {
  const auto permit = test::permit_of({{"CONFIG", "SET", "maxmemory", "1"}, {"MULTI"}});
  CHECK(look(frame({"CONFIG", "SET", "maxmemory", "1"}), &permit).has_value());
  CHECK(look(frame({"MULTI"}), &permit).has_value());
  CHECK(look(frame({"GET", "k"}), &permit).has_value());
  CHECK_FALSE(look(frame({"CONFIG", "SET", "maxmemory", "2"}), &permit).has_value());
  CHECK_FALSE(look(frame({"config", "SET", "maxmemory", "1"}), &permit).has_value());
  CHECK_FALSE(look(frame({"CONFIG", "SET", "maxmemory", "1", "hz", "2"}), &permit).has_value());
  CHECK_FALSE(look(frame({"EXEC"}), &permit).has_value());
}

TEST_CASE("each of several commands in one write is looked at") {
  CHECK(look(frame({"PING"}) + frame({"TIME"})).has_value());
  const auto refused = look(frame({"PING"}) + frame({"FLUSHALL"}) + frame({"PING"}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::kRefused);
  CHECK(refused.error().message.find("FLUSHALL") != std::string::npos);
}

TEST_CASE("bytes that are not whole commands in their one form do not pass") {
  const std::vector<std::string> refused = {"",
                                            "PING\r\n",
                                            "*1\r\n$4\r\nPING",
                                            "*1\r\n$4\r\nPING\r",
                                            "*1\r\n$5\r\nPING",
                                            "*1\r\n$4\r\nPINGPING\r\n",
                                            "*1\r\n$18446744073709551615\r\nPING\r\n",
                                            "*1\r\n$4\r\nPING\r\n*1\r\n",
                                            "*1\r\n$4\r\nPING\r\n ",
                                            "*0\r\n",
                                            "*-1\r\n",
                                            "*1\r\n$-1\r\n",
                                            "*01\r\n$4\r\nPING\r\n",
                                            "*+1\r\n$4\r\nPING\r\n",
                                            "*1\r\n$04\r\nPING\r\n",
                                            "*1\n$4\nPING\n",
                                            "*1\r\n+PING\r\n",
                                            "*1\r\n:4\r\n",
                                            "*1\r\n$5\r\nPING\r\n",
                                            "*1\r\n$3\r\nPING\r\n",
                                            "*2\r\n$4\r\nPING\r\n",
                                            "*1\r\n$99999999999999999999\r\nPING\r\n",
                                            "*1000000000\r\n$4\r\nPING\r\n",
                                            "\r\n*1\r\n$4\r\nPING\r\n",
                                            "*1 \r\n$4\r\nPING\r\n"};
  for (const auto& bytes : refused) {
    INFO(bytes);
    CHECK_FALSE(look(bytes).has_value());
  }
}

TEST_CASE("a refusal names the command and never an argument that may be a secret") {
  const auto config = look(frame({"CONFIG", "SET", "requirepass", "hunter22"}));
  CHECK(config.error().message.find("CONFIG SET is not") != std::string::npos);
  CHECK(config.error().message.find("hunter22") == std::string::npos);
  CHECK(look(frame({"AUTH", "a", "hunter22", "c"})).error().message.find("hunter22") == std::string::npos);
  CHECK(look(frame({"SET", "key", "hunter22"})).error().message.find("key") == std::string::npos);
  CHECK(look(frame({"\x1b[2J"})).error().message.find('\x1b') == std::string::npos);
}
