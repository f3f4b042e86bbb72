// `runbook check`: everything that can be said of a playbook without a target.
//
// Two sources of truth. Its worker tries every slot out with stand-ins for what a look would give (stdlib/inspect.lua):
// names, arguments and types are held to the rules of a run, by the code of a run. And its text is read (lint/names.h),
// for the branches that trying out does not reach. Loading for a check does nothing else: no target, no state
// directory, no log.
//
// A worker for each playbook, because nothing of one may reach the next; several at a time.
#pragma once

#include <string>
#include <vector>

#include "lint/diagnostic.h"
#include "lint/inspection.h"

namespace runbook::lint {

/// Checks playbooks, by name or path; what was found of each, in their order and sorted by line.
/// Runs the loop until it is done.
std::vector<Diagnostics> check_playbooks(const Bench& bench, const std::vector<std::string>& books);

}  // namespace runbook::lint
