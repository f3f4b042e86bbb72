// The phase "outline": what a playbook would read and change, told without looking.
#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Value outlined(const Book& book) {
  Worker worker;
  worker.further = {"outline"};
  REQUIRE(worker.load(book.source()));
  Value body;
  body["arg"]["redis"] = handle("<redis>");
  auto told = worker.phase("outline", std::move(body));
  REQUIRE(told);
  CHECK(worker.calls.empty());
  return *told;
}

// "name: row", one for each reading.
std::vector<std::string> looks(const std::string& evidence) {
  std::vector<std::string> out;
  const auto told = outlined({.evidence = evidence});
  for (const auto& reading : told["readings"].items()) {
    out.push_back(std::string(reading["name"].text_or("?")) + ": " + std::string(reading["row"].text_or("")));
  }
  return out;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("an outline names the readings as evidence does") {
  CHECK(looks("local r = see.redis(arg.redis) return { ping = r:ping(), memory = r:info 'memory' }") ==
        List{"ping: redis.ping", "memory: redis.info"});
}

TEST_CASE("an outline names the readings of a table and of parallel work") {
  CHECK(looks("local r = see.redis(arg.redis) return { both = { r:ping(), r:errors() } }") ==
        List{"both: redis.ping", "both: redis.errors"});
  CHECK(
      looks(
          "return { all = parallel.map({ arg.redis, arg.redis }, function(one) return see.redis(one):ping() end) }") ==
      List{"all: redis.ping", "all: redis.ping"});
}

TEST_CASE("a reading that the evidence keeps under no name has none") {
  CHECK(looks("see.redis(arg.redis):ping() return {}") == List{"?: redis.ping"});
}

TEST_CASE("a table inside itself ends the outline's search for names") {
  CHECK(looks("local t = { see.redis(arg.redis):ping() } t.t = t return { x = t }") == List{"x: redis.ping"});
}
