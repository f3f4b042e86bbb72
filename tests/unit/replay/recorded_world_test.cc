#include "replay/recorded_world.h"

#include <fstream>

#include "base/json.h"
#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::replay;

namespace {

safety::Call call(std::string row, Value args = Value::Map{}) {
  return {.row = std::move(row), .target = "cache-1", .args = std::move(args)};
}

RecordedWorld world_in(const std::filesystem::path& folder) {
  RecordedWorld world{
      .name = "full", .file = folder / "full.toml", .about = "a \"full\" cache\x7f", .now_ms = 1'790'000'000'123};
  world.inputs = {{"redis", "cache-1"}};
  world.asks = {{"raise.limit", "5gb"}};
  const Value targets = Value::Map{{"cache-1", Value::Map{{"kind", "redis"},
                                                          {"url", "redis://cache-1:6379"},
                                                          {"env", "prod"},
                                                          {"tags", Value::List{"cache", "canary"}}}}};
  world.inventory =
      *run::Inventory::from_document({.file = world.file, .root = Value::Map{{"targets", targets}}, .lines = {}});
  world.expect = {.verdict = {"full", "slow"}, .mitigation = "raise", .level = 2, .exit = 5};
  return world;
}

// What comes back after writing and reading.
RecordedWorld again(const RecordedWorld& world) {
  REQUIRE(write_world(world));
  auto back = read_world(world.file);
  INFO((back ? "" : back.error().text()));
  REQUIRE(back);
  return *back;
}

}  // namespace

TEST_CASE("a world that was written reads back as it was") {
  const test::TempDir folder;
  const auto world = world_in(folder.path());
  const auto back = again(world);
  CHECK(back.name == "full");
  CHECK(back.about == world.about);
  CHECK(back.now_ms == world.now_ms);
  CHECK(back.inputs == world.inputs);
  CHECK(back.asks == world.asks);
  CHECK(back.expect.verdict == world.expect.verdict);
  CHECK((back.expect.mitigation == "raise" && back.expect.level == 2 && back.expect.exit == 5));
  const auto target = back.inventory.find("cache-1");
  REQUIRE(target);
  CHECK(run::inventory_entry(**target) == run::inventory_entry(**world.inventory.find("cache-1")));
}

TEST_CASE("answers of every shape read back as they were, in their order") {
  const Value answer =
      GENERATE(Value("PONG"), Value(0.1), Value(1e300), Value(9007199254740993.0), Value(-1), Value(true), Value(),
               Value("\x01\x1b[31m\x7f\xe2\x80\xae"), Value(std::string("\xff\x00raw", 5)), Value(Value::Map{}),
               Value(Value::List{}), Value(Value::List{1, "two", Value()}),
               Value(Value::List{Value::Map{{"a", 1}}, Value::Map{{"b", Value::List{2}}}}),
               Value(Value::Map{{"a.b", 1}, {"", 2}, {"ü", Value::Map{{"x", "y"}}}}), Value(std::string(100'000, 'x')));
  const test::TempDir folder;
  auto world = world_in(folder.path());
  world.reads = {
      {.call = call("redis.get", Value::Map{{"key", "k\"1"}}), .answers = {{.value = answer}, {.value = "later"}}}};
  const auto back = again(world);
  REQUIRE(back.reads.size() == 1);
  CHECK(back.reads[0].call == world.reads[0].call);
  REQUIRE(back.reads[0].answers.size() == 2);
  CHECK(to_json(back.reads[0].answers[0].value) == to_json(answer));
  CHECK(back.reads[0].answers[1].value == Value("later"));
}

TEST_CASE("errors, and what is read after a change, read back as they were") {
  const test::TempDir folder;
  auto world = world_in(folder.path());
  const Answer gone{.error = Error{.code = Code::kUnreachable, .message = "refused\n\"it\""}};
  world.reads = {{.call = call("redis.ping"), .answers = {gone}}};
  world.after = {{.change = "redis.config",
                  .target = "cache-1",
                  .args = Value::Map{{"key", "maxmemory"}},
                  .reads = {{.call = call("redis.ping"), .answers = {{.value = "PONG"}}}}}};
  const auto back = again(world);
  REQUIRE(back.reads.at(0).answers.at(0).error);
  CHECK(back.reads[0].answers[0].error->code == Code::kUnreachable);
  CHECK(back.reads[0].answers[0].error->message == "refused\n\"it\"");
  REQUIRE(back.after.size() == 1);
  CHECK(back.after[0].change == "redis.config");
  CHECK(back.after[0].args == world.after[0].args);
  CHECK(back.after[0].reads.at(0).answers.at(0).value == Value("PONG"));
}

TEST_CASE("a long answer lies in a file of its own, and a missing one is told by name") {
  const test::TempDir folder;
  auto world = world_in(folder.path());
  world.reads = {{.call = call("redis.slowlog"), .answers = {{.value = std::string(5000, 'x')}}}};
  again(world);
  const auto file = folder.path() / "full" / "redis.slowlog-1.json";
  REQUIRE(std::filesystem::remove(file));
  const auto back = read_world(world.file);
  REQUIRE_FALSE(back);
  CHECK(back.error().text().find(file.string()) != std::string::npos);
}
