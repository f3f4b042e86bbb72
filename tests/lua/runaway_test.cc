// Playbooks that would not end: each ends with a clear error, within its limit and 100 ms.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kCpu{200};

run::WorkerLimits small_limits() {
  run::WorkerLimits limits;
  limits.cpu_without_message = kCpu;
  limits.phase = milliseconds(5'000);
  limits.calls = 200;
  limits.memory = 8U << 20U;
  return limits;
}

struct Runaway {
  std::string what;
  std::string code;  // Lua
  std::string says;
  std::string where;
};

}  // namespace

TEST_CASE("a runaway ends with an error that says which limit, and where") {
  const std::string cpu = "the playbook used 200 ms of CPU without asking for anything";
  const std::string memory = "the playbook needs more than 8 MiB of memory";
  const std::vector<Runaway> runaways = {
      {"endless loop", "while true do end", cpu, "book.lua:1"},
      {"endless loop below pcall", "while true do\n pcall(error) end", cpu, "book.lua:"},
      {"pcall that swallows errors", "while true do\n pcall(function() while true do error('x') end end) end", cpu,
       "book.lua:2"},
      {"pathological pattern", "local s = ('a'):rep(40)\ns:find(('a?'):rep(40) .. s)", cpu, "book.lua:2"},
      {"nested patterns", "local s = ('a'):rep(1e5)\ns:find('.-.-.-.-.-b')", cpu, "book.lua:2"},
      {"allocation bomb", "local t = {}\nwhile true do t[#t + 1] = {} end", memory, "book.lua:2"},
      {"allocation bomb inside pcall",
       "while true do pcall(function() local t = {}\nwhile true do t[#t + 1] = ('x'):rep(#t) end end) end", memory,
       "book.lua:2"},
      {"string.rep bomb", "local x = 1\nx = ('x'):rep(1e9)", memory, "book.lua:2"},
      {"doubling", "local x = 'x'\nwhile true do x = x .. x end", memory, "book.lua:2"},
      {"table.concat bomb", "local t, s = {}, ('x'):rep(1e6)\nfor i = 1, 1000 do t[i] = s end\nreturn table.concat(t)",
       memory, "book.lua:3"},
      {"string.format bomb",
       "local s = ('x'):rep(1e6)\nreturn ('%s%s%s%s%s%s%s%s%s%s'):format(s, s, s, s, s, s, s, s, s, s)", memory,
       "book.lua:2"},
      {"unpack bomb", "local t = {}\nreturn select('#', unpack(t, 1, 1e8))", "too many results to unpack",
       "book.lua:2"},
      {"sort comparator", "table.sort({ 3, 2, 1 }, function(a, b)\n while true do end end)", cpu, "book.lua:2"},
      {"gsub callback", "('x'):gsub('x', function()\n while true do end end)", cpu, "book.lua:2"},
      {"xpcall handler", "xpcall(error, function()\n while true do end end)", cpu, "book.lua:2"},
      {"error handler that errs", "return xpcall(error, function() error('again') end) or nil + 1",
       "attempt to perform arithmetic", "book.lua:"},
      {"metamethod", "local t = setmetatable({}, { __index = function(t, k)\n while true do end end })\nreturn t.x",
       cpu, "book.lua:2"},
      {"deep recursion", "local function f() return 1 + f() end\nf()", "stack overflow", "book.lua:"},
      {"endless tail calls", "local function f() return f() end\nf()", cpu, "book.lua:1"},
      {"__index chain", "local t = {}\nsetmetatable(t, { __index = t })\nreturn t.x", "", "book.lua:"},
      {"endless prints", "while true do print 'x' end", "the playbook sent more than 200 messages", "book.lua:1"},
      {"loop in tostring", "print(setmetatable({}, { __tostring = function()\n while true do end end }))", cpu,
       "book.lua:2"},
  };
  for (const auto& runaway : runaways) {
    INFO(runaway.what);
    Worker worker(small_limits());
    const auto before = children_cpu_ms();
    const auto started = std::chrono::steady_clock::now();
    const auto shape = worker.load(runaway.code);
    const auto took = std::chrono::steady_clock::now() - started;
    REQUIRE_FALSE(shape);
    INFO(shape.error().text());
    CHECK(shape.error().message.find(runaway.says) != std::string::npos);
    CHECK(shape.error().where.substr(0, runaway.where.size()) == runaway.where);
    CHECK(children_cpu_ms() - before < static_cast<double>(kCpu.count()) + 100);
    CHECK(took < milliseconds(4'000));
    CHECK_FALSE(worker.phase("evidence"));
  }
}

TEST_CASE("endless calls end at the limit of messages") {
  Worker worker(small_limits());
  REQUIRE(worker.load(Book{.evidence = "while true do see.redis(arg.redis):ping():value() end"}.source()));
  const auto seen = worker.look();
  REQUIRE_FALSE(seen);
  CHECK(seen.error().code == Code::kRunaway);
  CHECK(seen.error().text() == "book.lua:5: the playbook sent more than 200 messages (calls and prints)");
}

namespace {

// A handler that answers no call within the life of a test.
void never_answer(Worker& worker) {
  worker.handlers.call = [&](std::string, std::string, Value, std::uint32_t) -> Task<Result<Value>> {
    boost::asio::steady_timer never(worker.loop, std::chrono::hours(1));
    co_await never.async_wait(boost::asio::use_awaitable);
    co_return Value();
  };
}

constexpr auto kWaits = "return { x = see.redis(arg.redis):ping() }";

}  // namespace

TEST_CASE("a phase that takes too long ends, also when it only waits") {
  auto limits = small_limits();
  limits.phase = milliseconds(300);
  auto shortest = milliseconds::max();  // of three, because the machine may be busy with something else
  for (int i = 0; i < 3; ++i) {
    Worker worker(limits);
    never_answer(worker);
    REQUIRE(worker.load(Book{.evidence = kWaits}.source()));
    const auto started = std::chrono::steady_clock::now();
    const auto seen = worker.look();
    shortest = std::min(shortest, std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started));
    REQUIRE_FALSE(seen);
    CHECK(seen.error().text() == "book.lua:5: the playbook took longer than 300 ms");
  }
  CHECK(shortest < milliseconds(400));
}

TEST_CASE("a question that is cancelled ends the worker, at whatever moment") {
  for (const bool when_called : {false, true}) {
    INFO(when_called);
    Worker worker(small_limits());
    boost::asio::cancellation_signal stop;
    never_answer(worker);
    const auto never = worker.handlers.call;
    worker.handlers.call = [&](std::string row, std::string target, Value args, std::uint32_t number) {
      if (when_called) stop.emit(boost::asio::cancellation_type::terminal);
      return never(std::move(row), std::move(target), std::move(args), number);
    };
    REQUIRE(worker.load(Book{.evidence = kWaits}.source()));
    std::optional<Result<Value>> seen;
    const auto done = [&](const std::exception_ptr& bug, Result<Value> value) {
      CHECK_FALSE(bug);
      seen.emplace(std::move(value));
    };
    worker.loop.restart();
    boost::asio::co_spawn(worker.loop, worker.look_task(), boost::asio::bind_cancellation_slot(stop.slot(), done));
    if (!when_called) boost::asio::post(worker.loop, [&] { stop.emit(boost::asio::cancellation_type::terminal); });
    while (!seen) worker.loop.run_one();
    REQUIRE_FALSE(*seen);
    CHECK(seen->error().code == Code::kCancelled);
    CHECK(worker.look().error().code == Code::kCancelled);
  }
}

TEST_CASE("CPU time counts anew after each message") {
  Worker worker(small_limits());
  REQUIRE(worker.load(Book{.evidence = R"(
    for i = 1, 6 do
      for j = 1, 1e6 do end
      see.redis(arg.redis):ping():value()
    end
    return {})"}
                          .source()));
  CHECK(worker.look());
}

TEST_CASE("deep recursion through C ends as a stack overflow, not as a crash") {
  run::WorkerLimits limits;
  limits.cpu_without_message = milliseconds(20'000);  // unwinding some ten thousand frames takes seconds
  Worker worker(limits);
  const auto shape = worker.load("local function f() return ('x'):gsub('x', f) end\nf()");
  REQUIRE_FALSE(shape);
  CHECK(shape.error().text().find("book.lua:1: stack overflow") == 0);
}
