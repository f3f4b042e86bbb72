// What diagnose said about the evidence, and how a mitigation stands to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "run/link.h"
#include "run/playbook.h"

namespace runbook::run {

struct Finding {
  std::string name{};
  std::string text{};
  std::string next{};          // what the playbook says is to be done; may be empty
  std::optional<Link> link{};  // the playbook that goes on from here
};

struct Verdict {
  std::string kind{};               // "finding", "healthy", "unfit", "unclear"
  std::string text{};               // of the three that are no finding
  std::string next{};               // of unfit, as in a finding
  std::optional<Link> link{};       // the playbook that does fit
  std::vector<Finding> findings{};  // causes first
  std::vector<std::string> ruled_out{};
  std::vector<std::string> unread{};  // declared readings that could not be read
};

/// What the worker answered: {verdict, text, findings, next, link}. `unread` names the readings that failed; "healthy"
/// beside them becomes "unclear".
Verdict verdict_from(const Value& answer, const Playbook& book, const std::vector<std::string>& unread);
/// The data of the VERDICT record.
Value verdict_value(const Verdict& verdict);

/// The playbooks that the verdict points to, each once, in order.
std::vector<Link> links_of(const Verdict& verdict);

/// The mitigations that answer the first finding and can be used (may_be_used); in the playbook's order.
std::vector<const Mitigation*> answers_to(const Playbook& book, const Verdict& verdict);
/// kRefused when the verdict holds something that this mitigation must not be used with; and as check_needs.
Result<void> may_be_used(const Mitigation& mitigation, const Verdict& verdict);

/// Whether all is well and nothing is left to do: `wanted`, which the operator asked for, is null or no hold.
bool nothing_to_do(const Verdict& verdict, const Mitigation* wanted);
/// "raise-limit was asked for, but all is well: nothing to do"; empty when nothing was.
std::string nothing_to_do_text(const Mitigation* wanted);

/// Whether what was found calls for this mitigation: it answers the first finding, or buys time while there is one.
/// Else its plan is one level higher.
bool called_for(const Mitigation& mitigation, const Verdict& verdict);

}  // namespace runbook::run
