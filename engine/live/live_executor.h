// The executor that changes things: the only maker of Permits.
//
// For each change, in this order, and each step can only refuse:
//   the approval stands for this very plan → evidence of this very target, fresh, and all of this run's stored → no
//   open INTENT on it → the log can take both records → what it destroys is stored → its guard holds → the state is
//   still `from` → INTENT on disk → Permit → call → state read back → OUTCOME on disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "safety/applier.h"
#include "safety/change_row.h"
#include "safety/evidence.h"
#include "safety/executor.h"
#include "safety/journal.h"
#include "safety/ledger.h"
#include "safety/way.h"

namespace runbook::live {

struct LiveParts {
  std::string run;
  safety::TargetLookup targets;
  std::unique_ptr<safety::Executor> reads;  // whoever answers reads; what changes things is in the appliers alone
  std::function<const safety::ChangeRow*(std::string_view)> changes;
  std::vector<safety::Applier> appliers;
  safety::Journal& journal;
  safety::EvidenceStore& evidence;
  const safety::EvidenceLedger& ledger;
  std::function<Task<Result<void>>(safety::Call)> keep;  // makes a call, and stores durably what it answers
  safety::WayLookup way{};                               // for the records of what is sent
};

class LiveExecutor final : public safety::Executor {
 public:
  explicit LiveExecutor(LiveParts parts);

  Task<Result<Value>> invoke(const safety::Call& call) override;
  /// kRefused, kAudit or kStorage when nothing was sent; after the INTENT an Outcome, or kAudit when its record could
  /// not be written.
  Task<Result<safety::Outcome>> invoke(const safety::Plan& plan, const safety::Approval& approval,
                                       std::size_t item) override;

 private:
  /// Why its guard does not hold; nothing when it does.
  Task<std::string> guarded_against(const safety::Change& change);
  Task<Result<safety::Seen>> read_state(const safety::ChangeRow& row, const safety::Change& change);
  Result<void> may_start(const safety::Plan& plan, const safety::Approval& approval,
                         const safety::Change& change) const;
  [[nodiscard]] const safety::Applier* applier_of(const safety::Change& change) const;
  /// Why what the change destroys is not stored; nothing when it is.
  Task<std::string> lost_unkept(const safety::Change& change);
  /// What stands against sending it now, as the outcome that it has then; nothing when it may be sent.
  Task<Result<std::optional<safety::Outcome>>> not_now(const safety::ChangeRow& row, const safety::Change& change);
  Task<Result<std::string>> bytes_of(const safety::Applier& applier, const safety::Change& change,
                                     const Value& word) const;
  Task<Result<std::vector<guard::Argv>>> words_to_send(const safety::Applier& applier,
                                                       const safety::Change& change) const;
  /// What it said; `change` gets its handle, where it has one.
  Task<Result<safety::Sent>> send(const safety::Applier& applier, safety::Change& change, const guard::Permit& permit);
  Task<safety::Outcome> carry_out(const safety::ChangeRow& row, const safety::Applier& applier, safety::Change change,
                                  const guard::Permit& permit);

  LiveParts parts_;
};

}  // namespace runbook::live
