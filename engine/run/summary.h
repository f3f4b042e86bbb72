// A run from its records: what `run -o json` and `report` show.
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

/// The runs that went on from this one, because its playbook pointed to another; in the order in which they began.
Result<std::vector<std::string>> followers_of(const safety::Journal& journal, std::string_view run);

/// A Markdown report: what was seen, decided, changed and verified, by whom and when. All remote text is escaped.
std::string report(std::span<const safety::Record> records, const std::vector<std::string>& followers);

}  // namespace runbook::run
