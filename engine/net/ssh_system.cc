#include "net/ssh_system.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/text.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
constexpr int kOwnFailure = 255;  // ssh(1): "exits with the exit status of the remote command or with 255"

struct Said {
  std::string_view words;
  Code code;
};
constexpr auto kFailures = std::to_array<Said>({{"REMOTE HOST IDENTIFICATION HAS CHANGED", Code::kRefused},
                                                {"marked as revoked", Code::kRefused},
                                                {"Host key verification failed", Code::kNotFound},
                                                {"host key is known", Code::kNotFound},
                                                {"Permission denied", Code::kAuth},
                                                {"Too many authentication failures", Code::kAuth},
                                                {"timed out", Code::kTimeout},
                                                {"Connection refused", Code::kUnreachable},
                                                {"Could not resolve", Code::kUnreachable},
                                                {"No route to host", Code::kUnreachable},
                                                {"Network is unreachable", Code::kUnreachable},
                                                {"closed by", Code::kUnreachable},
                                                {"Connection reset", Code::kUnreachable}});

}  // namespace

Error ssh_failure(std::string_view said, const std::string& host) {
  if (trim(said).empty())  // a connection that is closed is no error to ssh's log
    return {Code::kUnreachable, "ssh to " + escaped(host, 120) + ": the host closed the connection"};
  auto code = Code::kProtocol;
  for (const auto& failure : kFailures) {
    if (said.find(failure.words) == std::string_view::npos) continue;
    code = failure.code;
    break;
  }
  const auto lines = split(trim(said), '\n');
  return {.code = code,
          .message = "ssh to " + escaped(host, 120) + ": " + escaped(lines.empty() ? "" : trim(lines.back()), 300),
          .next = "try: ssh " + escaped(host, 120) + " true"};
}

struct SshSystem::Client {
  Client(const Loop& loop, std::shared_ptr<SshExecution> what)
      : execution(std::move(what)), out(loop), err(loop), ended(loop, asio::steady_timer::time_point::max()) {}

  // Reads one of its outputs to the end.
  static Task<void> drain(std::shared_ptr<Client> self, asio::posix::stream_descriptor& from, bool of_err) {
    std::array<char, 16384> chunk;
    for (;;) {
      auto [error, size] = co_await from.async_read_some(asio::buffer(chunk), asio::as_tuple(asio::use_awaitable));
      if (error) break;
      self->execution->take(of_err, {chunk.data(), size});
    }
    if (--self->open == 0) self->ended.cancel();
  }

  std::shared_ptr<SshExecution> execution;
  asio::posix::stream_descriptor out;
  asio::posix::stream_descriptor err;
  asio::steady_timer ended;  // cancelled when both outputs have ended
  int open = 2;
  std::optional<ChildProcess> process{};
};

SshSystem::SshSystem(Loop loop, std::vector<std::string> words, std::string host, std::string peer)
    : loop_(std::move(loop)), words_(std::move(words)), host_(std::move(host)), peer_(std::move(peer)) {
  for (const auto* option :
       {"BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "LogLevel=ERROR", "ConnectTimeout=10",
        "ServerAliveInterval=5", "ServerAliveCountMax=3", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
        "PermitLocalCommand=no", "RequestTTY=no", "RemoteCommand=none"}) {
    words_.insert(words_.end(), {"-o", option});
  }
}

void SshSystem::start(const std::shared_ptr<SshExecution>& execution, std::string line) {
  if (failure_) return execution->end(*failure_);
  const auto client = std::make_shared<Client>(loop_, execution);
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> err{-1, -1};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0)
    return execution->end({Code::kInternal, "the system gives no pipe"});
  client->out.assign(out[0]);
  client->err.assign(err[0]);
  auto words = words_;
  words.insert(words.end(), {"--", host_, std::move(line)});
  auto process = ChildProcess::start(words, {.out = out[1], .err = err[1]});
  close(out[1]);
  close(err[1]);
  if (!process) return execution->end(process.error());
  client->process.emplace(std::move(*process));
  execution->sent = true;
  clients_.push_back(client);
  asio::co_spawn(loop_, run(shared_from_this(), client), asio::detached);
}

Task<void> SshSystem::run(std::shared_ptr<SshSystem> self, std::shared_ptr<Client> client) {
  asio::co_spawn(self->loop_, Client::drain(client, client->out, false), asio::detached);
  asio::co_spawn(self->loop_, Client::drain(client, client->err, true), asio::detached);
  while (client->open > 0) co_await client->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  const int status = co_await client->process->wait(self->loop_);
  client->process.reset();
  auto& execution = *client->execution;
  if (execution.done) co_return;
  // Nothing on its standard output: ssh did not get as far as the host's shell.
  if (status == kOwnFailure && execution.out.empty()) {
    execution.sent = false;
    self->fail(ssh_failure(execution.err, self->host_));  // the next one would end no other way
  } else if (status == kOwnFailure && execution.err.find("closed by remote host") != std::string::npos) {
    execution.end({Code::kUnreachable, "the host closed the connection while the command ran"});
  } else {
    execution.status = status;
    execution.end();
  }
}

void SshSystem::fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  for (const auto& weak : clients_) {
    const auto client = weak.lock();
    if (!client || client->execution->done) continue;
    client->execution->end(*failure_);
    if (client->process) client->process->kill();
  }
}

}  // namespace runbook::net
