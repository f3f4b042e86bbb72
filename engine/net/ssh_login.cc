#include "net/ssh_login.h"

#include <algorithm>
#include <array>

#include "base/shell.h"
#include "base/text.h"
#include "net/ssh_agent.h"
#include "net/ssh_key_file.h"

namespace runbook::net {

namespace {

constexpr auto kHostKeys = std::to_array<std::string_view>(
    {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"});

std::string place(const SshConfig& config) {
  return escaped(guard::known_hosts_name(config.key_name(), config.key_port()), 120);
}

Error unknown_host(const SshConfig& config, const SshAddress& address, const std::string& shown) {
  return {.code = Code::kNotFound,
          .message = "the host " + place(config) + " is not known: it shows the key " + shown,
          .next = "compare its key with what you trust, and record it: " + enrolling_by_hand(address)};
}

// How a person takes what is recorded there out of its file again.
std::string forgetting_by_hand(const SshConfig& config, const std::string& where) {
  const auto name = guard::known_hosts_name(config.key_name(), config.key_port());
  return "ssh-keygen -f " + shell_word(where.substr(0, where.rfind(':'))) + " -R " + shell_word(name);
}

Error changed_host(const SshConfig& config, const guard::HostKeyVerdict& verdict, const std::string& shown) {
  const auto& recorded = verdict.recorded.front();
  return {.code = Code::kRefused,
          .message = "the host " + place(config) + " shows another key than the one that is recorded: " + shown +
                     "; nothing was sent to it",
          .where = recorded.where,
          .next =
              "somebody may be in between, or the host was made anew: ask who runs it. Only when they vouch for "
              "the new key: " +
              forgetting_by_hand(config, recorded.where)};
}

struct Key {
  std::string public_key{};
  std::string file{};  // empty: of the agent
};

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// What may be tried, in order; what only the system's ssh can use is told by `left`.
std::vector<Key> keys_to_try(const SshConfig& config, const std::vector<std::string>& in_agent, SshLoginLeft& left) {
  std::vector<Key> keys;
  std::vector<Key> files;
  std::vector<std::string> of_files;
  left.other_keys = config.certificates;
  for (const auto& file : config.identity_files) {
    const auto key = read_key_file(file);
    if (!key) continue;
    of_files.push_back(key->public_key);
    const bool usable = libssh2_can(key->type) && !key->encrypted;
    if (usable) files.push_back({.public_key = key->public_key, .file = file});
    left.other_keys = left.other_keys || !libssh2_can(key->type);
  }
  for (const auto& key : in_agent) {
    if (config.identities_only && !has(of_files, key)) continue;
    if (libssh2_can(guard::type_of_key(key))) keys.push_back({.public_key = key});
    left.other_keys = left.other_keys || !libssh2_can(guard::type_of_key(key));
  }
  for (auto& file : files) {
    if (file.public_key.empty() || !has(in_agent, file.public_key)) keys.push_back(std::move(file));
  }
  return keys;
}

Error no_key(const SshConfig& config, std::size_t tried) {
  return {.code = Code::kAuth,
          .message = escaped(config.host, 120) + " lets " + escaped(config.user, 60) + " in with none of " +
                     (tried == 0 ? "our keys: there is none to try"
                                 : std::to_string(tried) + (tried == 1 ? " key" : " keys") + " that could be tried"),
          .next = "try: ssh " + escaped(config.user, 60) + "@" + escaped(config.host, 120) +
                  " true; a key with a passphrase wants an agent (ssh-add)"};
}

}  // namespace

bool libssh2_can(std::string_view type) {
  return std::find(kHostKeys.begin(), kHostKeys.end(), type) != kHostKeys.end();
}

std::string host_key_preference(const guard::KnownHosts& known, const SshConfig& config) {
  std::vector<std::string> types;
  for (const auto& type : known.types_of(config.key_name(), config.key_port())) {
    if (libssh2_can(type)) types.push_back(type);
  }
  for (const auto type : kHostKeys) {
    if (!has(types, std::string(type))) types.emplace_back(type);
  }
  return join(types, ",");
}

Result<void> check_host_key(const guard::KnownHosts& known, const SshConfig& config, const SshAddress& address,
                            const std::string& key) {
  const auto verdict = known.judge(config.key_name(), config.key_port(), key);
  const auto shown = guard::type_of_key(key) + " " + guard::fingerprint(key);
  using Kind = guard::HostKeyVerdict::Kind;
  switch (verdict.kind) {
    case Kind::kKnown:
      return {};
    case Kind::kUnknown:
      return unknown_host(config, address, shown);
    case Kind::kChanged:
      return changed_host(config, verdict, shown);
    case Kind::kRevoked:
      break;
  }
  return Error{.code = Code::kRefused,
               .message = "the key of " + place(config) + " is revoked: " + shown + "; nothing was sent to it",
               .where = verdict.where,
               .next = "somebody may be in between who has this key: ask who runs the host for a new one"};
}

bool known_to_ssh_alone(const guard::KnownHosts& known, const SshConfig& config) {
  if (!config.revoked_keys.empty()) return true;
  const auto types = known.types_of(config.key_name(), config.key_port());
  if (types.empty()) return known.has_authority(config.key_name(), config.key_port());
  return std::none_of(types.begin(), types.end(), libssh2_can);
}

Task<Result<void>> log_in(Loop loop, std::shared_ptr<SshWire> wire, SshConfig config, std::chrono::milliseconds limit,
                          SshLoginLeft& left) {
  std::vector<std::string> in_agent;
  if (!config.agent.empty()) {
    const auto told = co_await agent_identities(loop, config.agent, limit);
    if (told) in_agent = *told;  // without an agent the files remain
  }
  const auto keys = keys_to_try(config, in_agent, left);
  for (const auto& key : keys) {
    const SshWire::Sign sign = [&](std::string data) {
      return agent_sign(loop, config.agent, key.public_key, std::move(data), limit);
    };
    Result<bool> accepted = false;
    if (key.file.empty()) {
      accepted = co_await wire->log_in_with(config.user, key.public_key, sign);
    } else {
      accepted = co_await wire->log_in_with_file(config.user, key.file);
    }
    if (!accepted) co_return accepted.error();
    if (*accepted) co_return Result<void>();
  }
  co_return no_key(config, keys.size());
}

}  // namespace runbook::net
