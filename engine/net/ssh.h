// The SSH client: one connection to a host, kept for the run, and the commands that it runs there, several at a time.
//
// Where the host is, who we are to it and which key it has, OpenSSH's own configuration says (ssh_config.h). It has no
// policy of its own and cannot be made without a guard: what leaves is one line (base/remote_command.h), and the guard
// reads that very line back.
//
// A lost connection does not stop a command, and neither does closing its channel. So each runs in a process group of
// its own, which the host names before it begins, and which is ended over a second channel when its time is over or
// nobody waits for it any more. When that cannot be done, the result says that nobody knows.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "base/remote_command.h"
#include "base/task.h"
#include "guard/permit.h"
#include "guard/ssh.h"
#include "net/ssh_config.h"

namespace runbook::net {

struct SshLimits {
  std::chrono::milliseconds total = std::chrono::seconds(20);
  std::size_t output = 1U << 20U;  // bytes that are kept of each of its outputs
};

/// Logins under way: more than 16 at once gain nothing, and sshd may turn away what comes in a rush. A host that lets
/// wait for half a second gives its place to the next, so that many that hang keep nobody waiting.
inline constexpr unsigned kLoginsAtOnce = 16;

/// What became of a command that was begun.
struct SshOutput {
  std::string out{};
  std::string err{};
  bool cut = false;             // there was more than the limit
  std::optional<int> status{};  // its exit code; nothing when a signal ended it
  std::string signal{};         // "TERM"
};

class SshTransport;
class Turns;

class SshConnection : public std::enable_shared_from_this<SshConnection> {
 public:
  /// Connects and logs in: by libssh2 where it can, by the system's ssh where only that can. kUnreachable, kTimeout,
  /// kProtocol when the two have no algorithm in common, kNotFound for a host whose key is not recorded, kRefused for
  /// one that shows another key or a revoked one, kAuth, kConfig for an OpenSSH configuration that is not sound. The
  /// guard must outlive it.
  static Task<Result<std::shared_ptr<SshConnection>>> connect(Loop loop, SshAddress address,
                                                              const guard::SshGuard& guard, Turns& logins,
                                                              std::chrono::milliseconds limit);

  /// `via`: what stands between us and the host.
  SshConnection(Loop loop, std::shared_ptr<SshTransport> transport, const guard::SshGuard& guard, std::string via);
  ~SshConnection();
  SshConnection(const SshConnection&) = delete;
  SshConnection& operator=(const SshConnection&) = delete;

  /// Runs a command that only looks. Any exit code is an answer. kRefused by the guard, kUsage, kLimit and kProtocol as
  /// remote_line and read_opening, kNotFound when it could not begin, kTimeout, kUnreachable, kCancelled.
  Task<Result<SshOutput>> read(RemoteCommand command, SshLimits limits);

  /// Runs what the permit lists, once. kInDoubt when it may have been carried out and nobody knows.
  Task<Result<SshOutput>> change(RemoteCommand command, const guard::Permit& permit, SshLimits limits);

  /// Gives up all that still runs, and ends it on the host.
  void end_all();
  /// Whether a command that was given up is still being ended.
  [[nodiscard]] bool ending() const { return ending_ > 0; }

  /// What carries it: "libssh2", or "ssh" of the system.
  [[nodiscard]] std::string transport() const;
  /// Its jump hosts as ProxyJump names them, or the program of its ProxyCommand; empty where there is nothing between.
  [[nodiscard]] const std::string& via() const { return via_; }

  /// Why the connection is of no use any more; null as long as it is.
  [[nodiscard]] const Error* failure() const;

 private:
  struct Running;
  Task<Result<SshOutput>> run(RemoteCommand command, const guard::Permit* permit, SshLimits limits);
  void give_up(const std::shared_ptr<Running>& running);
  static Task<void> put_to_end(std::shared_ptr<SshConnection> self, std::shared_ptr<Running> running);
  Task<void> signal(std::uint64_t process, EndSignal signal, bool sudo);

  Loop loop_;
  std::shared_ptr<SshTransport> transport_;
  const guard::SshGuard& guard_;
  std::string via_;
  std::set<std::shared_ptr<Running>> running_{};
  unsigned ending_ = 0;
  bool closed_ = false;  // nothing more is begun
};

}  // namespace runbook::net
