// What `run` and `undo` share: who is asked, who is told, signals, deadline, and how it ends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "cli/console.h"
#include "cli/narrator.h"
#include "cli/program.h"
#include "cli/suspension.h"
#include "run/session.h"

namespace runbook::cli {

class Operation {
 public:
  /// `command` is what the operator could type again, without approval flags.
  Operation(Program& program, std::string command);

  /// The operator at the terminal, or the flags. kRefused when --approve names no plan that counts.
  Result<run::Asker*> asker();

  /// What the run that goes on did before: part of its document, and of what is said to stand at its end.
  void recall(std::vector<safety::Record> records);

  /// How to end things early.
  struct Ends {
    std::function<bool()> looking;  // go on with what was read; false when nothing is being read by the playbook
    std::function<void()> run;      // stop after the call in hand
  };

  /// Runs the coroutine to its end, with ^C, SIGTERM and --timeout looked after. ^C while the playbook looks ends the
  /// looking alone; anywhere else, and SIGTERM and the deadline everywhere, it ends the run. Writes RUN_END for errors
  /// too, prints the JSON document, and returns the exit code. Can be called again for a run that goes on from the
  /// last; the deadline is that of all, the document that of the last.
  Result<int> carry_through(run::Session& session, Task<Result<run::Ending>> work, Ends ends);

 private:
  void tell(const safety::Record& record);

  Program& program_;
  std::string command_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::unique_ptr<Console> console_;
  std::unique_ptr<run::Asker> flags_;
  Suspension suspension_;
  std::vector<safety::Record> recalled_;
  std::vector<safety::Record> records_;
  std::vector<std::unique_ptr<Narrator>> narrators_;
};

}  // namespace runbook::cli
