#include "run/approvals.h"

#include "base/json.h"
#include "base/text.h"
#include "safety/gate.h"

namespace runbook::run {

Result<RecordedPlan> find_approved(const safety::Journal& journal, const safety::EvidenceStore& evidence,
                                   const Clock& clock, std::string_view approve) {
  std::optional<RecordedPlan> found;
  const auto visit = [&](const safety::Record& record) {
    const auto digest = record.data["digest"].text_or("");
    if (record.type != "PLAN" || !digest.starts_with(approve)) return;
    found = RecordedPlan{.digest = std::string(digest), .material = {}, .recorded = record.moment, .run = record.run};
  };
  RUNBOOK_CHECK(journal.for_each_within(safety::kApprovalValidity, visit));
  if (!found) {
    return Error{.code = Code::kRefused,
                 .message = "no plan with the digest " + escaped(approve, 64) + " was recorded here in the last " +
                            duration_text(safety::kApprovalValidity),
                 .next = "a dry run shows the plan and its digest"};
  }
  const auto old = age(found->recorded, clock.now());
  if (old > safety::kApprovalValidity) {
    return Error{.code = Code::kRefused,
                 .message = "the plan " + found->digest.substr(0, 12) + " was made " + duration_text(old) +
                            " ago; an approval counts for " + duration_text(safety::kApprovalValidity),
                 .next = "a new dry run shows the plan of now"};
  }
  if (const auto stored = evidence.read(found->digest)) {
    if (auto material = parse_json(*stored)) found->material = std::move(*material);
  }
  return *found;
}

}  // namespace runbook::run
