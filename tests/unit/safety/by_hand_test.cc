#include "safety/by_hand.h"

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Target redis_at(std::string url) {
  Target target;
  target.name = "cache-1";
  target.kind = "redis";
  target.url = std::move(url);
  return target;
}

std::string line(std::string_view form, const Target& target, Value args = Value::Map{}) {
  const HandTarget hand{.target = target, .password = {}, .token = {}};
  return filled_in(form, hand, args);
}

}  // namespace

TEST_CASE("the client of a Redis gets to it as we do") {
  CHECK(line("{client} PING", redis_at("redis://10.0.0.7:6390/2")) == "redis-cli -u redis://10.0.0.7:6390/2 PING");
  CHECK(line("{client} PING", redis_at("unix:///run/redis.sock?db=3")) == "redis-cli -s /run/redis.sock -n 3 PING");
  auto target = redis_at("rediss://app@[fd00::7]:6390");
  target.ca_file = "/etc/our ca.pem";
  CHECK(line("{client} PING", target) ==
        "redis-cli -u 'rediss://[fd00::7]:6390' --user app --cacert '/etc/our ca.pem' PING");
  target.user = "ops";
  const HandTarget hand{.target = target, .password = "$(cat /run/secret)", .token = {}};
  CHECK(filled_in("{client} PING", hand, Value()) ==
        "REDISCLI_AUTH=\"$(cat /run/secret)\" redis-cli -u 'rediss://[fd00::7]:6390' --user ops --cacert "
        "'/etc/our ca.pem' PING");
}

TEST_CASE("arguments are words for a shell, whatever is in them, and one that is left out leaves no gap") {
  const auto target = redis_at("redis://h");
  CHECK(line("GET {key}", target, Value::Map{{"key", "it's; rm -rf $HOME `x`"}}) ==
        R"(GET 'it'\''s; rm -rf $HOME `x`')");
  CHECK(line("GET {key}", target, Value::Map{{"key", "a\x1b[2J\nb"}}) == R"(GET 'a\x1b[2J\nb')");
  CHECK(line("SLOWLOG GET {count} # n", target) == "SLOWLOG GET # n");
  CHECK(line("{client} {argv}", target, Value::Map{{"argv", Value::List{"GET", "a b", 3}}}) ==
        "redis-cli -u redis://h GET 'a b' 3");
}

TEST_CASE("an option of one letter goes with its argument, too") {
  const auto target = redis_at("redis://10.0.0.7");
  CHECK(line("journalctl {-u unit} {-n lines}", target, Value::Map{{"unit", "nginx"}}) == "journalctl -u nginx");
}

TEST_CASE("host and address are those of the target, or what its clients use") {
  auto target = redis_at("redis://user@10.0.0.7:6390/2");
  target.seen_as = "redis.lxd:6379";
  CHECK(line("nc -zv {address}; getent ahosts {host}", target) == "nc -zv 10.0.0.7 6390; getent ahosts 10.0.0.7");
  CHECK(line("nc -zv {address}", target, Value::Map{{"as", "clients"}}) == "nc -zv redis.lxd 6379");
  CHECK(line("nc -zv {address}", redis_at("redis://[fd00::7]")) == "nc -zv fd00::7 6379");
  CHECK(line("openssl s_client -connect {place}", redis_at("redis://[fd00::7]")) ==
        "openssl s_client -connect '[fd00::7]:6379'");
  CHECK(line("nc -zv {address}", redis_at("unix:///run/redis.sock")) == "nc -zv -U /run/redis.sock");
}

TEST_CASE("a change without a form of its own is each of its calls") {
  const auto target = redis_at("redis://h");
  const HandTarget hand{.target = target, .password = {}, .token = {}};
  Change change{.row = "redis.config", .target = "cache-1"};
  change.calls = {Words{"CONFIG", "SET", "save", "3600 1"}, Words{"CONFIG", "REWRITE"}};
  ChangeRow row{.name = "redis.config", .kind = "redis", .args = {}, .doc = "", .to_doc = ""};
  CHECK(by_hand(row, hand, change) == std::vector<std::string>{"redis-cli -u redis://h CONFIG SET save '3600 1'",
                                                               "redis-cli -u redis://h CONFIG REWRITE"});
}
