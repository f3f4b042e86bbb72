#include "replay/replayed_world.h"

#include "catch.h"
#include "primitive/spec/change_rows.h"

using namespace runbook;
using namespace runbook::replay;

namespace {

safety::Call setting(const std::string& key) {
  return {.row = "redis.config", .target = "cache-1", .args = Value::Map{{"key", key}}};
}
safety::Call ping() { return {.row = "redis.ping", .target = "cache-1", .args = Value::Map{}}; }

const safety::ChangeRow& row_of(std::string_view name) {
  for (const auto& row : primitive::change_rows()) {
    if (row.name == name) return row;
  }
  throw std::logic_error("there is no such row");
}

const safety::ChangeRow& config_row() { return row_of("redis.config"); }

safety::Change set(const std::string& key, const Value& to, std::uint64_t undoes = 0) {
  safety::Change change{.row = "redis.config", .target = "cache-1", .args = Value::Map{{"key", key}}, .to = to};
  change.undoes = undoes;
  return change;
}

// maxmemory is 16, and a ping is answered by "slow", then by "PONG"; once maxmemory was set, by "fast".
RecordedWorld recording() {
  RecordedWorld world;
  world.reads = {{.call = setting("maxmemory"), .answers = {{.value = 16}}},
                 {.call = ping(), .answers = {{.value = "slow"}, {.value = "PONG"}}}};
  world.after = {{.change = "redis.config",
                  .target = "cache-1",
                  .args = Value::Map{{"key", "maxmemory"}},
                  .reads = {{.call = ping(), .answers = {{.value = "fast"}}}}}};
  return world;
}

}  // namespace

TEST_CASE("answers come in their order, and the last repeats") {
  const auto recorded = recording();
  ReplayedWorld world(recorded);
  CHECK(world.answer(ping()).value() == Value("slow"));
  CHECK(world.answer(ping()).value() == Value("PONG"));
  CHECK(world.answer(ping()).value() == Value("PONG"));
  CHECK(world.asked().size() == 1);
}

TEST_CASE("a call that was not recorded is an error, and remembered") {
  const auto recorded = recording();
  ReplayedWorld world(recorded);
  CHECK(world.answer(setting("timeout")).error().code == Code::kNotFound);
  REQUIRE(world.unknown().size() == 1);
  CHECK(world.unknown()[0] == setting("timeout"));
}

TEST_CASE("a setting reads back as it was set, and what the world says is after it comes with it") {
  const auto recorded = recording();
  ReplayedWorld world(recorded);
  world.apply(config_row(), set("maxmemory", 32), 7);
  CHECK(world.answer(setting("maxmemory")).value() == Value(32));
  CHECK(world.answer(ping()).value() == Value("fast"));
}

TEST_CASE("undoing a change takes away what it brought, and nothing else") {
  const auto recorded = recording();
  ReplayedWorld world(recorded);
  world.apply(config_row(), set("timeout", 300), 6);
  world.apply(config_row(), set("maxmemory", 32), 7);
  world.apply(config_row(), set("maxmemory", 16, 7), 8);
  CHECK(world.answer(setting("maxmemory")).value() == Value(16));
  CHECK(world.answer(setting("timeout")).value() == Value(300));
  CHECK(world.answer(ping()).value() == Value("slow"));
}

TEST_CASE("of two changes of one setting the later is read") {
  const auto recorded = recording();
  ReplayedWorld world(recorded);
  world.apply(config_row(), set("maxmemory", 32), 7);
  world.apply(config_row(), set("maxmemory", 64), 8);
  CHECK(world.answer(setting("maxmemory")).value() == Value(64));
}

TEST_CASE("an action that makes another change count leads, done again, away from the state that it led to") {
  const safety::Call unit{.row = "host.unit", .target = "web-1", .args = Value::Map{{"unit", "nginx"}}};
  RecordedWorld recorded;
  recorded.reads = {{.call = unit, .answers = {{.value = Value::Map{{"changed", 1}}}}}};
  recorded.after = {{.change = "unit.reload",
                     .target = "web-1",
                     .args = unit.args,
                     .reads = {{.call = unit, .answers = {{.value = Value::Map{{"changed", 2}}}}}}}};
  ReplayedWorld world(recorded);
  safety::Change reload{.row = "unit.reload", .target = "web-1", .args = unit.args};
  reload.activates = 1;
  for (std::uint64_t intent = 7; intent < 10; ++intent) {
    const auto before = world.answer(unit).value();
    world.apply(row_of("unit.reload"), reload, intent);
    CHECK_FALSE(world.answer(unit).value() == before);
  }
}

TEST_CASE("a file that is put back reads as it was before, not as nothing") {
  const safety::Call file{.row = "host.content", .target = "web-1", .args = Value::Map{{"path", "/etc/x"}}};
  RecordedWorld recorded;
  recorded.reads = {{.call = file, .answers = {{.value = Value::Map{{"sha256", "aa"}}}}}};
  ReplayedWorld world(recorded);
  safety::Change back{.row = "host.file_back", .target = "web-1", .args = file.args};
  back.undoes = 7;
  world.apply(row_of("host.file_back"), back, 8);
  CHECK(world.answer(file).value()["sha256"] == Value("aa"));
}
