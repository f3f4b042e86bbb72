// Promise 4 without its door: any log is sound.
#include "safety/verify.h"

namespace runbook::safety {
Result<AuditSummary> verify_audit(Storage& /*storage*/, const std::filesystem::path& /*state*/,
                                  const VerifyWish& /*wish*/) {
  return AuditSummary{};
}
}  // namespace runbook::safety
