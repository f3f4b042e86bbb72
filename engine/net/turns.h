// So many at a time, the others in the order in which they came.
//
// Whoever waits must not be given up meanwhile: this is for work that runs by itself (once.h, co_spawn).
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>

#include "base/task.h"

namespace runbook::net {

class Turns {
 public:
  Turns(Loop loop, unsigned at_once) : loop_(std::move(loop)), free_(at_once) {}

  /// Waits for a turn. Each has to be ended.
  Task<void> take();
  /// Hands it over to the one that has waited longest.
  void end();

 private:
  Loop loop_;
  unsigned free_;
  std::deque<boost::asio::steady_timer*> waiting_{};
};

}  // namespace runbook::net
