// What must be true of a playbook as a whole: every mitigation can be reached, does something, has a way back or says
// why not, and says what will count as fixed; every finding leads somewhere.
#pragma once

#include <span>

#include "base/value.h"
#include "lint/diagnostic.h"
#include "lint/names.h"
#include "lint/slot_lines.h"
#include "run/playbook.h"
#include "safety/change_row.h"

namespace runbook::lint {

struct Subject {
  const run::Playbook& book;
  const Value& inspection;  // what stdlib/inspect.lua told
  const Usage& usage;
  const SlotLines& lines;
  std::span<const safety::ChangeRow> changes;
};

void check_rules(const Subject& subject, Diagnostics& out);

/// The problems that trying the slots out met.
void check_problems(const run::Playbook& book, const Value& inspection, Diagnostics& out);

/// "file:12" → 12; 1 when there is no line.
int line_of(std::string_view where);

}  // namespace runbook::lint
