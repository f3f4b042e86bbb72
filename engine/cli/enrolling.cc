#include "cli/enrolling.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/error_text.h"
#include "cli/known_hosts_file.h"
#include "cli/terminal.h"
#include "guard/known_hosts.h"
#include "guard/known_hosts_line.h"
#include "net/ssh_host_keys.h"
#include "primitive/reach.h"
#include "run/session.h"

namespace runbook::cli {

namespace {

constexpr std::string_view kFingerprint = "SHA256:";

std::string recorded_name(const Enrolling& host) {
  return guard::known_hosts_name(host.config.key_name(), host.config.key_port());
}

// Its keys come to us only through another host, and what that one shows us is not for us to judge.
Error behind_another(const Enrolling& host) {
  return {.code = Code::kRefused,
          .message = "it is reached through " + escaped(host.config.way(), 120) + ", and its key is not known",
          .where = host.name,
          .next = "let ssh ask for it, from this account: " + net::ssh_by_hand(host.address) +
                  "; compare the fingerprint before you say yes"};
}

Error no_file(const Enrolling& host) {
  return {.code = Code::kConfig,
          .message = "ssh's configuration names no file that new hosts could go to",
          .where = host.name,
          .next = "UserKnownHostsFile: " + net::ssh_by_hand(host.address) + " -G shows what it is"};
}

Task<Result<void>> meet(Loop loop, Enrolling& host) {
  RUNBOOK_CO_TRY(config, co_await net::read_ssh_config(loop, host.address));
  host.config = config;
  if (!config.proxied()) {
    RUNBOOK_CO_TRY(keys, co_await net::fetch_host_keys(loop, config));
    host.keys = keys;
  }
  RUNBOOK_CO_TRY(known, co_await net::knows_host(loop, host.address, config, host.keys));
  host.known = known;
  if (!known && config.proxied()) co_return behind_another(host);
  if (!known && config.user_known_hosts.empty()) co_return no_file(host);
  co_return Result<void>();
}

Result<std::string> salt() {
  std::string bytes(guard::kKnownHostsSalt, '\0');
  if (getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size())) return bytes;
  return Error{Code::kInternal, "the system gives no random bytes"};
}

Result<std::string> lines_of(const Enrolling& host) {
  std::string lines;
  for (const auto& key : host.accepted) {
    std::string random;
    if (host.config.hash_known_hosts) {
      RUNBOOK_TRY(bytes, salt());
      random = bytes;
    }
    RUNBOOK_TRY(line, guard::known_hosts_line(recorded_name(host), key, random));
    lines += line;
  }
  return lines;
}

Value keys_value(const std::vector<std::string>& keys) {
  Value::List out;
  for (const auto& key : keys)
    out.push_back(Value::Map{{"type", guard::type_of_key(key)}, {"fingerprint", guard::fingerprint(key)}});
  return out;
}

// Without what a copy from elsewhere brings along.
std::string_view plain(std::string_view typed) {
  typed = trim(typed);
  while (typed.ends_with('=')) typed.remove_suffix(1);
  return typed;
}

Error not_shown(const Enrolling& host, std::string_view what) {
  return {.code = Code::kRefused,
          .message = "it shows no key with " + std::string(what) + "; nothing was recorded",
          .where = host.name,
          .next = "somebody may be in between: find out before anything is sent to it"};
}

}  // namespace

std::string Enrolling::status() const {
  if (recorded) return "recorded";
  if (known) return "known";
  if (!error) return "declined";
  if (error->code == Code::kDeclined || error->code == Code::kUnasked) return "declined";
  return error->code == Code::kRefused ? "refused" : "failed";
}

Value Enrolling::to_value() const {
  Value out = Value::Map{{"target", name}, {"status", status()}, {"keys", keys_value(keys)}};
  if (!config.host.empty()) out["name"] = recorded_name(*this);
  if (recorded) {
    out["file"] = config.user_known_hosts;
    out["recorded"] = keys_value(accepted);
  }
  if (error) out["error"] = error_value(*error);
  return out;
}

Task<Enrolling> meet_host(Loop loop, safety::Target target) {
  Enrolling host{.name = target.name};
  auto address = primitive::ssh_address_of(target);
  if (!address) {
    host.error = address.error();
    co_return host;
  }
  host.address = *address;
  const auto met = co_await meet(loop, host);
  if (!met) host.error = met.error();
  if (host.error && host.error->where.empty()) host.error->where = host.name;
  co_return host;
}

std::string shown_keys(const Enrolling& host) {
  std::string out;
  for (const auto& key : host.keys) out += "  " + net::shown_as_keygen(key, recorded_name(host)) + "\n";
  return out;
}

std::string enrolling_question(const Enrolling& host) {
  const auto& config = host.config;
  std::string read;
  for (const auto& file : config.known_hosts) read += "  read:    " + escaped(file) + "\n";
  if (!config.revoked_keys.empty())
    read += "  read:    " + escaped(config.revoked_keys) + " (RevokedHostKeys, by ssh)\n";
  return escaped(host.name, 80) + " is not known yet. " + escaped(recorded_name(host), 120) + " shows " +
         counted(host.keys.size(), "key") + ":\n" + shown_keys(host) + read +
         "  written: " + escaped(config.user_known_hosts) + (config.hash_known_hosts ? ", without its name" : "") +
         "\nWhoever is in between can show keys as well. Compare one of them with what the host itself\n"
         "says at its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n";
}

Result<void> accept_typed(Enrolling& host, std::string_view answer) {
  const auto typed = plain(answer);
  if (typed == "yes") {
    host.accepted = host.keys;
    host.accepted_by = "yes, typed";
    return {};
  }
  if (!typed.starts_with(kFingerprint))
    return Error{.code = Code::kDeclined, .message = "the operator said no", .where = host.name};
  for (const auto& key : host.keys) {
    if (guard::fingerprint(key) == typed) host.accepted.push_back(key);
  }
  if (host.accepted.empty()) return not_shown(host, "that fingerprint");
  host.accepted_by = "fingerprint, typed";
  return {};
}

Result<void> accept_given(Enrolling& host, const std::vector<std::string>& fingerprints) {
  for (const auto& key : host.keys) {
    const bool given = std::any_of(fingerprints.begin(), fingerprints.end(),
                                   [&](const auto& each) { return plain(each) == guard::fingerprint(key); });
    if (given) host.accepted.push_back(key);
  }
  if (host.accepted.empty()) return not_shown(host, "a fingerprint that was given");
  host.accepted_by = "fingerprint, given";
  return {};
}

Result<void> record_host(Program& program, Enrolling& host) {
  auto& journal = program.journal();
  const auto intent = journal.append_durable("", "ENROLL",
                                             Value::Map{{"target", host.name},
                                                        {"name", recorded_name(host)},
                                                        {"file", host.config.user_known_hosts},
                                                        {"keys", keys_value(host.accepted)},
                                                        {"accepted", host.accepted_by},
                                                        {"operator", run::operator_identity()}});
  if (!intent) return intent.error();
  bool meanwhile = false;
  const auto written =
      append_to_known_hosts(program.storage(), host.config.user_known_hosts, [&]() -> Result<std::string> {
        RUNBOOK_TRY(known, net::files_know_host(host.address, host.config, host.keys));
        meanwhile = known;
        return known ? std::string() : lines_of(host);
      });
  Value outcome = Value::Map{{"enroll", intent->n}, {"target", host.name}};
  outcome["status"] = !written ? "failed" : meanwhile ? "known" : "recorded";
  if (!written) outcome["error"] = written.error().message;
  const auto told = journal.append_durable("", "ENROLLED", std::move(outcome));
  if (!written) return written.error();
  host.known = meanwhile;
  host.recorded = !meanwhile;
  if (!told) return told.error();
  return {};
}

}  // namespace runbook::cli
