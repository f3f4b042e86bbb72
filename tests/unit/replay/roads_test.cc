#include "replay/roads.h"

#include "base/text.h"
#include "catch.h"
#include "primitive/spec/change_rows.h"

using namespace runbook;
using namespace runbook::replay;

namespace {

Value change(const std::string& target) {
  return Value::Map{{"kind", "change"}, {"target", target}, {"undo", Value::Map{{"row", "redis.config"}}}};
}

std::vector<LiveRoad> roads_of(Value::List items) {
  const run::Config config;
  const Theatre theatre{
      .config = config, .reads = {}, .changes = primitive::change_rows(), .live_executor = {}, .worker = {}};
  return unhappy_roads(theatre, Value::Map{{"items", Value(std::move(items))}});
}

const LiveRoad* road(const std::vector<LiveRoad>& roads, std::string_view name) {
  for (const auto& one : roads) {
    if (one.road.name == name) return &one;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a plan that changes nothing has no unhappy roads") { CHECK(roads_of({}).empty()); }

TEST_CASE("a plan of changes has five, and what cannot be undone ends with a human needed") {
  const auto roads = roads_of({change("cache-1")});
  CHECK(roads.size() == 5);
  CHECK(road(roads, "the checks never hold, and it is undone")->exits == std::vector<int>{6});
  auto for_good = change("cache-1");
  for_good["undo"] = Value();
  CHECK(road(roads_of({for_good}), "the checks never hold, and it is undone")->exits == std::vector<int>{7});
}

TEST_CASE("barriers, guards, people and members that can be spared each have a road of their own") {
  auto guarded = change("cache-1");
  guarded["guard"] = Value::List{Value::Map{{"row", "redis.ping"}}};
  auto member = change("cache-2");
  member["member"] = Value::Map{{"group", 1}, {"name", "cache-2"}, {"may_fail", 1}};
  const auto roads = roads_of({guarded, Value::Map{{"kind", "barrier"}}, member, Value::Map{{"kind", "manual"}}});
  CHECK(roads.size() == 9);
  CHECK(road(roads, "a barrier does not hold") != nullptr);
  CHECK(road(roads, "a guard does not hold") != nullptr);
  CHECK(road(roads, "the operator sees something else") != nullptr);
  const auto* refuses = road(roads, "cache-2 refuses, the others do not");
  REQUIRE(refuses != nullptr);
  CHECK(refuses->road.change({.row = "redis.config", .target = "cache-2"}));
  CHECK_FALSE(refuses->road.change({.row = "redis.config", .target = "cache-1"}));
}

TEST_CASE("what a person did before the first change stands when that is refused") {
  const Value by_hand = Value::Map{{"kind", "manual"}, {"undo", Value::Map{{"what", "switch it on"}}}};
  CHECK(road(roads_of({by_hand, change("cache-1")}), "the first change is refused")->exits == std::vector<int>{5});
  CHECK(road(roads_of({change("cache-1"), by_hand}), "the first change is refused")->exits == std::vector<int>{1});
}

TEST_CASE("checks fail while verifying only, barriers at a barrier only") {
  const auto roads = roads_of({change("cache-1"), Value::Map{{"kind", "barrier"}}});
  const safety::Call ping{.row = "redis.ping", .target = "cache-1", .args = Value::Map{}};
  const safety::Item item{.what = safety::Change{}};
  const safety::Item barrier{.what = safety::Barrier{}};
  const auto& checks = road(roads, "the checks never hold")->road.read;
  CHECK(checks(ping, {.verifying = true}));
  CHECK_FALSE(checks(ping, {.item = &barrier}));
  const auto& barriers = road(roads, "a barrier does not hold")->road.read;
  CHECK(barriers(ping, {.item = &barrier}));
  CHECK_FALSE(barriers(ping, {.item = &item}));
  CHECK_FALSE(barriers(ping, {}));
}
