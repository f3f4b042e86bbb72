// Which targets this run has looked at, and when: what "looking comes first" is decided by.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/error.h"

namespace runbook::safety {

/// How old evidence may be when a change of its target begins.
inline constexpr std::chrono::minutes kEvidenceValidity{15};

class EvidenceLedger {
 public:
  explicit EvidenceLedger(const Clock& clock) : clock_(clock) {}

  /// Notes that evidence of this target, taken at `when`, is durably stored.
  void note(const std::string& target, const Moment& when) { seen_.insert_or_assign(target, when); }

  /// kRefused, saying what is missing, unless the target was looked at in this run within the last 15 minutes.
  [[nodiscard]] Result<void> require_fresh(const std::string& target) const;

  /// Whether the evidence of this target is there but too old.
  [[nodiscard]] bool stale(const std::string& target) const;

 private:
  const Clock& clock_;
  std::map<std::string, Moment> seen_;
};

}  // namespace runbook::safety
