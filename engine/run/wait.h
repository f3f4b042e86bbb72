// Waiting for reads, but no longer than somebody wants to wait.
//
// A read that is given up goes on unheard until its own deadline; it is not cancelled, because a pipelined connection
// that loses one of its waiters would give that one's answer to the next.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"

namespace runbook::run {

/// The end of one phase of looking: its deadline, or the operator's word before that.
class Stop {
 public:
  Stop(const Loop& loop, std::chrono::milliseconds limit, std::string limit_text);

  /// Ends the waiting of everybody now.
  void now(Error reason);
  [[nodiscard]] bool fired() const { return fired_; }
  [[nodiscard]] const Loop& loop() const { return loop_; }

 private:
  friend Task<Result<Value>> wait_for(Stop& stop, Task<Result<Value>> read);

  Loop loop_;
  boost::asio::steady_timer::time_point deadline_;
  Error reason_;
  bool fired_ = false;
  std::set<boost::asio::steady_timer*> waiting_;
};

/// The result of the read, or the reason of the stop when that comes first.
Task<Result<Value>> wait_for(Stop& stop, Task<Result<Value>> read);

/// Does all of these at the same time; over when the last is.
Task<void> together(Loop loop, std::vector<Task<void>> tasks);

/// Lets the loop go on with other things for a while.
Task<void> pause(Loop loop, std::chrono::milliseconds time);

}  // namespace runbook::run
