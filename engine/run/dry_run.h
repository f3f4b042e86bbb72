// A dry run: look, diagnose, and show the plan of every mitigation that answers the first finding.
#pragma once

#include "run/run.h"

namespace runbook::run {

/// `mitigate` names the only mitigation to plan, also one that is not called for; empty for all that answer. Where all
/// is well only a hold is planned, as in a live run. The ending's exit is 0 for a dry run that finished; `would_change`
/// tells whether a plan holds a change.
struct DryEnding {
  Ending ending;
  bool would_change = false;
};
Task<Result<DryEnding>> dry_run(Run& run, Asker& asker, const std::string& mitigate);

}  // namespace runbook::run
