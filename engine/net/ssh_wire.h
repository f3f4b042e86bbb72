// libssh2 on the engine's loop: one session over one connected socket. Internal to net/; knows nothing of
// configuration, known hosts or guards.
//
// libssh2 has one call in flight per session: a call that says EAGAIN must be made again, with the same arguments,
// before any other. So calls are made in turns. A turn ends where libssh2 waits for what a host says of a command that
// runs; it does not end within opening a channel, starting a command or logging in, whose state libssh2 keeps for the
// session as a whole. What running commands say is read by one coroutine for all of them (pump), because a read for one
// channel takes in what belongs to the others; it also gives them what they read, as far as they take it.
//
// Delayed acknowledgements cost 40 ms in each step of a login: TCP_QUICKACK is armed again after each read.
#pragma once

#include <libssh2.h>

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "net/dial.h"
#include "net/ssh_transport.h"
#include "net/turns.h"

namespace runbook::net {

class SshWire : public SshTransport, public std::enable_shared_from_this<SshWire> {
 public:
  /// Signs for the key: the signature as SSH wants it, without its length.
  using Sign = std::function<Task<Result<std::string>>(std::string data)>;

  SshWire(Loop loop, Dialed dialed);
  ~SshWire() override;
  SshWire(const SshWire&) = delete;
  SshWire& operator=(const SshWire&) = delete;

  /// Agrees on keys. `host_keys`: the types of host key to ask for, best first, by commas. kProtocol when the two know
  /// no algorithm in common, and when the peer speaks no SSH.
  Task<Result<void>> shake_hands(std::string host_keys);
  /// The host's public key, as it came over the wire. Nothing has been authenticated before it is judged.
  [[nodiscard]] std::string host_key() const;

  /// Whether the host lets that user in with that key. An error breaks the session.
  Task<Result<bool>> log_in_with_file(std::string user, std::string key_file);
  Task<Result<bool>> log_in_with(std::string user, std::string public_key, Sign sign);

  void start(const std::shared_ptr<SshExecution>& execution, std::string line) override;
  void fail(Error error) override;
  [[nodiscard]] const Error* failure() const override { return failure_ ? &*failure_ : nullptr; }
  [[nodiscard]] std::string_view name() const override { return "libssh2"; }
  [[nodiscard]] const std::string& peer() const override { return peer_; }

 private:
  using Call = std::function<int()>;

  static ssize_t on_receive(libssh2_socket_t socket, void* buffer, std::size_t length, int flags, void** abstract);
  static int on_sign(LIBSSH2_SESSION* session, unsigned char** signature, std::size_t* length,
                     const unsigned char* data, std::size_t size, void** abstract);

  Task<bool> ready();
  Task<int> repeat(Call call);
  Error broken(std::string_view doing);
  Error not_started();
  Task<Result<bool>> judged(int code, std::string_view doing);

  struct Channel {
    std::shared_ptr<SshExecution> execution;
    LIBSSH2_CHANNEL* channel = nullptr;
    std::size_t given = 0;  // bytes of its input that were sent
    bool fed = false;       // all of it, and that there is no more
    Turns::Turn place{};    // among those that run at a time
  };
  Task<void> begin(std::shared_ptr<SshExecution> execution, std::string line);
  Task<bool> launch(Channel& channel, const std::string& line);
  Task<void> pump();
  Task<bool> advance(Channel& channel);
  Task<bool> feed(Channel& channel);
  Task<bool> read_stream(Channel& channel, int stream);
  Task<void> end(Channel& channel);
  void kick();

  Loop loop_;
  Socket socket_;
  std::string peer_;
  LIBSSH2_SESSION* session_;
  std::optional<Error> failure_{};
  Turns turns_;
  Turns places_;               // of commands that run
  Turns urgent_;               // of those that end them
  std::size_t allowance_ = 0;  // bytes that may still be received before others get their turn
  std::list<std::shared_ptr<Channel>> running_{};
  bool pumping_ = false;
  bool watching_ = false;  // the socket, for the pump
  bool kicked_ = false;
  boost::asio::steady_timer wake_;  // of the pump
};

}  // namespace runbook::net
