// The one door through which a run reaches the world.
//
// DryExecutor (dry_executor.h) is built from the read rows only. LiveExecutor (live/) adds changes and is linked into
// the live program alone. Which of them a run holds is decided once, where it is constructed; nobody asks for a mode.
#pragma once

#include <string>

#include "base/error.h"
#include "base/task.h"
#include "base/value.h"
#include "safety/call.h"
#include "safety/gate.h"
#include "safety/plan.h"

namespace runbook::safety {

/// What became of one change.
struct Outcome {
  enum class Status {
    kApplied,
    kSkipped /* already so */,
    kVanished /* a member of a selection that is gone, left out */,
    kRefused /* its guard does not hold */,
    kStale,
    kNotApplied /* refused by the target */,
    kFailed,
    kInDoubt
  };
  Status status = Status::kFailed;
  Value after{};             // the state read back; null when unread or absent
  Error error{};             // for all but kApplied and kSkipped
  std::string said{};        // by what was run, the end of it
  std::uint64_t intent = 0;  // audit sequence number; 0 when no INTENT was written
};

std::string_view name_of(Outcome::Status status);

class Executor {
 public:
  virtual ~Executor() = default;

  /// Reads. A row that is no read row, an unknown target or wrong arguments are refused.
  virtual Task<Result<Value>> invoke(const Call& call) = 0;

  /// Carries out one item of an approved plan, a change. Fails before anything happened when the approval, the
  /// evidence, the state or the log stand against it.
  virtual Task<Result<Outcome>> invoke(const Plan& plan, const Approval& approval, std::size_t item) = 0;
};

}  // namespace runbook::safety
