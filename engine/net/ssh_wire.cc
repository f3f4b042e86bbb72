#include "net/ssh_wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "net/zero_pages.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kNever = asio::steady_timer::time_point::max();

// What both libssh2 1.10 and sshd of today have; the rest of its lists is what sshd refuses (facts: RSA with SHA-1).
constexpr const char* kKeyExchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521";
constexpr const char* kCiphers = "aes256-ctr,aes192-ctr,aes128-ctr";
constexpr const char* kMacs = "hmac-sha2-512,hmac-sha2-256";

// Of the ten channels that sshd allows a connection unless told otherwise, two are kept for ending what runs.
constexpr unsigned kAtOnce = 8;
constexpr unsigned kUrgent = 2;
constexpr int kChunks = 64;  // of one output before others are read
constexpr std::size_t kAllowance = 1U << 20U;

// A host that vanishes is noticed within a quarter of a minute, also while nothing is sent.
void expect_life(int socket) {
  const auto set = [socket](int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 2);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 15'000);
}

// A signature that is being asked for. libssh2's callback cannot wait: it says EAGAIN until the signature is here.
struct Signing {
  std::string data{};
  bool asked = false;
  std::optional<Result<std::string>> signature{};
};

// Whether the peer has closed it: libssh2 calls that a failed key exchange, too.
bool is_over(int socket) {
  char byte = 0;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

SshWire::SshWire(Loop loop, Dialed dialed)
    : loop_(loop),
      socket_(std::move(dialed.socket)),
      peer_(std::move(dialed.address)),
      session_(nullptr),
      turns_(loop, 1),
      places_(loop, kAtOnce),
      urgent_(loop, kUrgent),
      wake_(loop, kNever) {
  static const int started = libssh2_init(0);
  static_cast<void>(started);
  session_ = libssh2_session_init_ex(nullptr, nullptr, nullptr, this);
  give_back_zeros(session_);
  libssh2_session_set_blocking(session_, 0);
  libssh2_session_callback_set(session_, LIBSSH2_CALLBACK_RECV, reinterpret_cast<void*>(&SshWire::on_receive));
  socket_.native_non_blocking(true);
  expect_life(socket_.native_handle());
}

SshWire::~SshWire() {
  libssh2_session_disconnect(session_, "done");
  // Shut, so that freeing waits for nothing; open, so that its number is nobody else's meanwhile.
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  for (int turn = 0; turn < 100 && libssh2_session_free(session_) == LIBSSH2_ERROR_EAGAIN; ++turn) {
  }
}

ssize_t SshWire::on_receive(libssh2_socket_t socket, void* buffer, std::size_t length, int flags, void** abstract) {
  auto& allowance = static_cast<SshWire*>(*abstract)->allowance_;
  if (allowance == 0) return -EAGAIN;  // libssh2 would go on for as long as the host does
  const auto got = recv(socket, buffer, std::min(length, allowance), flags);
  if (got < 0) return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
  allowance -= static_cast<std::size_t>(got);
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
  return got;
}

void SshWire::fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  for (auto& channel : running_) channel->execution->end(*failure_);
  kick();
}

// Waits until libssh2 can go on; false when the session has failed.
Task<bool> SshWire::ready() {
  if (failure_) co_return false;
  const bool out = (libssh2_session_block_directions(session_) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;
  co_await socket_.async_wait(out ? Socket::wait_write : Socket::wait_read, kTuple);
  allowance_ = kAllowance;
  co_return !failure_;
}

Task<int> SshWire::repeat(Call call) {
  for (;;) {
    const int code = call();
    if (code != LIBSSH2_ERROR_EAGAIN) co_return code;
    if (!co_await ready()) co_return LIBSSH2_ERROR_SOCKET_DISCONNECT;
  }
}

Error SshWire::broken(std::string_view doing) {
  if (failure_) return *failure_;
  char* text = nullptr;
  int length = 0;
  const int code = libssh2_session_last_error(session_, &text, &length, 0);
  // One that has no algorithm in common with us (KEX_FAILURE) closes at once, and that is not why.
  const bool over = is_over(socket_.native_handle()) && code != LIBSSH2_ERROR_KEX_FAILURE;
  const bool cut = over || code == LIBSSH2_ERROR_SOCKET_DISCONNECT || code == LIBSSH2_ERROR_SOCKET_RECV ||
                   code == LIBSSH2_ERROR_SOCKET_SEND;
  auto why =
      cut ? "the host closed the connection" : escaped(std::string_view(text, static_cast<std::size_t>(length)), 200);
  Error error{cut ? Code::kUnreachable : Code::kProtocol, std::string(doing) + " with " + peer_ + ": " + why};
  fail(error);
  return error;
}

// One command that the host does not take is no reason to give up the others.
Error SshWire::not_started() {
  const int code = failure_ ? 0 : libssh2_session_last_errno(session_);
  if (code == LIBSSH2_ERROR_CHANNEL_FAILURE)
    return {.code = Code::kDenied,
            .message = peer_ + " opens no further channel",
            .next = "MaxSessions of its sshd says how many commands a connection may run at a time"};
  if (code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
    return {.code = Code::kDenied, .message = peer_ + " runs no commands for this login"};
  return broken("no command can be started");
}

Task<Result<void>> SshWire::shake_hands(std::string host_keys) {
  for (const auto& [method, names] :
       {std::pair(LIBSSH2_METHOD_KEX, kKeyExchanges),
        std::pair(LIBSSH2_METHOD_HOSTKEY, static_cast<const char*>(host_keys.c_str())),
        std::pair(LIBSSH2_METHOD_CRYPT_CS, kCiphers), std::pair(LIBSSH2_METHOD_CRYPT_SC, kCiphers),
        std::pair(LIBSSH2_METHOD_MAC_CS, kMacs), std::pair(LIBSSH2_METHOD_MAC_SC, kMacs)}) {
    libssh2_session_method_pref(session_, method, names);
  }
  const int code = co_await repeat([this] { return libssh2_session_handshake(session_, socket_.native_handle()); });
  if (code != 0) co_return broken("no SSH");
  co_return Result<void>();
}

std::string SshWire::host_key() const {
  std::size_t length = 0;
  int type = 0;
  const char* key = libssh2_session_hostkey(session_, &length, &type);
  return key == nullptr ? std::string() : std::string(key, length);
}

Task<Result<bool>> SshWire::judged(int code, std::string_view doing) {
  if (code == 0) co_return true;
  const bool refused = code == LIBSSH2_ERROR_AUTHENTICATION_FAILED || code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED ||
                       code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_METHOD_NONE;
  if (refused && !failure_ && !is_over(socket_.native_handle())) co_return false;
  co_return broken(doing);
}

Task<Result<bool>> SshWire::log_in_with_file(std::string user, std::string key_file) {
  // An empty passphrase and not none, which libssh2 1.10 reads the length of.
  const int code = co_await repeat([&] {
    return libssh2_userauth_publickey_fromfile_ex(session_, user.data(), static_cast<unsigned>(user.size()), nullptr,
                                                  key_file.c_str(), "");
  });
  co_return co_await judged(code, "the login");
}

int SshWire::on_sign(LIBSSH2_SESSION* /*session*/, unsigned char** signature, std::size_t* length,
                     const unsigned char* data, std::size_t size, void** abstract) {
  auto& signing = *static_cast<Signing*>(*abstract);
  if (!signing.signature) {
    signing.data.assign(reinterpret_cast<const char*>(data), size);
    signing.asked = true;
    return LIBSSH2_ERROR_EAGAIN;
  }
  if (!*signing.signature) return -1;
  const auto& bytes = signing.signature->value();
  *signature = static_cast<unsigned char*>(std::malloc(bytes.size()));  // libssh2 frees it, with free
  if (*signature == nullptr) return -1;
  std::memcpy(*signature, bytes.data(), bytes.size());
  *length = bytes.size();
  return 0;
}

Task<Result<bool>> SshWire::log_in_with(std::string user, std::string public_key, Sign sign) {
  Signing signing;
  void* abstract = &signing;
  for (;;) {
    const int code =
        libssh2_userauth_publickey(session_, user.c_str(), reinterpret_cast<const unsigned char*>(public_key.data()),
                                   public_key.size(), &SshWire::on_sign, &abstract);
    if (code != LIBSSH2_ERROR_EAGAIN) {
      // A key that does not sign is a key that does not let us in.
      if (code != 0 && signing.signature && !*signing.signature) co_return false;
      co_return co_await judged(code, "the login");
    }
    if (signing.asked && !signing.signature) {
      auto data = signing.data;
      signing.signature = co_await sign(std::move(data));
    } else if (!co_await ready()) {
      co_return *failure_;
    }
  }
}

void SshWire::start(const std::shared_ptr<SshExecution>& execution, std::string line) {
  asio::co_spawn(loop_, begin(execution, std::move(line)), asio::detached);
}

Task<void> SshWire::begin(std::shared_ptr<SshExecution> execution, std::string line) {
  const auto self = shared_from_this();
  const auto channel = std::make_shared<Channel>(Channel{.execution = execution});
  auto& places = execution->urgent ? urgent_ : places_;
  channel->place = co_await places.take();
  auto turn = co_await turns_.take();
  const bool launched = !failure_ && co_await launch(*channel, line);
  if (!launched) {
    execution->end(execution->given_up ? Error{Code::kCancelled, "given up before it began"} : not_started());
    if (channel->channel != nullptr && !failure_)
      co_await repeat([&] { return libssh2_channel_free(channel->channel); });
    co_return;
  }
  turn.end();
  running_.push_back(channel);
  kick();
  if (!std::exchange(pumping_, true)) co_await pump();
}

// False also for a command that nobody waits for any more: it is not sent.
Task<bool> SshWire::launch(Channel& channel, const std::string& line) {
  auto& execution = *channel.execution;
  if (execution.given_up) co_return false;
  const int opened = co_await repeat([&] {
    channel.channel = libssh2_channel_open_session(session_);
    return channel.channel != nullptr ? 0 : libssh2_session_last_errno(session_);
  });
  if (opened != 0 || execution.given_up) co_return false;
  execution.sent = true;
  const int begun = co_await repeat([&] {
    return libssh2_channel_process_startup(channel.channel, "exec", 4, line.data(), static_cast<unsigned>(line.size()));
  });
  if (begun == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) execution.sent = false;
  co_return begun == 0;
}

void SshWire::kick() {
  kicked_ = true;
  wake_.cancel();
}

// One for all that run: until nothing runs any more.
Task<void> SshWire::pump() {
  const auto self = shared_from_this();
  while (!running_.empty() && !failure_) {
    auto turn = co_await turns_.take();
    kicked_ = false;
    allowance_ = kAllowance;
    bool moved = false;
    for (auto& channel : std::list(running_)) moved = co_await advance(*channel) || moved;
    running_.remove_if([](const auto& channel) { return channel->execution->done; });
    turn.end();
    if (running_.empty() || failure_) continue;
    if (moved || kicked_ || allowance_ == 0) {
      co_await asio::post(loop_, asio::use_awaitable);  // whoever else waits for the loop
      continue;
    }
    if (!std::exchange(watching_, true)) {
      socket_.async_wait(Socket::wait_read, [self](const boost::system::error_code& /*error*/) {
        self->watching_ = false;
        self->kick();
      });
    }
    co_await wake_.async_wait(kTuple);
  }
  pumping_ = false;
}

// Whether something came.
Task<bool> SshWire::advance(Channel& channel) {
  const auto execution = channel.execution;
  if (execution->done) co_return false;
  const bool in = co_await feed(channel);
  const bool out = co_await read_stream(channel, 0);
  const bool err = co_await read_stream(channel, SSH_EXTENDED_DATA_STDERR);
  if (!failure_ && libssh2_channel_eof(channel.channel) != 0) {
    const int closed = libssh2_channel_wait_closed(channel.channel);
    if (closed == 0) co_await end(channel);
    if (closed < 0 && closed != LIBSSH2_ERROR_EAGAIN) static_cast<void>(broken("a command was cut off"));
  }
  co_return in || out || err || execution->done;
}

// Gives a command what it reads, until it takes no more for now. One that ended before it read all is no error.
Task<bool> SshWire::feed(Channel& channel) {
  const std::string_view input = channel.execution->input;
  const auto before = channel.given;
  while (!channel.fed && !failure_) {
    const auto rest = input.substr(channel.given);
    if (rest.empty()) {
      channel.fed = true;
      co_await repeat([&] { return libssh2_channel_send_eof(channel.channel); });
      break;
    }
    const auto taken = libssh2_channel_write_ex(channel.channel, 0, rest.data(), rest.size());
    const bool in_the_way = taken == LIBSSH2_ERROR_EAGAIN &&
                            (libssh2_session_block_directions(session_) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;
    if (taken > 0) {
      channel.given += static_cast<std::size_t>(taken);
    } else if (in_the_way) {
      co_await ready();
    } else if (taken == LIBSSH2_ERROR_EAGAIN || taken == 0) {
      break;  // it has not read what it was given
    } else if (taken == LIBSSH2_ERROR_CHANNEL_CLOSED || taken == LIBSSH2_ERROR_CHANNEL_EOF_SENT) {
      channel.fed = true;
    } else {
      static_cast<void>(broken("a command could not be given its input"));
    }
  }
  co_return channel.given > before;
}

Task<bool> SshWire::read_stream(Channel& channel, int stream) {
  bool came = false;
  char chunk[16384];
  for (int turn = 0; turn < kChunks && !failure_; ++turn) {
    const auto got = libssh2_channel_read_ex(channel.channel, stream, chunk, sizeof chunk);
    if (got > 0) {
      channel.execution->take(stream != 0, {chunk, static_cast<std::size_t>(got)});
      came = true;
    } else if (got == LIBSSH2_ERROR_EAGAIN &&
               (libssh2_session_block_directions(session_) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0) {
      co_await ready();  // it was widening the window
    } else {
      if (got < 0 && got != LIBSSH2_ERROR_EAGAIN) static_cast<void>(broken("a command was cut off"));
      break;
    }
  }
  co_return came;
}

Task<void> SshWire::end(Channel& channel) {
  char* signal = nullptr;
  std::size_t length = 0;
  libssh2_channel_get_exit_signal(channel.channel, &signal, &length, nullptr, nullptr, nullptr, nullptr);
  // Asked for first: the exit status of a command that a signal ended reads as 0.
  auto& execution = *channel.execution;
  if (signal != nullptr) {
    execution.signal.assign(signal, length);
    libssh2_free(session_, signal);
  } else {
    execution.status = libssh2_channel_get_exit_status(channel.channel);
  }
  co_await repeat([&] { return libssh2_channel_free(channel.channel); });
  execution.end();
}

}  // namespace runbook::net
