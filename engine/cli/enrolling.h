// One host on its way into known_hosts: met, shown, agreed to, recorded.
//
// Nothing is written that nobody compared. A person says yes to all the keys that stand in the question, or types the
// fingerprint that they have from elsewhere; a program gives that fingerprint. By a fingerprint only its key is
// recorded: who is in between could show that one beside others of their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "cli/program.h"
#include "net/ssh_config.h"
#include "safety/target.h"

namespace runbook::cli {

struct Enrolling {
  std::string name{};  // the target's
  net::SshAddress address{};
  net::SshConfig config{};
  std::vector<std::string> keys{};      // what the host shows, as it goes over the wire
  std::vector<std::string> accepted{};  // of these, what somebody agreed to
  std::string accepted_by{};            // "yes, typed", "fingerprint, typed", "fingerprint, given"
  bool known = false;                   // it needs no enrolling
  bool recorded = false;
  std::optional<Error> error{};

  /// "recorded", "known", "declined", "refused" or "failed".
  [[nodiscard]] std::string status() const;
  /// For -o json.
  [[nodiscard]] Value to_value() const;
};

/// Fetches its keys and what is known of them; never fails but by `error`.
Task<Enrolling> meet_host(Loop loop, safety::Target target);

/// The question, and below it each key, each file that is read and the one that is written.
std::string enrolling_question(const Enrolling& host);

/// The keys as lines, indented: "  256 SHA256:… cache.lxd (ED25519)".
std::string shown_keys(const Enrolling& host);

/// What somebody typed, or gave as fingerprints: accepts the keys that are meant. kDeclined, kRefused for a fingerprint
/// that the host does not show.
Result<void> accept_typed(Enrolling& host, std::string_view answer);
Result<void> accept_given(Enrolling& host, const std::vector<std::string>& fingerprints);

/// Records what was accepted: in the audit log what is about to be written, in known_hosts the keys, in the log that it
/// was. What others wrote meanwhile counts. kAudit when the log cannot be written; kRefused as files_know_host; errors
/// as append_to_known_hosts besides.
Result<void> record_host(Program& program, Enrolling& host);

}  // namespace runbook::cli
