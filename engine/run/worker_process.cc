#include "run/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "base/spawn.h"

namespace runbook::run {

namespace {

Error cannot_start(const std::string& what, int number) {
  return {.code = Code::kStorage,
          .message = "the worker cannot be started: " + what + ": " + std::generic_category().message(number)};
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// A number above those that the child's files are moved to, so that no move overwrites another's source.
int above_fixed(int fd) {
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  close(fd);
  return moved;
}

int spawn(pid_t& pid, const std::string& program, std::uint64_t memory, int socket, int page) {
  SpawnTerms terms;
  for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&terms.files, fd, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&terms.files, socket, channel::kSocketFd);
  posix_spawn_file_actions_adddup2(&terms.files, page, channel::kLinePageFd);
  posix_spawn_file_actions_addclosefrom_np(&terms.files, channel::kLinePageFd + 1);
  std::string name = "runbook-worker";
  std::string limit = std::to_string(memory);
  std::array<char*, 3> argv = {name.data(), limit.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  return posix_spawn(&pid, program.c_str(), &terms.files, &terms.attributes, argv.data(), environment.data());
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::filesystem::path& program,
                                                            std::uint64_t memory) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) != 0)
    return cannot_start("socketpair", errno);
  Fd ours(pair[0]);
  const Fd theirs(above_fixed(pair[1]));
  const int flags = fcntl(theirs.get(), F_GETFL);
  fcntl(theirs.get(), F_SETFL, flags & ~O_NONBLOCK);
  const Fd page(above_fixed(memfd_create("runbook-line", MFD_CLOEXEC)));
  if (page.get() < 0 || ftruncate(page.get(), sizeof(channel::LinePage)) != 0) return cannot_start("memfd", errno);
  void* const mapped = mmap(nullptr, sizeof(channel::LinePage), PROT_READ, MAP_SHARED, page.get(), 0);
  if (mapped == MAP_FAILED) return cannot_start("mmap", errno);

  std::unique_ptr<WorkerProcess> process(new WorkerProcess);
  process->page_ = static_cast<const channel::LinePage*>(mapped);
  const int failed = spawn(process->pid_, program.string(), memory, theirs.get(), page.get());
  if (failed != 0) {
    process->pid_ = -1;
    return cannot_start(program.string(), failed);
  }
  process->socket_ = ours.release();
  return process;
}

WorkerProcess::~WorkerProcess() {
  reap();
  if (socket_ >= 0) close(socket_);
  munmap(const_cast<channel::LinePage*>(page_), sizeof(channel::LinePage));
}

int WorkerProcess::release_socket() { return std::exchange(socket_, -1); }

std::chrono::nanoseconds WorkerProcess::cpu() const {
  clockid_t clock = 0;
  timespec used{};
  if (pid_ < 0 || clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::string WorkerProcess::line() const { return channel::where(*page_); }

void WorkerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int WorkerProcess::reap() {
  if (pid_ < 0) return status_;
  kill();
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status_;
}

}  // namespace runbook::run
