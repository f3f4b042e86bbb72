#include "support/redis_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace runbook::test {

namespace {

pid_t spawn(const std::vector<std::string>& argv, int out) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, out, 2);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + argv[0]);
  return pid;
}

bool accepts(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  bool answers = false;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    constexpr char kPing[] = "PING\r\n";
    char byte = 0;
    answers = ::send(fd, kPing, sizeof kPing - 1, MSG_NOSIGNAL) > 0 && ::recv(fd, &byte, 1, 0) == 1;
  }
  ::close(fd);
  return answers;
}

}  // namespace

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

std::string run_program(const std::vector<std::string>& argv) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = spawn(argv, ends[1]);
  ::close(ends[1]);
  std::string out;
  char chunk[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], chunk, sizeof chunk)) > 0;) out.append(chunk, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error(argv[0] + " failed: " + out);
  return out;
}

RedisServer::RedisServer(std::vector<std::string> extra, Listen listen) : listen_(listen) {
  const auto dir = dir_.path().string();
  std::vector<std::string> argv = {
      "redis-server", "--unixsocket", socket(), "--dir", dir, "--save", "", "--daemonize", "no"};
  if (listen != Listen::kUnix) port_ = free_port();
  const auto port = std::to_string(port_);
  const std::vector<std::string> plain = {"--port", port, "--bind", "127.0.0.1"};
  const std::vector<std::string> tls = {"--port",
                                        "0",
                                        "--tls-port",
                                        port,
                                        "--bind",
                                        "127.0.0.1",
                                        "--tls-cert-file",
                                        dir + "/server.crt",
                                        "--tls-key-file",
                                        dir + "/server.key",
                                        "--tls-ca-cert-file",
                                        ca_file(),
                                        "--tls-auth-clients",
                                        "no"};
  if (listen == Listen::kTls) make_certificates();
  argv.insert(argv.end(), listen == Listen::kTls ? tls.begin() : plain.begin(),
              listen == Listen::kTls ? tls.end() : plain.end());
  argv.insert(argv.end(), extra.begin(), extra.end());
  const int log = ::open((dir + "/log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  pid_ = spawn(argv, log);
  ::close(log);
  wait_until_it_answers();
}

RedisServer::~RedisServer() { kill_hard(); }

std::string RedisServer::url() const {
  if (listen_ == Listen::kUnix) return unix_url();
  if (listen_ == Listen::kTls) return "rediss://localhost:" + std::to_string(port_);
  return "redis://127.0.0.1:" + std::to_string(port_);
}

std::string RedisServer::cli(const std::vector<std::string>& argv) const {
  std::vector<std::string> words = {"redis-cli", "-s", socket()};
  if (!password_.empty()) words.insert(words.end(), {"--no-auth-warning", "-a", password_});
  words.insert(words.end(), argv.begin(), argv.end());
  return run_program(words);
}

void RedisServer::kill_hard() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::freeze() const {
  ::kill(pid_, SIGSTOP);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOWAIT);
}

void RedisServer::make_certificates() const {
  const auto dir = dir_.path().string();
  run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", "/CN=runbook test CA", "-keyout", dir + "/ca.key", "-out", ca_file()});
  run_program({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
               "/CN=localhost", "-keyout", dir + "/server.key", "-out", dir + "/server.csr"});
  std::ofstream(dir + "/names") << "subjectAltName=DNS:localhost\n";
  run_program({"openssl", "x509", "-req", "-in", dir + "/server.csr", "-CA", ca_file(), "-CAkey", dir + "/ca.key",
               "-CAcreateserial", "-days", "2", "-extfile", dir + "/names", "-out", dir + "/server.crt"});
}

void RedisServer::wait_until_it_answers() const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!accepts(socket())) {
    if (std::chrono::steady_clock::now() > until) {
      std::ifstream log(dir_.path() / "log");
      throw std::runtime_error("redis-server did not start: " + std::string(std::istreambuf_iterator<char>(log), {}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace runbook::test
