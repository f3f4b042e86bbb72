// Going on with a run that was interrupted: by ^C, a lost terminal, a killed process, a machine that went down.
//
// It stays the same run: its records get more, so that its report tells the whole story and its undo takes everything
// back. What was in hand is settled first, by its own read or by the operator; then it looks anew; then the rest of a
// plan that was on its way is proposed. Its gate is asked again, for whoever resumes may be somebody else.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/task.h"
#include "run/asker.h"
#include "run/run.h"

namespace runbook::run {

/// A run that can go on, as the log tells it.
struct Interrupted {
  Request request{};  // as it was started; `resumes` is not set
  Value began{};      // its RUN_START
};

/// kNotFound for a run that the log does not know; kUsage for one that came to its end, that only looked or undid, or
/// that is still running; with what to do instead.
Result<Interrupted> interrupted_run(safety::Journal& journal, std::string_view run);

/// Goes on with it; `run` was made of its request with `resumes` set. Ends as a guided run does. kRefused for what has
/// changed since, and for a change whose fate nobody knows.
Task<Result<Ending>> resume(Run& run, Asker& asker, const Value& began, bool accept_changed);

/// Looks, and shows what going on would do; `run` is a dry run of its own.
Task<Result<Ending>> resume_dry(Run& run, Asker& asker, std::string interrupted, const Value& began);

}  // namespace runbook::run
