#include "cli/demo_server.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

extern char** environ;

namespace runbook::cli {

namespace fs = std::filesystem;

namespace {

pid_t spawn(const std::vector<std::string>& argv, const fs::path& input, const fs::path& output) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!input.empty()) posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  if (!output.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : -1;
}

int wait_for_end(pid_t pid) {
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

int run_and_wait(const std::vector<std::string>& argv, const fs::path& input, const fs::path& output) {
  return wait_for_end(spawn(argv, input, output));
}

Result<std::unique_ptr<DemoServer>> DemoServer::start() {
  std::string folder = (fs::temp_directory_path() / "runbook-demo-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Error{.code = Code::kStorage, .message = "no temporary folder can be made", .where = folder};
  }
  std::unique_ptr<DemoServer> server(new DemoServer(folder));
  RUNBOOK_CHECK(server->launch());
  RUNBOOK_CHECK(server->fill());
  return server;
}

DemoServer::~DemoServer() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    wait_for_end(pid_);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Result<void> DemoServer::launch() {
  pid_ = spawn({"redis-server", "--port", "0", "--unixsocket", socket(), "--save", "", "--dir", folder_.string(),
                "--maxmemory", "16mb", "--maxmemory-policy", "noeviction"},
               "/dev/null", folder_ / "redis.log");
  for (int tries = 0; pid_ > 0 && tries < 200; ++tries) {
    if (run_and_wait({"redis-cli", "-s", socket(), "PING"}, "/dev/null", folder_ / "ping.log") == 0) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return Error{.code = Code::kNotFound,
               .message = "the demo needs redis-server and redis-cli",
               .next = "apt-get install redis-server redis-tools"};
}

Result<void> DemoServer::fill() const {
  const auto commands = folder_ / "fill.txt";
  std::ofstream out(commands);
  const std::string value(8000, 'x');
  for (int i = 0; i < 3000; ++i) out << "SET session:" << i << ' ' << value << "\r\n";
  out.close();
  run_and_wait({"redis-cli", "-s", socket(), "--pipe"}, commands, folder_ / "fill.log");
  if (!out) return Error{.code = Code::kStorage, .message = "cannot be written", .where = commands.string()};
  return {};
}

}  // namespace runbook::cli
