// A playbook as a page that people read in an incident: what it is for, what it looks at, what it can find, what it may
// change and how that is taken back, and what that looked like in its recorded worlds.
//
// A plan is code, so what a mitigation changes is told twice: in general, from the outline of the playbook
// (run/outline.h, with words in angle brackets for what only a look can tell), and exactly, from the plan that was made
// in a recorded world. That plan stands in the words of the gate (cli/plan_text.h): who read it here recognises it
// there.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/value.h"
#include "replay/recorded_world.h"
#include "run/playbook.h"
#include "safety/change_row.h"
#include "safety/row.h"

namespace runbook::cli {

/// A recorded world, and what a run in it shows.
struct WorldOnPage {
  replay::RecordedWorld world;
  Value verdict;           // as it is recorded: {findings: [{name, next, link}], …}
  Value plan;              // of the mitigation that was taken; null when none was
  std::string transcript;  // of the run that took it, else of the look
};

struct Rows {
  std::span<const safety::ReadRow> reads;
  std::span<const safety::ChangeRow> changes;
};

/// The inputs with which an outline of the playbook is told: "<redis>" for a target or a text.
Value blank_inputs(const run::Playbook& book);

/// {format, book, summary, notes: [text], alerts, severity, owner, read_only, inputs: [{name, kind, label, many,
/// optional, default}], looks: [{name, call, doc}], looks_problem, findings: [{name, meaning, answered_by, next}],
/// mitigations: [{name, answers, not_while, needs, asks, warning, hold, steps: [text], checks: [text], within, holds,
/// problem, recorded: {world, level, plan} or null}], watch, follow_up: [{after, text}], worlds: [{name, about,
/// verdict, mitigation, exit, transcript}]}
Value book_page(const run::Playbook& book, const Value& outline, const Rows& rows,
                const std::vector<WorldOnPage>& worlds);

/// The page as Markdown.
std::string page_markdown(const Value& page);

}  // namespace runbook::cli
