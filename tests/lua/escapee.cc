// Confined as runbook-worker is, and then breaks out, or tries to: the first argument says which way. A way that works
// ends with exit code 0.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "worker/confine.h"

namespace {

void attempt(int way) {
  std::array<char, 8> bytes{};
  char* const none[] = {nullptr};
  switch (way) {
    case 1:
      syscall(SYS_open, "/etc/passwd", O_RDONLY);
      break;
    case 2:
      syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
      break;
    case 3:
      syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
      break;
    case 4:
      syscall(SYS_execve, "/bin/sh", none, none);
      break;
    case 5:
      syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
      break;
    case 6:
      syscall(SYS_read, 0, bytes.data(), bytes.size());
      break;
    case 7:
      syscall(SYS_write, 1, bytes.data(), bytes.size());
      break;
    case 8:
      syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      break;
    case 9:
      syscall(SYS_kill, getppid(), 0);
      break;
    case 10:
      syscall(SYS_prctl, PR_SET_DUMPABLE, 1);
      break;
    case 11:
      syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr);
      break;
    default:
      syscall(SYS_io_uring_setup, 1, nullptr);
  }
}

}  // namespace

int main(int argc, char** argv) {
  runbook::worker::harden();
  if (argc != 2 || !runbook::worker::confine()) return EXIT_FAILURE;
  attempt(std::atoi(argv[1]));
  _exit(EXIT_SUCCESS);
}
