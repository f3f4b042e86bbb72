// A program of this machine, run to its end. Its words go to it as they are; there is no shell in between.
//
// It has a process group of its own, which is killed when its time is over or its output too long, so that ^C at our
// terminal and a program that hangs are ours to handle. Its end is awaited on the loop through a pidfd.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

struct ChildLimits {
  std::chrono::milliseconds total = std::chrono::seconds(10);
  std::size_t output = 1U << 20U;  // bytes of each of its two outputs
};

struct ChildOutput {
  std::string out{};
  std::string err{};
  int status = 0;  // its exit code; 128 + N when signal N ended it
};

/// The variables a program gets, as "NAME=value"; ours, where there is none.
using ChildEnvironment = std::optional<std::vector<std::string>>;

/// Runs argv[0], looked for in our PATH, without input. kNotFound when there is no such program, kTimeout, kLimit,
/// kInternal when the system gives no process.
Task<Result<ChildOutput>> run_child(Loop loop, std::vector<std::string> argv, ChildLimits limits,
                                    ChildEnvironment environment = std::nullopt);

}  // namespace runbook::net
