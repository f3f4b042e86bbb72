// How lines get to a host's shell: libssh2 (ssh_wire.h), or the system's ssh (ssh_system.h) for what libssh2 cannot do.
// Internal to net/.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

/// A command that runs, or ran, on the host, and what it has said so far.
struct SshExecution {
  explicit SshExecution(const Loop& loop) : settled(loop, boost::asio::steady_timer::time_point::max()) {}

  /// Takes what came on its standard output or standard error, and keeps no more than `most` of each.
  void take(bool of_err, std::string_view bytes) {
    auto& text = of_err ? err : out;
    text.append(bytes.substr(0, most - text.size()));
    (of_err ? err_size : out_size) += bytes.size();
  }
  void end() {
    done = true;
    settled.cancel();
  }
  void end(Error why) {
    error = std::move(why);
    end();
  }

  std::string input{};  // what it reads on its standard input
  std::string out{};
  std::string err{};
  std::size_t most = 0;
  std::size_t out_size = 0;  // as it was said
  std::size_t err_size = 0;
  std::optional<int> status{};  // its exit code; nothing when a signal ended it, or nobody knows
  std::string signal{};         // "TERM"
  bool urgent = false;          // it ends another one, and does not wait until fewer run
  bool given_up = false;        // nobody waits for it: it is not sent any more
  bool sent = false;            // the host may have got the command
  bool done = false;
  std::optional<Error> error{};       // why it has no end that is known
  boost::asio::steady_timer settled;  // cancelled when it is done
};

class SshTransport {
 public:
  virtual ~SshTransport() = default;

  /// Runs a line in the login shell. Its end is told by the execution.
  virtual void start(const std::shared_ptr<SshExecution>& execution, std::string line) = 0;
  /// Gives it up: everything under way ends with this error.
  virtual void fail(Error error) = 0;
  /// Why it is of no use any more; null as long as it is.
  [[nodiscard]] virtual const Error* failure() const = 0;
  /// What carries it, as records call it: "libssh2", "ssh".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The host as it answered, "10.0.0.7:22".
  [[nodiscard]] virtual const std::string& peer() const = 0;
};

}  // namespace runbook::net
