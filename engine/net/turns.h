// So many at a time, the others in the order in which they came.
//
// Whoever waits must not be given up meanwhile: this is for work that runs by itself (once.h, co_spawn).
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>

#include "base/task.h"

namespace runbook::net {

class Turns {
 public:
  /// A turn that was taken; over when this goes, or when `end` says so. It may outlive the Turns.
  class Turn {
   public:
    Turn() = default;
    Turn(Turn&& other) noexcept : queue_(std::move(other.queue_)) {}
    Turn& operator=(Turn&& other) noexcept {
      end();
      queue_ = std::move(other.queue_);
      return *this;
    }
    ~Turn() { end(); }
    /// Hands it over to the one that has waited longest.
    void end();

   private:
    friend class Turns;
    struct Queue;
    explicit Turn(std::weak_ptr<Queue> queue) : queue_(std::move(queue)) {}
    std::weak_ptr<Queue> queue_{};
  };

  Turns(Loop loop, unsigned at_once);

  Task<Turn> take();

 private:
  Loop loop_;
  std::shared_ptr<Turn::Queue> queue_;
};

}  // namespace runbook::net
