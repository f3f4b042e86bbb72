// Taking back what a run changed: in reverse order, each change only while what it set still stands, and after it again
// what made it count (activate).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "run/asker.h"
#include "run/session.h"
#include "run/standing.h"
#include "safety/plan.h"

namespace runbook::run {

/// The plan that takes these changes back, and what it leaves out and why.
struct UndoPlan {
  safety::Plan plan;
  std::vector<std::string> left;     // "maxmemory of cache-1 was set to 64 MiB meanwhile: left alone"
  std::vector<std::string> settled;  // "it is back already"; needs nothing
};
Task<Result<UndoPlan>> plan_undo(Session& session, std::string_view run, const std::vector<Standing>& standing);

/// Undoes the session's own changes: plans, passes the gate, carries out. The ending's exit is 6 when all is back, 7
/// when not.
Task<Result<Ending>> undo_own(Session& session, Asker& asker);

/// Undoes an earlier run: looks first, then as above; the exit is 0 when all is back. `standing` is not empty.
Task<Result<Ending>> undo_run(Session& session, Asker& asker, std::string_view run,
                              const std::vector<Standing>& standing);

/// Plans only: what an undo of that run would do.
Task<Result<Ending>> undo_dry(Session& session, std::string_view run, const std::vector<Standing>& standing);

}  // namespace runbook::run
