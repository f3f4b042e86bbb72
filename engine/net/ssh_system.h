// Lines to a host through the system's ssh, a process for each: for what libssh2 cannot do, such as RSA keys, keys on
// tokens, certificates, GSSAPI, ProxyJump and servers that offer only algorithms it lacks. Internal to net/.
//
// ssh judges the host's key itself, by the same files, and asks nobody (BatchMode, StrictHostKeyChecking).
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/child_process.h"
#include "net/ssh_config.h"
#include "net/ssh_transport.h"
#include "net/turns.h"

namespace runbook::net {

class SshSystem : public SshTransport, public std::enable_shared_from_this<SshSystem> {
 public:
  /// `words` of ssh_words, `peer` as SshTransport gives it.
  SshSystem(Loop loop, std::vector<std::string> words, SshAddress address, std::string peer);

  void start(const std::shared_ptr<SshExecution>& execution, std::string line) override;
  void fail(Error error) override;
  [[nodiscard]] const Error* failure() const override { return failure_ ? &*failure_ : nullptr; }
  [[nodiscard]] std::string_view name() const override { return "ssh"; }
  [[nodiscard]] const std::string& peer() const override { return peer_; }

 private:
  struct Client;
  Result<void> begin(Client& client, const std::string& line);
  static Task<void> run(std::shared_ptr<SshSystem> self, std::shared_ptr<SshExecution> execution, std::string line);

  Loop loop_;
  std::vector<std::string> words_;  // ssh and its options
  SshAddress address_;
  std::string peer_;
  std::optional<Error> failure_{};
  std::list<std::shared_ptr<Client>> clients_{};  // that run
  Turns places_;
};

/// The words with the options that make of ssh a program that asks nobody, listens for nothing, and leaves no file
/// behind.
std::vector<std::string> unattended(std::vector<std::string> words);

/// What ssh's own words say of a connection that did not come about: kRefused and kNotFound for the host's key, kAuth,
/// kUnreachable, kTimeout, kConfig; else kProtocol.
Error ssh_failure(std::string_view said, const SshAddress& address);

}  // namespace runbook::net
