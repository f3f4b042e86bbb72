#include "primitive/spec/change_rows.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::safety;
using primitive::find_change_row;

namespace {

Target in(const char* env) {
  Target target;
  target.name = "cache-1";
  target.kind = "redis";
  target.env = env;
  return target;
}

Change described(const char* row, const char* key, Value from, Value to) {
  Change change{
      .row = row, .target = "cache-1", .args = Value::Map{{"key", key}}, .to = std::move(to), .from = std::move(from)};
  change.level = 0;
  const bool loses = find_change_row(row)->describe(change);
  change.level = level_of(change, in("staging"), loses);
  return change;
}

Result<Value> normalised(const char* key, const Value& to) {
  return find_change_row("redis.config")->normalise(Value::Map{{"key", key}}, to);
}

}  // namespace

TEST_CASE("settings that load code, move files or open the server are not on the list") {
  for (const auto* key : {"dir", "dbfilename", "requirepass", "masterauth", "aclfile", "bind", "protected-mode",
                          "unixsocket", "logfile", "enable-module-command", "tls-cert-file", "", "maxmemory\r\n"}) {
    CAPTURE(key);
    CHECK(normalised(key, "x").error().code == Code::kUsage);
  }
  CHECK(normalised("maxmemroy", 1).error().message.find("did you mean maxmemory?") != std::string::npos);
}

TEST_CASE("a size is brought into the form in which Redis reads it back") {
  CHECK(normalised("maxmemory", "16mb").value() == Value(16777216));
  CHECK(normalised("maxmemory", 16777216).value() == Value(16777216));
  CHECK(normalised("save", "3600 1").value() == Value("3600 1"));
  CHECK_FALSE(normalised("maxmemory", -1));
  CHECK_FALSE(normalised("maxmemory", 1.5));
  CHECK_FALSE(normalised("maxmemory", Value()));
  CHECK_FALSE(normalised("maxmemory-policy", "allkeys-lur"));
}

TEST_CASE("raising the limit loses nothing; lowering it, setting one at all, and any eviction may lose data") {
  CHECK(described("redis.config", "maxmemory", 10, 20).level == 1);
  CHECK(described("redis.config", "maxmemory", 20, 10).level == 3);
  CHECK(described("redis.config", "maxmemory", 0, 10).level == 3);
  CHECK(described("redis.config", "maxmemory", 10, 0).level == 1);
  CHECK(described("redis.config", "maxmemory-policy", "noeviction", "allkeys-lru").level == 3);
  CHECK(described("redis.config", "maxmemory-policy", "noeviction", "volatile-ttl").level == 3);
  CHECK(described("redis.config", "maxmemory-policy", "allkeys-lru", "noeviction").level == 1);
}

TEST_CASE("production is one level higher, and so is an environment that nobody named") {
  Change change{.row = "redis.config", .target = "x"};
  CHECK(level_of(change, in("staging"), false) == 1);
  CHECK(level_of(change, in("prod"), false) == 2);
  CHECK(level_of(change, in(""), false) == 2);
  change.irreversible = "no way back";
  CHECK(level_of(change, in("staging"), false) == 2);
  CHECK(level_of(change, in("prod"), false) == 3);
}

TEST_CASE("the undo of a setting is the setting with from and to swapped") {
  const auto change = described("redis.config", "timeout", 0, 300);
  REQUIRE(change.undo);
  CHECK(change.undo->row == "redis.config");
  CHECK(change.undo->to == Value(0));
  CHECK(command_text(change.calls.at(0)) == "CONFIG SET timeout 300");
}

TEST_CASE("a deleted key is restored with its value and its expiry") {
  const Value reading = Value::Map{
      {"exists", true}, {"type", "hash"}, {"payload", std::string("\x00\xff", 2)}, {"expires_at", 1790000000000.0}};
  const auto seen = find_change_row("redis.delete_key")->seen(reading);
  CHECK(seen.blob == std::string("\x00\xff", 2));
  const auto change = described("redis.delete_key", "user:1", seen.state, Value());
  REQUIRE(change.undo);
  auto back = described(change.undo->row.c_str(), "user:1", Value(), change.undo->to);
  REQUIRE(back.calls.size() == 1);
  CHECK(back.calls[0][2] == Value("1790000000000"));
  CHECK(back.calls[0][4] == Value("ABSTTL"));
  CHECK(std::as_const(back.calls[0][3])["$blob"] == std::as_const(seen.state)["sha256"]);
}

TEST_CASE("a key that is not there has no state to restore") {
  CHECK(find_change_row("redis.delete_key")->seen(Value::Map{{"exists", false}}).state.is_null());
  CHECK_FALSE(find_change_row("redis.restore_key")->normalise(Value::Map{{"key", "k"}}, Value()));
  CHECK_FALSE(find_change_row("redis.restore_key")->offered);
}

TEST_CASE("what is not there has a state for every row: none, or one that says so") {
  for (const auto& row : primitive::change_rows()) {
    CAPTURE(row.name);
    CHECK_NOTHROW(row.seen(Value()));
  }
}
