// Fibers: straight-line Lua with many reads in flight.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// Answers no call before the worker has as many in flight as it will ever have; notes the most at the same time.
// Which calls were in flight together is thus a matter of order, not of time.
class Gate {
 public:
  explicit Gate(Worker& worker) : loop_(worker.loop), timer_(worker.loop) {
    worker.handlers.call = [this](std::string row, std::string target, Value args, std::uint32_t number) {
      return answer(std::move(row), std::move(target), std::move(args), number);
    };
  }

  std::size_t most = 0;
  std::size_t opens_at = 1;
  std::vector<std::uint32_t> order;

 private:
  Task<Result<Value>> answer(std::string row, std::string target, Value args, std::uint32_t number) {
    waiting_++;
    most = std::max(most, waiting_);
    if (waiting_ >= opens_at) open_ = true;
    boost::asio::steady_timer again(loop_);
    while (!open_) {
      again.expires_after(std::chrono::milliseconds(1));
      co_await again.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    --waiting_;
    order.push_back(number);
    if (args["section"] == Value("fail")) co_return Error{.code = Code::kTimeout, .message = "no answer"};
    co_return Value(row + " " + target + " " + std::to_string(number));
  }

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  std::size_t waiting_ = 0;
  bool open_ = false;
};

}  // namespace

TEST_CASE("readers start at once and are in flight together") {
  Worker worker;
  Gate gate(worker);
  gate.opens_at = 5;
  REQUIRE(worker.load(Book{.evidence = R"(
    local redis, out = see.redis(arg.redis), {}
    for i = 1, 5 do out["r" .. i] = redis:ping() end
    return out)"}
                          .source()));
  const auto seen = worker.look();
  REQUIRE(seen);
  CHECK(gate.most == 5);
  CHECK(to_json((*seen)["readings"]) ==
        R"({"r1":{"call":1},"r2":{"call":2},"r3":{"call":3},"r4":{"call":4},"r5":{"call":5}})");
}

TEST_CASE("parallel.map keeps order, respects its limit and turns errors into elements") {
  Worker worker;
  Gate gate(worker);
  gate.opens_at = 3;
  REQUIRE(worker.load(Book{.evidence = R"(
    local list = {}
    for i = 1, 20 do list[i] = arg.redis end
    local at = 0
    local map = parallel.map(list, function(target)
      at = at + 1
      local mine = at
      if mine == 7 then error("odd one") end
      local text = see.redis(target):info(mine == 5 and "fail" or "x"):value()
      return mine .. " " .. text:match "%S+"
    end, { limit = 3 })
    for i, element in ipairs(map) do
      if element.value ~= i .. " redis.info" then print(i, element.value, element.error.code, element.error.message, element.error.where) end
    end
    return { map = map })"}
                          .source()));
  const auto seen = worker.look();
  INFO((seen ? "" : seen.error().text()));
  REQUIRE(seen);
  CHECK(gate.most == 3);
  CHECK((*seen)["readings"]["map"]["calls"].items().size() == 19);
  CHECK(worker.printed == std::vector<std::string>{"5\tnil\ttimeout\tredis.info of cache-1: no answer\tbook.lua:13",
                                                   "7\tnil\tplaybook\todd one\tbook.lua:12"});
}

TEST_CASE("parallel.each runs for all and raises the first error at the end") {
  Worker worker;
  REQUIRE(worker.load(Book{.evidence = R"(
    local done = 0
    local good, err = pcall(parallel.each, { 1, 2, 3, 4 }, function(i)
      see.redis(arg.redis):ping():value()
      if i == 2 then error("two") end
      done = done + 1
    end)
    print(good, err.message, done)
    return {})"}
                          .source()));
  REQUIRE(worker.look());
  CHECK(worker.printed == std::vector<std::string>{"false\ttwo\t3"});
}

TEST_CASE("nested parallel work ends, and more calls than the limit wait for some first") {
  run::WorkerLimits limits;
  limits.in_flight = 8;
  Worker worker(limits);
  Gate gate(worker);
  gate.opens_at = 8;
  REQUIRE(worker.load(Book{.evidence = R"(
    local list = {}
    for i = 1, 6 do list[i] = i end
    return { map = parallel.map(list, function(i)
      return parallel.map(list, function(j) return see.redis(arg.redis):ping() end)
    end) })"}
                          .source()));
  const auto seen = worker.look();
  INFO((seen ? "" : seen.error().text()));
  REQUIRE(seen);
  CHECK(gate.most == 8);
  CHECK((*seen)["readings"]["map"]["calls"].items().size() == 36);
}

TEST_CASE("where Lua cannot yield the wait blocks on that one reply") {
  Worker worker;
  worker.answer = [](const SeenCall& call) -> Result<Value> { return call.args["section"]; };
  REQUIRE(worker.load(Book{.evidence = R"(
    local redis = see.redis(arg.redis)
    local list = { 3, 1, 2 }
    table.sort(list, function(a, b) return redis:info(tostring(a)):value() < redis:info(tostring(b)):value() end)
    local text = ("a b"):gsub("%a", function(c) return redis:info(c):value() .. "!" end)
    local proxy = setmetatable({}, { __index = function(_, key) return redis:info(key):value() end })
    local listed = ("x"):gsub("x", function()
      return #parallel.map({ 1, 2, 3 }, function(i) return redis:info("n"):value() end)
    end)
    print(table.concat(list, ","), text, proxy.memory, listed)
    return { x = redis:ping() })"}
                          .source()));
  const auto seen = worker.look();
  INFO((seen ? "" : seen.error().text()));
  REQUIRE(seen);
  CHECK(worker.printed == std::vector<std::string>{"1,2,3\ta! b!\tmemory\t3"});
}

TEST_CASE("a reply that comes after its phase does not disturb the next") {
  Worker worker;
  Gate gate(worker);
  gate.opens_at = 2;  // the first call is answered when the second comes, which is in the second look
  REQUIRE(worker.load(Book{.evidence = R"(
    local ping = see.redis(arg.redis):ping()
    looked[1] = (looked[1] or 0) + 1
    if looked[1] == 1 then error("too early") end
    return { ping = ping })",
                           .diagnose = "return healthy(found.ping)",
                           .head = "local looked = {}"}
                          .source()));
  CHECK_FALSE(worker.look());
  REQUIRE(worker.look());
  const auto verdict = worker.phase("diagnose");
  REQUIRE(verdict);
  CHECK((*verdict)["text"] == Value("redis.ping cache-1 2"));
}
