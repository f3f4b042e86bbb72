// From a plan to what became of it: locks, gate, one item after the other. Runs and undos take the same way.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/task.h"
#include "run/asker.h"
#include "run/session.h"
#include "safety/executor.h"
#include "safety/plan.h"

namespace runbook::run {

struct CarriedOut {
  std::size_t next = 0;                                   // the item (0, 1 …) to go on with: the one it stopped at
  std::set<std::size_t> applied{};                        // the items (1, 2 …) whose change was applied
  std::map<std::size_t, std::set<std::string>> failed{};  // of each group, the members that failed
  bool changed = false;                                   // something stands changed, or may
  bool complete = false;                                  // every item was done, was so already, or may have failed
  std::optional<Error> stopped_by{};                      // what ended it early; nothing when complete or interrupted
};

/// Locks the plan's targets, asks the gate, and carries the items out in order until one of them fails; records GATE,
/// BARRIER, FAILED_MEMBERS, MANUAL and LEFT_OUT; looks again at a target whose evidence grew old on the way. The locks
/// are freed when this returns. kRefused when a lock is held or the gate refuses, kDeclined, kUnasked, kAudit, kStale
/// when the state moved while the question stood. An approval in `given` for a plan of the same digest is not asked for
/// again; one that is given now is left there. `so_far` is what an earlier call came to: it goes on from there.
Task<Result<CarriedOut>> carry_out(Session& session, const safety::Plan& plan, Asker& asker,
                                   std::optional<safety::Approval>& given, CarriedOut so_far);

/// The same by a person (by_hand.h): locks, barriers and order are those of the plan, no gate is asked, nothing but
/// reads is sent. kRefused when a lock is held, kDeclined when the operator stops before anything was done.
Task<Result<CarriedOut>> carry_out_by_hand(Session& session, const safety::Plan& plan, Asker& asker);

}  // namespace runbook::run
