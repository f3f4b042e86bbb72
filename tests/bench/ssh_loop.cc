// The floor of scripts/bench ssh: the same command on the same hosts by libssh2's own calls and one poll loop, with
// nothing around it: no known hosts, no configuration, no record. Prints the milliseconds that passed, and those of
// the processor.
// Usage: bench-ssh-loop USER KEY PORT COMMAND TIMES HOST…   (TIMES commands one after the other on each host)
#include <arpa/inet.h>
#include <fcntl.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kAtOnce = 16;  // logins; more gain nothing

ssize_t receive(libssh2_socket_t socket, void* buffer, std::size_t length, int flags, void** /*abstract*/) {
  const auto got = recv(socket, buffer, length, flags);
  if (got < 0) return -errno;
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
  return got;
}

struct Task {
  const char* user;
  const char* key;
  int port;
  const char* command;
  int times;
};

class Host {
 public:
  Host(const Task& task, const char* address) : task_(task), left_(task.times) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int one = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(task.port));
    inet_pton(AF_INET, address, &to.sin_addr);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) std::exit(1);
    session_ = libssh2_session_init();
    libssh2_session_set_blocking(session_, 0);
    libssh2_session_callback_set(session_, LIBSSH2_CALLBACK_RECV, reinterpret_cast<void*>(&receive));
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_KEX, "curve25519-sha256");
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_HOSTKEY, "ssh-ed25519");
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_CRYPT_CS, "aes256-ctr");
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_CRYPT_SC, "aes256-ctr");
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() {
    shutdown(socket_, SHUT_RDWR);
    for (int turn = 0; turn < 100 && libssh2_session_free(session_) == LIBSSH2_ERROR_EAGAIN; ++turn) {
    }
    close(socket_);
  }

  [[nodiscard]] bool done() const { return step_ == Step::kDone; }
  [[nodiscard]] int step() const { return static_cast<int>(step_); }
  [[nodiscard]] pollfd waits_for() const {
    const bool out =
        step_ == Step::kConnect || (libssh2_session_block_directions(session_) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;
    return {.fd = socket_, .events = static_cast<short>(out ? POLLOUT : POLLIN), .revents = 0};
  }

  // As far as it goes without waiting.
  void advance() {
    for (int code = 0; code == 0 && !done();) code = take_step();
  }

 private:
  enum class Step { kConnect, kShake, kLogIn, kOpen, kRun, kRead, kClosed, kFree, kDone };

  int take_step() {
    int code = 0;
    switch (step_) {
      case Step::kConnect:
        break;
      case Step::kShake:
        code = libssh2_session_handshake(session_, socket_);
        break;
      case Step::kLogIn:
        code = libssh2_userauth_publickey_fromfile(session_, task_.user, nullptr, task_.key, "");
        break;
      case Step::kOpen:
        channel_ = libssh2_channel_open_session(session_);
        code = channel_ == nullptr ? libssh2_session_last_errno(session_) : 0;
        break;
      case Step::kRun:
        code = libssh2_channel_exec(channel_, task_.command);
        break;
      case Step::kRead:
        code = read_all();
        break;
      case Step::kClosed:
        code = libssh2_channel_wait_closed(channel_);
        break;
      case Step::kFree:
        code = libssh2_channel_free(channel_);
        break;
      case Step::kDone:
        return 0;
    }
    if (code == LIBSSH2_ERROR_EAGAIN) return code;
    if (code != 0) {
      char* why = nullptr;
      libssh2_session_last_error(session_, &why, nullptr, 0);
      std::fprintf(stderr, "step %d: %d %s\n", static_cast<int>(step_), code, why);
      std::exit(1);
    }
    step_ = step_ == Step::kFree && --left_ > 0 ? Step::kOpen : static_cast<Step>(static_cast<int>(step_) + 1);
    return 0;
  }

  // Both outputs: a channel is not at its end as long as one of them has something unread.
  int read_all() {
    char chunk[16384];
    for (;;) {
      const auto out = libssh2_channel_read(channel_, chunk, sizeof chunk);
      if (out < 0 && out != LIBSSH2_ERROR_EAGAIN) return static_cast<int>(out);
      const auto err = libssh2_channel_read_stderr(channel_, chunk, sizeof chunk);
      if (err < 0 && err != LIBSSH2_ERROR_EAGAIN) return static_cast<int>(err);
      if (err > 0) std::fwrite(chunk, 1, static_cast<std::size_t>(err), stderr);
      if (libssh2_channel_eof(channel_) != 0) return 0;
      if (out <= 0 && err <= 0) return LIBSSH2_ERROR_EAGAIN;
    }
  }

  const Task& task_;
  int left_;
  int socket_ = -1;
  LIBSSH2_SESSION* session_ = nullptr;
  LIBSSH2_CHANNEL* channel_ = nullptr;
  Step step_ = Step::kConnect;
};

double processor_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  const Task task{argv[1], argv[2], std::atoi(argv[3]), argv[4], std::atoi(argv[5])};
  std::deque<const char*> waiting(argv + 6, argv + argc);
  libssh2_init(0);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::unique_ptr<Host>> running;
  while (!waiting.empty() || !running.empty()) {
    while (!waiting.empty() && running.size() < kAtOnce) {
      running.push_back(std::make_unique<Host>(task, waiting.front()));
      waiting.pop_front();
    }
    std::vector<pollfd> polled;
    for (const auto& host : running) polled.push_back(host->waits_for());
    if (poll(polled.data(), polled.size(), 10'000) == 0) {
      std::fprintf(stderr, "no host said anything for ten seconds; the first stands at step %d\n",
                   running.front()->step());
      return 1;
    }
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents != 0) running[i]->advance();
    }
    std::erase_if(running, [](const auto& host) { return host->done(); });
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.3f %.3f\n", took.count(), processor_ms());
  return 0;
}
