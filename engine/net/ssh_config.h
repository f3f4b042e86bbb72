// What OpenSSH's configuration says of a host: `ssh -G` prints it in 5 ms, with aliases, patterns, Include and Match
// resolved as people expect it. We ask, and do not read ~/.ssh/config ourselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

/// Where a host is, as the inventory says it. What is empty or 0 is OpenSSH's configuration to say.
struct SshAddress {
  std::string name{};  // a name, an address, or a Host of the configuration
  std::string user{};
  std::uint16_t port = 0;
  std::string config_file{};  // instead of ~/.ssh/config and /etc/ssh/ssh_config
  std::string target{};       // what runbook calls it, for messages
};

struct SshConfig {
  std::string host{};  // HostName: where to connect
  std::uint16_t port = 22;
  std::string user{};
  std::string host_key_alias{};            // by which name its key is recorded; empty: `host`
  std::vector<std::string> known_hosts{};  // files, the user's first
  std::string user_known_hosts{};          // the one of them that new hosts go to; empty: it cannot be told
  bool hash_known_hosts = false;           // new hosts are recorded without their names
  std::vector<std::string> identity_files{};
  std::string agent{};  // its socket; empty for none
  bool identities_only = false;
  bool certificates = false;   // CertificateFile is set
  std::string revoked_keys{};  // RevokedHostKeys, as it is written there, which only ssh reads; empty for none
  std::string proxy_jump{};
  std::string proxy_command{};  // with its tokens as they are

  /// By which name and port its key is recorded.
  [[nodiscard]] const std::string& key_name() const { return host_key_alias.empty() ? host : host_key_alias; }
  [[nodiscard]] std::uint16_t key_port() const { return host_key_alias.empty() ? port : 22; }
  [[nodiscard]] bool proxied() const { return !proxy_jump.empty() || !proxy_command.empty(); }
  /// What stands between: the jump hosts, or the program of the ProxyCommand without its words, which may be secret.
  [[nodiscard]] std::string way() const;
};

/// What surrounds a configuration: the tokens %d, %u and SSH_AUTH_SOCK.
struct SshSurroundings {
  std::string home{};
  std::string local_user{};
  std::string agent{};  // SSH_AUTH_SOCK; empty when it is not set

  static SshSurroundings of_this_process();
};

/// The words of the `ssh` that is meant, without those that say what it shall do there. kUsage for a name or user that
/// ssh would take for an option.
Result<std::vector<std::string>> ssh_words(const SshAddress& address);

/// The line by which a person gets to that very host: "ssh -F ssh_config -l ops redis.lxd".
std::string ssh_by_hand(const SshAddress& address);

/// The line by which a person has its key recorded.
std::string enrolling_by_hand(const SshAddress& address);

/// Reads what `ssh -G` printed. kProtocol when it names no host, user or port.
Result<SshConfig> parse_ssh_config(std::string_view printed, const SshSurroundings& surroundings);

/// Asks ssh. kNotFound when there is none, kConfig with its own words when the configuration is not sound.
Task<Result<SshConfig>> read_ssh_config(Loop loop, SshAddress address);

}  // namespace runbook::net
