// A limit on the time of one operation that has none of its own: when it passes, the operation is given up, usually by
// closing its socket, and completes with an error. Simpler than racing two coroutines, whose cancellation makes every
// later co_await throw.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/task.h"

namespace runbook::net {

using TimePoint = std::chrono::steady_clock::time_point;

class Deadline {
 public:
  /// Calls `give_up` at that time, unless this object is gone by then.
  Deadline(const Loop& loop, TimePoint at, std::function<void()> give_up)
      : state_(std::make_shared<State>(State{boost::asio::steady_timer(loop), std::move(give_up), false})) {
    state_->timer.expires_at(at);
    state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
      if (error || !state->give_up) return;
      state->expired = true;
      state->give_up();
    });
  }
  ~Deadline() {
    state_->give_up = nullptr;
    state_->timer.cancel();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool expired() const { return state_->expired; }

 private:
  struct State {
    boost::asio::steady_timer timer;
    std::function<void()> give_up;
    bool expired;
  };
  std::shared_ptr<State> state_;
};

}  // namespace runbook::net
