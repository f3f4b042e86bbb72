#include "safety/ledger.h"

#include "catch.h"

using namespace runbook;
using namespace std::chrono_literals;

TEST_CASE("a target that was not looked at has no evidence, whatever was seen of others") {
  const ManualClock clock;
  safety::EvidenceLedger ledger(clock);
  ledger.note("cache-2", clock.now());
  const auto missing = ledger.require_fresh("cache-1");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::kRefused);
  CHECK(missing.error().where == "cache-1");
  CHECK(missing.error().message.find("no evidence of cache-1") != std::string::npos);
  CHECK_FALSE(ledger.stale("cache-1"));
}

TEST_CASE("evidence counts for 15 minutes and says then how old it is") {
  ManualClock clock;
  safety::EvidenceLedger ledger(clock);
  ledger.note("cache-1", clock.now());
  clock.advance(15min);
  CHECK(ledger.require_fresh("cache-1"));
  CHECK_FALSE(ledger.stale("cache-1"));
  clock.advance(1ms);
  const auto old = ledger.require_fresh("cache-1");
  REQUIRE_FALSE(old);
  CHECK(old.error().code == Code::kRefused);
  CHECK(old.error().message.find("15 min") != std::string::npos);
  CHECK(ledger.stale("cache-1"));
}

TEST_CASE("a wall clock that is set back makes no evidence fresh again") {
  ManualClock clock;
  safety::EvidenceLedger ledger(clock);
  ledger.note("cache-1", clock.now());
  const auto wall = clock.now().wall_ms;
  clock.advance(16min);
  clock.set_wall(wall);
  CHECK_FALSE(ledger.require_fresh("cache-1"));
}

TEST_CASE("looking again makes the evidence fresh") {
  ManualClock clock;
  safety::EvidenceLedger ledger(clock);
  ledger.note("cache-1", clock.now());
  clock.advance(16min);
  ledger.note("cache-1", clock.now());
  CHECK(ledger.require_fresh("cache-1"));
}
