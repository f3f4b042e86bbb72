// What `run` and `undo` share: who is asked, who is told, signals, deadline, and how it ends.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "cli/console.h"
#include "cli/program.h"
#include "run/session.h"

namespace runbook::cli {

class Operation {
 public:
  /// `command` is what the operator could type again, without approval flags.
  Operation(Program& program, std::string command);

  /// The operator at the terminal, or the flags. kRefused when --approve names no plan that counts.
  Result<run::Asker*> asker();

  /// Runs the coroutine to its end, with ^C, SIGTERM and --timeout looked after. `interrupt` is called at the first ^C.
  /// Writes RUN_END for errors too, prints the JSON document, and returns the exit code.
  Result<int> carry_through(run::Session& session, Task<Result<run::Ending>> work, std::function<void()> interrupt);

 private:
  void tell(const safety::Record& record);
  void watch_signals(const std::string& run, std::function<void()> interrupt);

  Program& program_;
  std::string command_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<run::Asker> flags_;
  std::vector<safety::Record> records_;
  std::function<void(const safety::Record&)> narrate_;
};

}  // namespace runbook::cli
