// A started program with pipes to its inputs and outputs. Internal to net/ because of the socket types.
#pragma once

#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

class ChildProcess {
 public:
  /// What its file descriptors 0, 1 and 2 are; -1 for /dev/null. They stay the caller's.
  struct Files {
    int in = -1;
    int out = -1;
    int err = -1;
  };

  /// `environment`: "NAME=value"; ours without one. kNotFound when PATH has no such program, kInternal when the system
  /// gives no process.
  static Result<ChildProcess> start(const std::vector<std::string>& argv, Files files,
                                    const std::optional<std::vector<std::string>>& environment = std::nullopt);

  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Kills it and what it started, if it has not ended.
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void kill() const;
  struct End {
    int code = 0;  // its exit code, or the number of the signal that ended it
    bool by_signal = false;
  };
  /// Waits for its end.
  Task<End> wait(Loop loop);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  End reap();

  pid_t pid_;
};

}  // namespace runbook::net
