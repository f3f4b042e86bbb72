// The process of runbook-worker: starting it, watching what it costs, ending it.
//
// Started with posix_spawn, because fork from a large process is ten times slower and leaves secrets on the child's
// stack. It gets an empty environment, /dev/null, the channel and the line page, and a process group of its own: a ^C
// of the operator is the engine's to handle.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "channel/line_page.h"

namespace runbook::run {

class WorkerProcess {
 public:
  /// Starts the program with its memory limit in bytes. kInternal or kStorage with the reason when it cannot be
  /// started.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::filesystem::path& program, std::uint64_t memory);

  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  /// Our end of the channel, non-blocking; the caller closes it.
  [[nodiscard]] int release_socket();
  /// The CPU time it has used so far; zero when it is gone.
  [[nodiscard]] std::chrono::nanoseconds cpu() const;
  /// "redis-down.lua:12": the line of the playbook that ran last; empty when none has.
  [[nodiscard]] std::string line() const;
  void kill();
  /// Kills it if it still runs, and waits for its end (0.3 ms): the wait status.
  int reap();

 private:
  WorkerProcess() = default;

  pid_t pid_ = -1;
  int socket_ = -1;
  int status_ = 0;
  const channel::LinePage* page_ = nullptr;
};

}  // namespace runbook::run
