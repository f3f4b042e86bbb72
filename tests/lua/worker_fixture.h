// Drives the built runbook-worker through WorkerClient, with handlers that stand in for the engine.
#pragma once

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/value.h"
#include "run/worker_client.h"

namespace runbook::test {

struct SeenCall {
  std::string row;
  std::string target;
  Value args;
  std::uint32_t number = 0;
};

inline Value handle(std::string name, std::string kind = "redis") {
  Value value;
  value["$target"] = std::move(name);
  value["kind"] = std::move(kind);
  return value;
}

// Rows as the engine would send them.
inline Value rows() {
  return *parse_json(R"([
    {"name":"redis.ping","kind":"redis","doc":"","args":[]},
    {"name":"redis.info","kind":"redis","doc":"","args":[{"name":"section","type":"text","required":true}]},
    {"name":"redis.errors","kind":"redis","doc":"","args":[{"name":"kind","type":"text","required":false}]},
    {"name":"redis.read","kind":"redis","doc":"","args":[{"name":"argv","type":"argv","required":true}]},
    {"name":"redis.largest_keys","kind":"redis","doc":"","args":[{"name":"sample","type":"number","required":false},
                                                                {"name":"top","type":"number","required":false}]},
    {"name":"clock.now","kind":"engine","doc":"","args":[]},
    {"name":"container.state","kind":"container","doc":"","args":[]},
    {"name":"net.resolve","kind":"*","doc":"","args":[{"name":"as","type":"text","required":false}]}])");
}

inline Value changes() {
  return *parse_json(R"([
    {"name":"container.env","kind":"container","doc":"","takes_secret":true,"args":[{"name":"key","type":"text","required":true}]},
    {"name":"container.restart","kind":"container","doc":"","args":[{"name":"timeout","type":"number","required":false}]},
    {"name":"redis.config","kind":"redis","doc":"","args":[{"name":"key","type":"text","required":true}]},
    {"name":"redis.delete_key","kind":"redis","doc":"","args":[{"name":"key","type":"text","required":true}]}])");
}

class Worker {
 public:
  explicit Worker(run::WorkerLimits limits = {}) : limits_(limits) {
    handlers.module = [this](std::string_view name) -> Result<run::Module> {
      const auto found = modules.find(std::string(name));
      if (found == modules.end())
        return Error{.code = Code::kNotFound, .message = "there is no module " + std::string(name)};
      return run::Module{.file = std::string(name) + ".lua", .source = found->second};
    };
    handlers.call = [this](std::string row, std::string target, Value args,
                           std::uint32_t number) -> Task<Result<Value>> {
      calls.push_back({.row = row, .target = target, .args = args, .number = number});
      co_return answer(calls.back());
    };
    handlers.print = [this](std::string_view text) { printed.emplace_back(text); };
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    client_.reset();
    loop.poll();
  }

  // Runs a coroutine to its end.
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> result;
    loop.restart();
    boost::asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& bug, T value) {
      if (bug) std::rethrow_exception(bug);
      result.emplace(std::move(value));
    });
    while (!result) loop.run_one();
    return std::move(*result);
  }

  Result<Value> load(const std::string& source, const std::string& file = "book.lua") {
    auto started = wait(run::WorkerClient::start(loop.get_executor(), RUNBOOK_WORKER, limits_, handlers));
    if (!started) return started.error();
    client_ = std::move(*started);
    Value body;
    body["name"] = "book";
    body["file"] = file;
    body["source"] = source;
    body["rows"] = rows();
    body["changes"] = changes();
    body["modules"] = further;
    return wait(client_->load(std::move(body)));
  }

  Result<Value> phase(const std::string& name, Value body = Value::Map{}) {
    return wait(client_->phase(name, std::move(body)));
  }

  // The evidence phase with one redis target as the input "redis".
  Task<Result<Value>> look_task() {
    Value body;
    body["arg"]["redis"] = handle("cache-1");
    return client_->phase("evidence", std::move(body));
  }
  Result<Value> look() { return wait(look_task()); }

  boost::asio::io_context loop{1};
  run::Handlers handlers;
  std::map<std::string, std::string> modules;
  std::vector<SeenCall> calls;
  std::vector<std::string> printed;
  Value::List further;  // modules of the standard library that add phases
  std::function<Result<Value>(const SeenCall&)> answer = [](const SeenCall&) { return Value("PONG"); };

 private:
  run::WorkerLimits limits_;
  std::unique_ptr<run::WorkerClient> client_;
};

// A playbook with everything but what a test is about.
struct Book {
  std::string evidence = "return {}";
  std::string diagnose = "return healthy 'well'";
  std::string more{};    // further slots
  std::string head{};    // before the playbook
  std::string inputs{};  // beside redis

  [[nodiscard]] std::string source() const {
    return head + "\nreturn playbook 'book' { alerts = {'A'}, severity = 'SEV-1', owner = 'me',\n" +
           "inputs = { redis = input.redis 'the instance', " + inputs + " },\n" + "evidence = function(see, arg)\n" +
           evidence + "\nend,\ndiagnose = function(found, arg)\n" + diagnose + "\nend,\n" + more + "}\n";
  }
};

// CPU time of all children that have ended, in milliseconds.
inline double children_cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

}  // namespace runbook::test
