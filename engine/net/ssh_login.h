// How a connection to a host becomes ours: is it the host that known_hosts names, and which of our keys lets us in.
//
// The host's key is judged before anything of a login is sent: a host that is unknown, changed or revoked learns no
// user name and sees no key. There is no option to go on all the same; `runbook host enroll` records a new host.
//
// Keys are tried in ssh's order: those of the agent, then the files of the configuration; with IdentitiesOnly only the
// agent's that are also files. Types that libssh2 cannot use (RSA, whose SHA-1 signatures sshd refuses; keys on tokens;
// certificates) are left to the system's ssh.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "guard/known_hosts.h"
#include "net/ssh_config.h"
#include "net/ssh_wire.h"

namespace runbook::net {

/// Whether libssh2 1.10 can use keys of that type.
bool libssh2_can(std::string_view type);

/// The types of host key to ask for: the recorded ones first, so that a host with several is not called changed.
std::string host_key_preference(const guard::KnownHosts& known, const SshConfig& config);

/// kRefused for a key that is not the recorded one, or revoked, with its fingerprint, the place of the recorded one and
/// what to do; kNotFound when none is recorded.
Result<void> check_host_key(const guard::KnownHosts& known, const SshConfig& config, const SshAddress& address,
                            const std::string& key);

/// Whether ssh may know a host that we would call unknown or changed: it reads RevokedHostKeys and certificates, and
/// can check types of key that libssh2 cannot.
bool known_to_ssh_alone(const guard::KnownHosts& known, const SshConfig& config);

/// What libssh2 cannot do, and the system's ssh can.
struct SshLoginLeft {
  bool other_keys = false;  // there are keys that libssh2 cannot use
};

/// Logs in. kAuth when no key is accepted: `left` says whether others remain for the system's ssh.
Task<Result<void>> log_in(Loop loop, std::shared_ptr<SshWire> wire, SshConfig config, std::chrono::milliseconds limit,
                          SshLoginLeft& left);

}  // namespace runbook::net
