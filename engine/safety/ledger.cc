#include "safety/ledger.h"

#include "base/text.h"

namespace runbook::safety {

Result<void> EvidenceLedger::require_fresh(const std::string& target) const {
  const auto seen = seen_.find(target);
  if (seen == seen_.end()) {
    return Error{.code = Code::kRefused,
                 .message = "no evidence of " + target + " was stored in this run",
                 .where = target,
                 .next = "looking comes first: the playbook's evidence must read this target"};
  }
  const auto old = age(seen->second, clock_.now());
  if (old > kEvidenceValidity) {
    return Error{.code = Code::kRefused,
                 .message = "the evidence of " + target + " is " + duration_text(old) + " old, older than " +
                            duration_text(kEvidenceValidity),
                 .where = target,
                 .next = "look again"};
  }
  return {};
}

bool EvidenceLedger::stale(const std::string& target) const {
  const auto seen = seen_.find(target);
  return seen != seen_.end() && age(seen->second, clock_.now()) > kEvidenceValidity;
}

}  // namespace runbook::safety
