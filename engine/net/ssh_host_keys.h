// Which keys a host shows to whoever asks, and what OpenSSH's files say of them: what comes before its first login.
//
// The keys come from ssh-keyscan, which knows all types, those that libssh2 cannot check among them. It logs in to
// nothing, and what it brings is only as good as the way to the host: somebody has to compare a fingerprint. Whether a
// key is known is judged as a connection would: by our own reading of known_hosts, and by ssh itself where a connection
// would leave it to ssh (RevokedHostKeys, certificates, hosts behind others).
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "net/ssh_config.h"

namespace runbook::net {

/// The host's public keys as they go over the wire, one for each type that it has, the best first. kUnreachable,
/// kTimeout as dial; kProtocol when it shows none; kNotFound when this machine has no ssh-keyscan; kConfig for a host
/// name that ssh-keyscan would take for several.
Task<Result<std::vector<std::string>>> fetch_host_keys(Loop loop, SshConfig config);

/// Whether the host that shows these keys is known: that it is a connection would find, too. False when nothing is
/// recorded of it. kRefused, as check_host_key, when one of them is revoked or not the one that is recorded.
/// Without keys (of a host that is behind another) ssh alone is asked. Errors as ssh_failure besides.
Task<Result<bool>> knows_host(Loop loop, SshAddress address, SshConfig config, std::vector<std::string> keys);

/// The same by the files of known hosts alone, at once: for a last look before one of them is written.
Result<bool> files_know_host(const SshAddress& address, const SshConfig& config, const std::vector<std::string>& keys);

/// "256 SHA256:… cache.lxd (ED25519)": a key as `ssh-keygen -lf` shows it.
std::string shown_as_keygen(const std::string& key, const std::string& name);

}  // namespace runbook::net
