// An event loop for a test: runs coroutines to their end, and fails when they take too long.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/task.h"

namespace runbook::test {

class TestLoop {
 public:
  [[nodiscard]] Loop loop() { return io_.get_executor(); }
  [[nodiscard]] boost::asio::io_context& io() { return io_; }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(io_, keep(std::move(task), out), rethrow);
    run_until([&] { return out.has_value(); });
    return std::move(*out);
  }

  /// All at the same time; the results in the order of the tasks.
  template <class T>
  std::vector<T> run_all(std::vector<Task<T>> tasks) {
    std::vector<std::optional<T>> outs(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      boost::asio::co_spawn(io_, keep(std::move(tasks[i]), outs[i]), rethrow);
    run_until([&] {
      for (const auto& out : outs) {
        if (!out) return false;
      }
      return true;
    });
    std::vector<T> results;
    for (auto& out : outs) results.push_back(std::move(*out));
    return results;
  }

  void run_until(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    io_.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the test waited for 30 s");
      io_.run_one_for(std::chrono::milliseconds(100));
      if (io_.stopped()) io_.restart();
    }
  }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& out) {
    out.emplace(co_await std::move(task));
  }
  static void rethrow(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  }

  boost::asio::io_context io_;
};

}  // namespace runbook::test
