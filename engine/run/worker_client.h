// The engine's side of the worker: its process, its limits, and its messages as coroutines.
//
// The worker is hostile until the opposite is shown: every message is checked, counted and bounded, and a worker that
// breaks a limit or the protocol is killed; what it was asked then ends with an error that says which limit, and the
// line of the playbook that ran last. Limits are looked at every 20 ms while the worker owes an answer, so that a
// runaway ends within its limit and 100 ms. A worker that has ended stays ended: later questions give the same error.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "run/stdlib.h"

namespace runbook::run {

struct WorkerLimits {
  std::chrono::milliseconds cpu_without_message{2'000};
  std::chrono::milliseconds phase{60'000};
  std::uint32_t calls = 10'000;  // messages over the worker's life: calls, prints and requires
  std::uint32_t in_flight = 256;
  std::uint64_t memory = std::uint64_t{256} << 20U;  // bytes
};

/// What the engine does for the worker. They must stay usable until the loop has run dry.
struct Handlers {
  /// A source by its name: "stdlib/…" is the standard library, anything else the playbook's folder.
  std::function<Result<Module>(std::string_view name)> module;
  /// Answers a call; many run at the same time. `call` is the number by which evidence refers to it.
  std::function<Task<Result<Value>>(std::string row, std::string target, Value args, std::uint32_t call)> call;
  /// A line that the playbook prints; any bytes.
  std::function<void(std::string_view text)> print;
};

class WorkerClient {
 public:
  /// Starts the worker. kStorage when the program cannot be started.
  static Task<Result<std::unique_ptr<WorkerClient>>> start(Loop loop, std::filesystem::path program,
                                                           WorkerLimits limits, Handlers handlers);

  /// Kills the worker and waits for its end. Calls that are still being answered end in the void.
  ~WorkerClient();
  WorkerClient(const WorkerClient&) = delete;
  WorkerClient& operator=(const WorkerClient&) = delete;

  /// Loads a playbook: {file, source, rows, changes} → its shape. kPlaybook with file and line for an author's error,
  /// kRunaway for a broken limit, kProtocol for a worker that does not speak the protocol.
  Task<Result<Value>> load(Value body);

  /// Runs a phase ("evidence", "diagnose", "asks", "plan", "verify", "watch") with its further fields. One question at
  /// a time.
  Task<Result<Value>> phase(std::string name, Value body);

 private:
  class Session;
  explicit WorkerClient(std::shared_ptr<Session> session);

  std::shared_ptr<Session> session_;
};

}  // namespace runbook::run
