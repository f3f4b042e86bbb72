// A plan: what the gate shows, what its digest stands for, what is carried out, audited and undone.
//
// The digest covers the hashes of all loaded sources, inputs, resolved targets, and for each change the calls, from,
// to, undo, guard and level, and all other items and checks: everything that decides what will happen. It covers no
// prose and no time, so the same plan made a minute later has the same digest.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/value.h"
#include "safety/goal.h"
#include "safety/item.h"
#include "safety/target.h"

namespace runbook::safety {

/// What is looked after when all is well again: polled for as long as `within`, or until it does not hold any more.
struct Watch {
  std::vector<Check> checks{};
  std::chrono::milliseconds within{0};
  std::string note{};  // for people: "the cache is cold"
};

struct Plan {
  std::string playbook{};
  std::string mitigation{};                      // "undo RUN" for the way back
  std::map<std::string, std::string> sources{};  // file → sha256 of all that was loaded
  Value inputs{};                                // the playbook's resolved inputs, targets by name
  std::vector<Target> targets{};                 // the targets of changes and checks, sorted by name
  std::vector<Item> items{};                     // in the order in which they are carried out
  Goal fixed_when{};
  std::optional<Watch> watch{};

  // Shown at the gate, not in the digest.
  std::string warning{};
  bool holds_only = false;      // cures nothing, buys time
  Value chosen = Value::Map{};  // what the mitigation asked for and was given
  bool unanchored = false;      // nobody outside has noted how the log went; one level higher
  bool called_for = true;       // false: the mitigation answers none of the findings; one level higher

  /// What the digest covers, as one value: stored in the PLAN record, so that a refusal can print the difference.
  [[nodiscard]] Value material() const;
  /// SHA-256 of the canonical JSON of `material`.
  [[nodiscard]] std::string digest() const;
  /// Whether there is nothing in it to be done, by anybody; barriers alone hold nothing back. Nobody is asked about it.
  [[nodiscard]] bool is_idle() const;
  /// The changes among the items, in their order.
  [[nodiscard]] std::vector<const Change*> changes() const;
  /// The level of the worst item, one higher when not called for, when it changes several targets, and when the log is
  /// unanchored; 0 for a plan without items.
  [[nodiscard]] int level() const;
  /// The names of the targets that would be changed, sorted, each once.
  [[nodiscard]] std::vector<std::string> changed_targets() const;
  /// The target of that name. A plan names no others.
  [[nodiscard]] const Target* target(std::string_view name) const;
  /// The form in audit records and `-o json`.
  [[nodiscard]] Value to_value() const;
  /// What to_value tells, read back: all but playbook, sources, inputs and targets, which are those of the run.
  /// kAudit, kPlaybook for what is no plan.
  static Result<Plan> from_value(const Value& value);
};

/// The members in which two digest materials differ: "changes.1.from: 16777216 → 33554432", one line each.
std::vector<std::string> differences(const Value& before, const Value& now);

}  // namespace runbook::safety
