// A throw-away redis-server for the demo: in a temporary folder, on a unix socket only, stopped by its pid.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace runbook::cli {

/// Starts a program found in PATH, waits for its end and gives its exit code; -1 when it cannot be started or was
/// killed. `input` and `output` are files for stdin and stdout, or empty for ours.
int run_and_wait(const std::vector<std::string>& argv, const std::filesystem::path& input = {},
                 const std::filesystem::path& output = {});

class DemoServer {
 public:
  /// Starts a server with 16 MiB under noeviction and fills it until it refuses writes. kNotFound without redis-server.
  static Result<std::unique_ptr<DemoServer>> start();
  /// Stops the server and removes the folder.
  ~DemoServer();
  DemoServer(const DemoServer&) = delete;
  DemoServer& operator=(const DemoServer&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string socket() const { return (folder_ / "redis.sock").string(); }

 private:
  explicit DemoServer(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> launch();
  Result<void> fill() const;

  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

}  // namespace runbook::cli
