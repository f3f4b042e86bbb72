// A real redis-server for a test: on a unix socket in a directory of its own, and on a free port when asked for.
// Stopped by its process id when the object goes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace runbook::test {

/// A TCP port of 127.0.0.1 that was free a moment ago.
std::uint16_t free_port();

/// Runs a program to its end; its standard output. Throws when it fails.
std::string run_program(const std::vector<std::string>& argv);

class RedisServer {
 public:
  enum class Listen { kUnix, kTcp, kTls };

  /// Extra arguments are those of redis-server, e.g. {"--maxmemory", "16mb"}. Returns when it answers.
  explicit RedisServer(std::vector<std::string> extra = {}, Listen listen = Listen::kUnix);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  /// unix:///…, redis://127.0.0.1:port or rediss://localhost:port
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string unix_url() const { return "unix://" + socket(); }
  [[nodiscard]] std::string socket() const { return dir_.path().string() + "/redis.sock"; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string ca_file() const { return dir_.path().string() + "/ca.crt"; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// What redis-cli prints for a command; it logs in with the password when one was given.
  std::string cli(const std::vector<std::string>& argv) const;
  void use_password(std::string password) { password_ = std::move(password); }

  void kill_hard();
  /// Stops the process where it is (SIGSTOP); it is continued before it is ended.
  void freeze() const;

 private:
  void make_certificates() const;
  void wait_until_it_answers() const;

  TempDir dir_;
  Listen listen_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  std::string password_;
};

}  // namespace runbook::test
