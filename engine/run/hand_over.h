// Handing over: what whoever comes next needs to know, from what the run has recorded so far.
#pragma once

#include <string>

#include "run/session.h"
#include "run/verdict.h"

namespace runbook::run {

/// Records HAND_OVER: {note, known, done, stands, next}, each but the note a list of sentences. `note` is what the
/// operator adds.
Result<void> hand_over(Session& session, const Playbook& book, const Verdict& verdict, const std::string& note);

}  // namespace runbook::run
