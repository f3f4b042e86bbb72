// Promise 4 without its door: any log is sound.
#include "safety/verify.h"

namespace runbook::safety {
Result<AuditSummary> verify_audit(Storage& /*storage*/, const std::filesystem::path& /*state*/,
                                  const std::vector<Note>& /*notes*/) {
  return AuditSummary{};
}
Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state) {
  return verify_audit(storage, state, {});
}
}  // namespace runbook::safety
