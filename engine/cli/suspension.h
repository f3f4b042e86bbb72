// ^Z and back: where a run may stand still.
//
// The shell's signal would stop the program anywhere, and time goes on for what it was just doing: a change that was
// sent would run into its deadline, and nobody would know what became of it. So the run stops itself, between two steps
// of its event loop, and when a change is in hand after that change has come to its OUTCOME. A SIGSTOP from elsewhere
// cannot be held off; `times_continued` shows it afterwards.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <functional>

#include "base/task.h"

namespace runbook::cli {

class Suspension {
 public:
  /// Until it goes, SIGTSTP stops the program where it may; after that it says so to `back`.
  Suspension(const Loop& loop, std::function<void()> back);

  /// A change is in hand: ^Z waits for it.
  void hold() { held_ = true; }
  /// It is not any more. Stands still here when somebody asked for it meanwhile.
  void release();

 private:
  void listen();
  void stand_still();

  boost::asio::signal_set signals_;
  std::function<void()> back_;
  bool held_ = false;
  bool wanted_ = false;
};

/// How often this process was stopped and continued, whoever did it, since there is a Suspension.
unsigned times_continued();

}  // namespace runbook::cli
