// What the worker costs; printed, not judged: machines differ.
#include <chrono>
#include <cstdio>

#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("the costs of starting, of a call, and of calls in flight are printed") {
  using Clock = std::chrono::steady_clock;
  const auto us = [](Clock::duration took) { return std::chrono::duration<double, std::micro>(took).count(); };
  double load = 1e9;
  double one = 1e9;
  double many = 1e9;
  for (int i = 0; i < 10; ++i) {
    Worker worker;
    auto started = Clock::now();
    REQUIRE(worker.load(Book{.evidence = R"(
      local redis = see.redis(arg.redis)
      if mode[1] == "one" then for i = 1, 1000 do redis:ping():value() end end
      if mode[1] == "many" then for i = 1, 1000 do redis:ping() end end
      mode[1] = mode[1] == "one" and "many" or "one"
      return {})",
                             .head = "local mode = { 'one' }"}
                            .source()));
    load = std::min(load, us(Clock::now() - started));
    started = Clock::now();
    REQUIRE(worker.look());
    one = std::min(one, us(Clock::now() - started) / 1000);
    started = Clock::now();
    REQUIRE(worker.look());
    many = std::min(many, us(Clock::now() - started) / 1000);
  }
  std::printf("spawn to loaded playbook %.0f us, one call after the other %.1f us, many in flight %.1f us each\n", load,
              one, many);
}
