#include "net/ssh.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "net/deadline.h"
#include "net/ssh_login.h"
#include "net/ssh_shared.h"
#include "net/ssh_system.h"
#include "net/ssh_wire.h"
#include "net/turns.h"
#include "net/wait.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kOpening = 64U << 10U;  // what may come before the command's own output
constexpr int kSteps = 40;
constexpr std::array kEnds = {EndSignal::kTerm, EndSignal::kKill};
constexpr milliseconds kPatience(500);
constexpr milliseconds kGrace = std::chrono::seconds(2);

milliseconds left(steady_clock::time_point until) {
  return std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(until - steady_clock::now()));
}

Error too_late(const SshAddress& address, milliseconds limit) {
  return {Code::kTimeout, escaped(address.name, 120) + " lets nobody in within " + duration_text(limit)};
}

using Transport = std::shared_ptr<SshTransport>;

Task<Result<Transport>> by_libssh2(Loop loop, SshAddress address, SshConfig config,
                                   std::shared_ptr<const guard::KnownHosts> known, milliseconds limit,
                                   steady_clock::time_point until, SshLoginLeft& others) {
  const Endpoint endpoint{.host = config.host, .port = config.port};
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, endpoint, left(until)));
  const auto wire = std::make_shared<SshWire>(loop, std::move(dialed));
  const Deadline deadline(loop, until, [&] { wire->fail(too_late(address, limit)); });
  auto shaken = co_await wire->shake_hands(host_key_preference(*known, config));
  if (!shaken) co_return shaken.error();
  RUNBOOK_CO_CHECK(check_host_key(*known, config, address, wire->host_key()));
  auto entered = co_await log_in(loop, wire, config, left(until), others);
  if (!entered) co_return entered.error();
  co_return Transport(wire);
}

Result<Transport> by_system(const Loop& loop, const SshAddress& address, const SshConfig& config) {
  RUNBOOK_TRY(words, ssh_words(address));
  const Endpoint endpoint{.host = config.host, .port = config.port};
  return Transport(std::make_shared<SshSystem>(loop, std::move(words), address, endpoint.text()));
}

// One command that is being ended, for as long as this lives.
class Ending {
 public:
  explicit Ending(unsigned& count) : count_(count) {}
  ~Ending() { --count_; }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

 private:
  unsigned& count_;
};

}  // namespace

struct SshConnection::Running {
  Running(const Loop& loop, std::size_t output) : execution(std::make_shared<SshExecution>(loop)) {
    execution->most = output + kOpening;
  }
  [[nodiscard]] std::optional<Opening> opening() const {
    const auto found = read_opening(execution->out);
    return found ? *found : std::nullopt;
  }

  std::shared_ptr<SshExecution> execution;
  bool sudo = false;
};

Task<Result<std::shared_ptr<SshConnection>>> SshConnection::connect(Loop loop, SshAddress address,
                                                                    const guard::SshGuard& guard, Turns& logins,
                                                                    milliseconds limit) {
  auto turn = co_await logins.take();
  const Deadline patience(loop, steady_clock::now() + kPatience, [&turn] { turn.end(); });
  const auto until = steady_clock::now() + limit;
  auto& shared = SshShared::of(loop);
  RUNBOOK_CO_TRY(config, co_await shared.configs().of(loop, address));
  const auto known = shared.known_hosts().read(config.known_hosts);
  const bool by_ssh = config.proxied() || known_to_ssh_alone(*known, config);
  SshLoginLeft others;
  auto transport = by_system(loop, address, config);
  if (!by_ssh) transport = co_await by_libssh2(loop, address, config, known, limit, until, others);
  const bool falls_back = !transport && (transport.error().code == Code::kProtocol ||
                                         (transport.error().code == Code::kAuth && others.other_keys));
  if (falls_back) transport = by_system(loop, address, config);
  if (!transport) co_return transport.error();
  co_return std::make_shared<SshConnection>(loop, *transport, guard, config.way());
}

SshConnection::SshConnection(Loop loop, std::shared_ptr<SshTransport> transport, const guard::SshGuard& guard,
                             std::string via)
    : loop_(std::move(loop)), transport_(std::move(transport)), guard_(guard), via_(std::move(via)) {}

SshConnection::~SshConnection() { transport_->fail({Code::kCancelled, "the connection was closed by us"}); }

std::string SshConnection::transport() const { return std::string(transport_->name()); }

const Error* SshConnection::failure() const { return transport_->failure(); }

Task<Result<SshOutput>> SshConnection::read(RemoteCommand command, SshLimits limits) {
  co_return co_await run(std::move(command), nullptr, limits);
}

Task<Result<SshOutput>> SshConnection::change(RemoteCommand command, const guard::Permit& permit, SshLimits limits) {
  co_return co_await run(std::move(command), &permit, limits);
}

// Sends a signal to a process that we began; what comes of it is seen by its own channel.
Task<void> SshConnection::signal(std::uint64_t process, EndSignal signal, bool sudo) {
  const auto line = remote_kill_line({.process = process, .signal = signal, .sudo = sudo});
  if (!guard_.look(transport_->peer(), line, {}, nullptr)) co_return;
  const auto execution = std::make_shared<SshExecution>(loop_);
  execution->urgent = true;
  transport_->start(execution, line);
  if (!execution->done) co_await execution->settled.async_wait(kTuple);
}

void SshConnection::give_up(const std::shared_ptr<Running>& running) {
  if (running_.erase(running) == 0) return;  // it is being ended
  running->execution->given_up = true;
  ++ending_;
  asio::co_spawn(loop_, put_to_end(shared_from_this(), running), asio::detached);
}

void SshConnection::end_all() {
  closed_ = true;
  while (!running_.empty()) give_up(std::shared_ptr(*running_.begin()));
}

// TERM, and KILL for what does not heed it.
Task<void> SshConnection::put_to_end(std::shared_ptr<SshConnection> self, std::shared_ptr<Running> running) {
  const Ending ending(self->ending_);
  // It may have been sent and not begun yet.
  for (int turn = 0; turn < kSteps && !running->opening() && !running->execution->done; ++turn)
    co_await wait(self->loop_, kGrace / kSteps);
  const auto opening = running->opening();
  if (!opening || running->execution->done) co_return;
  self->guard_.heard(self->transport_->peer(), opening->process);
  for (const auto with : kEnds) {
    co_await self->signal(opening->process, with, running->sudo);
    for (int turn = 0; turn < kSteps && !running->execution->done; ++turn) co_await wait(self->loop_, kGrace / kSteps);
    if (running->execution->done) break;
  }
  if (running->execution->done) self->guard_.ended(self->transport_->peer(), opening->process);
}

Task<Result<SshOutput>> SshConnection::run(RemoteCommand command, const guard::Permit* permit, SshLimits limits) {
  RUNBOOK_CO_TRY(line, remote_line(command));
  RUNBOOK_CO_CHECK(guard_.look(transport_->peer(), line, command.input, permit));
  if (const auto* why = failure()) co_return *why;
  if (closed_) co_return Error{Code::kCancelled, "the run is over"};
  const auto begin = steady_clock::now();
  const auto running = std::make_shared<Running>(loop_, limits.output);
  const auto execution = running->execution;
  execution->input = std::move(command.input);
  running->sudo = is_by_sudo(command.argv);
  transport_->start(execution, line);
  execution->settled.expires_at(begin + limits.total);
  running_.insert(running);
  if (!execution->done) co_await execution->settled.async_wait(kTuple);
  if (execution->done) running_.erase(running);
  const auto doubt = [&](Error error) {
    if (permit == nullptr || !execution->sent) return error;
    return Error{.code = Code::kInDoubt,
                 .message = "it was sent and nobody knows what became of it: " + error.message,
                 .next = "read the target again to see whether it took effect"};
  };
  if (!execution->done) {
    // Nothing is awaited here: whoever gave this reading up must not be kept.
    give_up(running);
    const bool late = steady_clock::now() >= begin + limits.total;
    const auto end = execution->sent ? " and is being ended" : "";
    if (late) co_return doubt({Code::kTimeout, "it did not end within " + duration_text(limits.total) + end});
    co_return doubt({Code::kCancelled, "given up while it ran"});
  }
  if (execution->error) co_return doubt(*execution->error);
  auto opening = read_opening(execution->out);
  if (!opening) co_return doubt(opening.error());
  if (!*opening) co_return never_begun(execution->out, execution->err);
  SshOutput output{.out = execution->out.substr((*opening)->size),
                   .err = std::move(execution->err),
                   .cut = execution->out_size > execution->out.size() || execution->err_size > limits.output,
                   .status = execution->status,
                   .signal = execution->signal};
  for (auto* text : {&output.out, &output.err}) {
    output.cut = output.cut || text->size() > limits.output;
    text->resize(std::min(text->size(), limits.output));
  }
  co_return output;
}

}  // namespace runbook::net
