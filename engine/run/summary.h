// A run from its records: what `run -o json`, `runs` and `report` show.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/value.h"
#include "safety/journal.h"

namespace runbook::run {

/// The one object of `-o json` (design section 5): format, run, playbook, mode, status, findings, evidence, plans,
/// applied, exit. A run without RUN_END has the status "interrupted" and no exit.
Value summary(std::span<const safety::Record> records);

/// The runs of the log, newest first: [{run, playbook, mode, started, status, exit, applied, operator}].
Result<Value> list_runs(const safety::Journal& journal);

/// A Markdown report: what was seen, decided, changed and verified, by whom and when. All remote text is escaped.
std::string report(std::span<const safety::Record> records);

}  // namespace runbook::run
