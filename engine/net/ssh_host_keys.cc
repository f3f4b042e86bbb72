#include "net/ssh_host_keys.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "guard/known_hosts.h"
#include "net/child.h"
#include "net/dial.h"
#include "net/known_hosts_files.h"
#include "net/ssh_login.h"
#include "net/ssh_system.h"
#include "net/ssh_text.h"

namespace runbook::net {

namespace {

constexpr const char* kTypesToAskFor = "ed25519,ecdsa,rsa";  // the best first; DSA is gone
constexpr const char* kPatience = "5";                       // of ssh-keyscan, seconds
constexpr std::chrono::milliseconds kDial = std::chrono::seconds(5);

// The types of ssh-keyscan's option, as keys call themselves.
constexpr auto kOrder = std::to_array<std::string_view>({"ssh-ed25519", "ecdsa-", "ssh-rsa"});

std::size_t rank(const std::string& key) {
  const auto type = guard::type_of_key(key);
  const auto* const found =
      std::find_if(kOrder.begin(), kOrder.end(), [&](auto beginning) { return type.starts_with(beginning); });
  return static_cast<std::size_t>(found - kOrder.begin());
}

// "NAME TYPE BASE64": what it says of its own is a comment.
std::vector<std::string> keys_in(std::string_view printed) {
  std::vector<std::string> keys;
  for (const auto line : split(printed, '\n')) {
    const auto words = split(trim(line), ' ');
    if (line.starts_with('#') || words.size() != 3) continue;
    auto key = from_base64(words[2]);
    if (!key || guard::type_of_key(*key) != words[1]) continue;
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(std::move(*key));
  }
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return keys;
}

// What ssh is to ask the host for, so that it shows this key and no other: RSA keys sign under names of their own.
std::string algorithms_for(const std::string& key) {
  const auto type = guard::type_of_key(key);
  return type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

// The length of an RSA key is that of its modulus (RFC 4253, 6.6: type, exponent, modulus), a number that is written
// with a leading 0 where its first bit is set.
std::size_t bits_of(const std::string& key) {
  const auto type = guard::type_of_key(key);
  if (const auto curve = type.find("nistp"); curve != std::string::npos) return std::stoul(type.substr(curve + 5));
  if (type != "ssh-rsa") return 256;
  SshReader reader(key);
  reader.text();
  reader.text();
  auto modulus = reader.text().value_or("");
  modulus.remove_prefix(std::min(modulus.find_first_not_of('\0'), modulus.size()));
  std::size_t bits = modulus.size() * 8;
  for (unsigned mask = 0x80; !modulus.empty() && mask != 0 && (static_cast<unsigned char>(modulus[0]) & mask) == 0;
       mask >>= 1U)
    --bits;
  return bits;
}

// A subsystem that nobody has, asked for with no way to log in: whatever the host lets in, no command of ours runs.
constexpr const char* kNoSubsystem = "runbook-asks-for-nothing";

// Whether ssh takes the host for known. `algorithms`: of the host's key; empty for its configuration's.
Task<Result<bool>> ask_ssh(Loop loop, SshAddress address, std::string algorithms) {
  RUNBOOK_CO_TRY(words, ssh_words(address));
  words.insert(words.end(), {"-o", "SessionType=subsystem", "-o", "PreferredAuthentications=none"});
  if (!algorithms.empty()) words.insert(words.end(), {"-o", "HostKeyAlgorithms=" + algorithms});
  words = unattended(std::move(words));  // to ssh, what is said first counts
  words.insert(words.end(), {"--", address.name, kNoSubsystem});
  ChildLimits limits;
  limits.total = std::chrono::seconds(20);
  RUNBOOK_CO_TRY(said, co_await run_child(loop, std::move(words), limits));
  if (said.err.find("subsystem request failed") != std::string::npos) co_return true;
  auto failure = ssh_failure(said.err, address);
  if (failure.code == Code::kAuth) co_return true;
  if (failure.code == Code::kNotFound) co_return false;
  co_return failure;
}

}  // namespace

std::string shown_as_keygen(const std::string& key, const std::string& name) {
  const auto type = guard::type_of_key(key);
  const auto* const family = type == "ssh-ed25519"        ? "ED25519"
                             : type == "ssh-rsa"          ? "RSA"
                             : type.starts_with("ecdsa-") ? "ECDSA"
                                                          : type.c_str();
  return std::to_string(bits_of(key)) + " " + guard::fingerprint(key) + " " + escaped(name, 120) + " (" + family + ")";
}

Task<Result<std::vector<std::string>>> fetch_host_keys(Loop loop, SshConfig config) {
  if (config.host.find_first_of(", \t") != std::string::npos || config.host.starts_with('-'))
    co_return Error{Code::kConfig, "HostName " + escaped(config.host, 120) + " is no name of one host"};
  std::vector<std::string> words = {"ssh-keyscan", "-T", kPatience, "-t", kTypesToAskFor, "-p"};
  words.insert(words.end(), {std::to_string(config.port), "--", config.host});
  ChildLimits limits;
  limits.total = std::chrono::seconds(30);
  RUNBOOK_CO_TRY(said, co_await run_child(loop, std::move(words), limits));
  auto keys = keys_in(said.out);
  if (!keys.empty()) co_return keys;
  // Why there are none: ssh-keyscan has no words for most of it.
  const Endpoint endpoint{.host = config.host, .port = config.port};
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, endpoint, kDial));
  co_return Error{Code::kProtocol, dialed.address + " shows no host key: no sshd that we understand answers there"};
}

Result<bool> files_know_host(const SshAddress& address, const SshConfig& config, const std::vector<std::string>& keys) {
  using Kind = guard::HostKeyVerdict::Kind;
  const auto known = KnownHostsFiles().read(config.known_hosts);
  const auto recorded = known->types_of(config.key_name(), config.key_port());
  const std::string* changed = nullptr;
  bool found = false;
  for (const auto& key : keys) {
    const auto kind = known->judge(config.key_name(), config.key_port(), key).kind;
    if (kind == Kind::kRevoked) return check_host_key(*known, config, address, key).error();
    if (kind == Kind::kKnown) found = true;
    if (kind != Kind::kChanged) continue;
    const auto type = guard::type_of_key(key);
    const bool asked_for = std::find(recorded.begin(), recorded.end(), type) != recorded.end();
    if (asked_for) return check_host_key(*known, config, address, key).error();
    changed = &key;
  }
  // A key of a type that is not recorded is not asked for, as long as the host has one that is.
  if (!found && changed != nullptr) return check_host_key(*known, config, address, *changed).error();
  return found;
}

Task<Result<bool>> knows_host(Loop loop, SshAddress address, SshConfig config, std::vector<std::string> keys) {
  RUNBOOK_CO_TRY(found, files_know_host(address, config, keys));
  if (!keys.empty() && !known_to_ssh_alone(*KnownHostsFiles().read(config.known_hosts), config)) co_return found;
  if (config.revoked_keys.empty() || keys.empty()) {
    RUNBOOK_CO_TRY(said, co_await ask_ssh(loop, address, {}));
    co_return said;
  }
  for (const auto& key : keys) {
    RUNBOOK_CO_TRY(said, co_await ask_ssh(loop, address, algorithms_for(key)));
    found = found || said;
  }
  co_return found;
}

}  // namespace runbook::net
