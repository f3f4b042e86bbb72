// A check: a reader that was recorded instead of run, a path into its result, and a comparison.
//
// Checks are values. The plan carries them, so what will count as fixed is part of what is approved, and they can be
// evaluated by a later process that has never seen the playbook.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/value.h"
#include "safety/call.h"

namespace runbook::safety {

struct Check {
  Call call;
  std::vector<std::string> path;  // members to follow in the result; list positions count from "1"
  std::string compare;  // is, is_not, is_absent, at_least, at_most, below, above, has, has_not, matches, stays_flat
  Value operand{};      // null for is_absent and stays_flat; an amount (safety/amount.h) stays as it was written
  std::chrono::milliseconds lasting{0};
  std::string member{};  // the member of a group that it speaks for; empty outside of groups

  /// "redis.info memory .used below 100"
  [[nodiscard]] std::string text() const;
  [[nodiscard]] Value to_value() const;
  /// Reads what the worker sent, or what a plan record holds. kPlaybook when the shape is wrong.
  static Result<Check> from_value(const Value& value);
};

/// The form in records and digests. Those for people also have `text`.
Value checks_value(const std::vector<Check>& checks, bool with_text);
/// The inverse of checks_value. kPlaybook when the shape of one is wrong.
Result<std::vector<Check>> checks_from_value(const Value& list);

struct CheckResult {
  bool holds = false;
  std::string got;  // the value found, or the error, unescaped
};

/// Compares one reading with what the check wants. `first` is the value at the first evaluation, which stays_flat
/// compares with; null at the first evaluation itself.
CheckResult evaluate(const Check& check, const Result<Value>& reading, const Value& first);

/// The part of a reading that the check looks at; null when there is no such part.
const Value& at_path(const Value& reading, const std::vector<std::string>& path);

}  // namespace runbook::safety
