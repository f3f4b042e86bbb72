#include "net/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/spawn.h"
#include "base/text.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;

// The numbers 0 to 2 are written to one after the other: a source must not be one of them.
constexpr int kAboveStandard = 10;

class Spawn {
 public:
  Spawn() = default;
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    for (const int fd : moved_) {
      if (fd >= 0) close(fd);
    }
  }

  void give(int number, int source) {
    if (source < 0) {
      posix_spawn_file_actions_addopen(&terms_.files, number, "/dev/null", O_RDWR, 0);
      return;
    }
    moved_.push_back(fcntl(source, F_DUPFD_CLOEXEC, kAboveStandard));
    whole_ =
        whole_ && moved_.back() >= 0 && posix_spawn_file_actions_adddup2(&terms_.files, moved_.back(), number) == 0;
  }

  int run(pid_t& pid, const std::vector<std::string>& argv,
          const std::optional<std::vector<std::string>>& environment) {
    if (!whole_) return EMFILE;
    posix_spawn_file_actions_addclosefrom_np(&terms_.files, STDERR_FILENO + 1);
    auto words = argv;
    auto variables = environment.value_or(std::vector<std::string>());
    const auto its = pointers(words);
    const auto around = pointers(variables);
    return posix_spawnp(&pid, its[0], &terms_.files, &terms_.attributes, its.data(),
                        environment ? around.data() : environ);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  SpawnTerms terms_{};
  std::vector<int> moved_{};
  bool whole_ = true;  // each has its source
};

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& argv, Files files,
                                         const std::optional<std::vector<std::string>>& environment) {
  Spawn spawn;
  spawn.give(STDIN_FILENO, files.in);
  spawn.give(STDOUT_FILENO, files.out);
  spawn.give(STDERR_FILENO, files.err);
  pid_t pid = -1;
  const int failed = spawn.run(pid, argv, environment);
  if (failed == 0) return ChildProcess(pid);
  return Error{.code = failed == ENOENT ? Code::kNotFound : Code::kInternal,
               .message = "the program " + escaped(argv[0], 120) +
                          " cannot be started: " + std::generic_category().message(failed)};
}

ChildProcess::~ChildProcess() {
  kill();
  reap();
}

void ChildProcess::kill() const {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

ChildProcess::End ChildProcess::reap() {
  int status = 0;
  if (pid_ < 0) return {};
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {.code = WTERMSIG(status), .by_signal = true};
  return {.code = WEXITSTATUS(status)};
}

Task<ChildProcess::End> ChildProcess::wait(Loop loop) {
  const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd < 0) co_return reap();  // no descriptor is left: better late than not at all
  asio::posix::stream_descriptor ended(loop, pidfd);
  co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
  co_return reap();
}

}  // namespace runbook::net
