// Approvals by digest: the PLAN record that a digest stands for.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "safety/evidence.h"
#include "safety/journal.h"
#include "safety/plan.h"

namespace runbook::run {

/// The plan that somebody approved by its digest.
struct RecordedPlan {
  std::string digest;
  Value material;  // what the digest was made of; null when it is not there any more
  Moment recorded;
  std::string run;
};

/// The newest PLAN record whose digest begins with `approve`. kRefused when the log has none, or when it is older than
/// an approval counts.
Result<RecordedPlan> find_approved(const safety::Journal& journal, const safety::EvidenceStore& evidence,
                                   const Clock& clock, std::string_view approve);

}  // namespace runbook::run
