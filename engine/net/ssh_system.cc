#include "net/ssh_system.h"

#include <fcntl.h>
#include <sys/mman.h>
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
constexpr unsigned kAtOnce = 8;   // each is a login, and sshd turns away what comes in a rush
constexpr int kOwnFailure = 255;  // ssh(1): "exits with the exit status of the remote command or with 255"

struct Said {
  std::string_view words;
  Code code;
};
constexpr auto kFailures = std::to_array<Said>({{"REMOTE HOST IDENTIFICATION HAS CHANGED", Code::kRefused},
                                                {"marked as revoked", Code::kRefused},
                                                {"revoked by file", Code::kRefused},
                                                {"in revoked keys file", Code::kConfig},
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

// Failures that come before any command is sent, and that another attempt would only repeat.
bool keeps_out(Code code) { return code == Code::kRefused || code == Code::kNotFound || code == Code::kAuth; }

// A file that nobody else has, to be read from its beginning: ssh takes from it at its own pace. -1 when the system
// gives none.
int file_with(std::string_view bytes) {
  const int file = memfd_create("runbook-input", MFD_CLOEXEC);
  const auto size = static_cast<ssize_t>(bytes.size());
  if (file >= 0 && pwrite(file, bytes.data(), bytes.size(), 0) == size) return file;
  if (file >= 0) close(file);
  return -1;
}

}  // namespace

Error ssh_failure(std::string_view said, const SshAddress& address) {
  const auto host = escaped(address.name, 120);
  if (trim(said).empty())  // a connection that is closed is no error to ssh's log
    return {Code::kUnreachable, "ssh to " + host + ": the host closed the connection"};
  auto code = Code::kProtocol;
  for (const auto& failure : kFailures) {
    if (said.find(failure.words) == std::string_view::npos) continue;
    code = failure.code;
    break;
  }
  const auto lines = split(trim(said), '\n');
  return {.code = code,
          .message = "ssh to " + host + ": " + escaped(lines.empty() ? "" : trim(lines.back()), 300),
          .next = code == Code::kNotFound ? "compare its key, and record it: " + enrolling_by_hand(address)
                                          : "try: " + ssh_by_hand(address) + " true"};
}

std::vector<std::string> unattended(std::vector<std::string> words) {
  for (const auto* option : {"BatchMode=yes",
                             "StrictHostKeyChecking=yes",
                             "UpdateHostKeys=no",
                             "LogLevel=ERROR",
                             "ConnectTimeout=10",
                             "ServerAliveInterval=5",
                             "ServerAliveCountMax=3",
                             "ClearAllForwardings=yes",
                             "ForwardAgent=no",
                             "ForwardX11=no",
                             "PermitLocalCommand=no",
                             "RequestTTY=no",
                             "RemoteCommand=none",
                             "ControlMaster=no",
                             "ControlPath=none",
                             "VerifyHostKeyDNS=no",
                             "NoHostAuthenticationForLocalhost=no",
                             "SessionType=default",
                             "ForkAfterAuthentication=no",
                             "StdinNull=no"}) {
    words.insert(words.end(), {"-o", option});
  }
  return words;
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

SshSystem::SshSystem(Loop loop, std::vector<std::string> words, SshAddress address, std::string peer)
    : loop_(std::move(loop)),
      words_(unattended(std::move(words))),
      address_(std::move(address)),
      peer_(std::move(peer)),
      places_(loop_, kAtOnce) {}

void SshSystem::start(const std::shared_ptr<SshExecution>& execution, std::string line) {
  if (failure_) return execution->end(*failure_);
  asio::co_spawn(loop_, run(shared_from_this(), execution, std::move(line)), asio::detached);
}

Result<void> SshSystem::begin(Client& client, const std::string& line) {
  std::array<int, 2> out{-1, -1};
  std::array<int, 2> err{-1, -1};
  if (pipe2(out.data(), O_CLOEXEC) != 0) return Error{Code::kInternal, "the system gives no pipe"};
  client.out.assign(out[0]);
  const bool both = pipe2(err.data(), O_CLOEXEC) == 0;
  if (both) client.err.assign(err[0]);
  auto words = words_;
  words.insert(words.end(), {"--", address_.name, line});
  const auto& input = client.execution->input;
  const int in = input.empty() ? -1 : file_with(input);
  const bool whole = both && (input.empty() || in >= 0);
  auto process = whole ? ChildProcess::start(words, {.in = in, .out = out[1], .err = err[1]})
                       : Result<ChildProcess>(Error{Code::kInternal, "the system gives no pipe and no file"});
  if (in >= 0) close(in);
  close(out[1]);
  if (both) close(err[1]);
  if (!process) return process.error();
  client.process.emplace(std::move(*process));
  return {};
}

Task<void> SshSystem::run(std::shared_ptr<SshSystem> self, std::shared_ptr<SshExecution> execution, std::string line) {
  Turns::Turn place;
  if (!execution->urgent) place = co_await self->places_.take();
  if (execution->given_up) co_return execution->end({Code::kCancelled, "given up before it began"});
  if (self->failure_) co_return execution->end(*self->failure_);
  const auto client = std::make_shared<Client>(self->loop_, execution);
  const auto begun = self->begin(*client, line);
  if (!begun) co_return execution->end(begun.error());
  execution->sent = true;
  self->clients_.push_back(client);
  asio::co_spawn(self->loop_, Client::drain(client, client->out, false), asio::detached);
  asio::co_spawn(self->loop_, Client::drain(client, client->err, true), asio::detached);
  while (client->open > 0) co_await client->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto end = co_await client->process->wait(self->loop_);
  self->clients_.remove(client);
  if (execution->done) co_return;
  if (!end.by_signal && end.code != kOwnFailure) {
    execution->status = end.code;
    co_return execution->end();
  }
  // 255 is the command's own as well, and what became of it then nobody knows.
  auto error = ssh_failure(execution->err, self->address_);
  execution->sent = !execution->out.empty() || !keeps_out(error.code);
  execution->end(error);
  if (!execution->sent) self->fail(std::move(error));  // the next one would end no other way
}

void SshSystem::fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  for (const auto& client : clients_) {
    if (client->execution->done) continue;
    client->process->kill();
    client->execution->end(*failure_);
  }
}

}  // namespace runbook::net
