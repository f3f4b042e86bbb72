#include "run/wait.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>

namespace runbook::run {

namespace asio = boost::asio;

namespace {

struct Pending {
  explicit Pending(const Loop& loop) : wake(loop) {}
  asio::steady_timer wake;
  std::optional<Result<Value>> result;
};

Task<void> carry(Task<Result<Value>> read, std::shared_ptr<Pending> pending) {
  pending->result = co_await std::move(read);
  pending->wake.cancel();
}

}  // namespace

Stop::Stop(const Loop& loop, std::chrono::milliseconds limit, std::string limit_text)
    : loop_(loop),
      deadline_(asio::steady_timer::clock_type::now() + limit),
      reason_{.code = Code::kTimeout, .message = std::move(limit_text)} {}

void Stop::now(Error reason) {
  fired_ = true;
  reason_ = std::move(reason);
  for (auto* timer : waiting_) timer->cancel();
}

Task<Result<Value>> wait_for(Stop& stop, Task<Result<Value>> read) {
  if (stop.fired_) co_return stop.reason_;
  const auto pending = std::make_shared<Pending>(stop.loop_);
  pending->wake.expires_at(stop.deadline_);
  stop.waiting_.insert(&pending->wake);
  asio::co_spawn(stop.loop_, carry(std::move(read), pending), asio::detached);
  if (!pending->result) {
    const auto woken = asio::as_tuple(asio::use_awaitable);
    co_await pending->wake.async_wait(woken);
  }
  stop.waiting_.erase(&pending->wake);
  if (pending->result) co_return std::move(*pending->result);
  co_return stop.reason_;
}

namespace {

struct Running {
  Running(const Loop& loop, std::size_t count) : left(count), over(loop, asio::steady_timer::time_point::max()) {}
  std::size_t left;
  asio::steady_timer over;
};

Task<void> one_of(Task<void> task, std::shared_ptr<Running> running) {
  co_await std::move(task);
  if (--running->left == 0) running->over.cancel();
}

}  // namespace

Task<void> together(Loop loop, std::vector<Task<void>> tasks) {
  const auto running = std::make_shared<Running>(loop, tasks.size());
  for (auto& task : tasks) asio::co_spawn(loop, one_of(std::move(task), running), asio::detached);
  if (running->left == 0) co_return;
  const auto woken = asio::as_tuple(asio::use_awaitable);
  co_await running->over.async_wait(woken);
}

Task<void> pause(Loop loop, std::chrono::milliseconds time) {
  asio::steady_timer timer(loop, time);
  const auto woken = asio::as_tuple(asio::use_awaitable);
  co_await timer.async_wait(woken);
}

}  // namespace runbook::run
