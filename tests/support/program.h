// A program that a test runs, as the leader of a session and process group of its own, as sshd runs what it is sent.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace runbook::test {

struct Ended {
  int status = -1;  // its exit code; -1 when a signal ended it
  std::string output{};
  std::string errors{};
};

class Program {
 public:
  /// Begins it, with nothing on its input and this environment besides PATH. Throws when it cannot be begun.
  explicit Program(std::vector<std::string> argv, std::vector<std::string> environment = {}) {
    environment.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out[1], 1);
    posix_spawn_file_actions_adddup2(&files, err[1], 2);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID);
    const auto words = pointers(argv);
    const auto variables = pointers(environment);
    const int failed = posix_spawnp(&pid_, words[0], &files, &how, words.data(), variables.data());
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    close(out[1]);
    close(err[1]);
    ends_ = {pollfd{out[0], POLLIN, 0}, pollfd{err[0], POLLIN, 0}};
    if (failed != 0) throw std::runtime_error("cannot run " + argv[0]);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ > 1) kill(-pid_, SIGKILL);
    finish();
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// What it has said when its output ends with this, or is over.
  const std::string& read_until(const std::string& end) {
    while (!ended_.output.ends_with(end) && read_more()) {
    }
    return ended_.output;
  }

  /// The same for its errors, when this stands in them.
  const std::string& read_errors_until(const std::string& part) {
    while (ended_.errors.find(part) == std::string::npos && read_more()) {
    }
    return ended_.errors;
  }

  /// Waits until it and all that hold its output are gone.
  const Ended& finish() {
    while (read_more()) {
    }
    if (pid_ > 1) {
      int status = 0;
      waitpid(pid_, &status, 0);
      ended_.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      pid_ = 0;
    }
    return ended_;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  bool read_more() {
    if (ends_[0].fd < 0 && ends_[1].fd < 0) return false;
    poll(ends_.data(), ends_.size(), -1);
    for (auto& end : ends_) {
      if (end.fd < 0 || end.revents == 0) continue;
      std::array<char, 65536> bytes{};
      const auto size = read(end.fd, bytes.data(), bytes.size());
      if (size > 0) {
        (&end == &ends_[0] ? ended_.output : ended_.errors).append(bytes.data(), static_cast<std::size_t>(size));
      } else {
        close(end.fd);
        end.fd = -1;
      }
    }
    return true;
  }

  pid_t pid_ = 0;
  std::array<pollfd, 2> ends_{};
  Ended ended_{};
};

/// Runs it to its end.
inline Ended run_program(std::vector<std::string> argv, std::vector<std::string> environment = {}) {
  return Program(std::move(argv), std::move(environment)).finish();
}

}  // namespace runbook::test
