// What is to become true, and by when: the end of a plan, a barrier within it.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/value.h"
#include "safety/check.h"
#include "safety/whole.h"

namespace runbook::safety {

struct Goal {
  std::vector<Check> checks{};
  std::chrono::milliseconds within{30'000};  // all must hold at the latest after this
  std::chrono::milliseconds holds{0};        // and for this long without a break

  /// {"checks", "within_ms", "holds_ms"}; with text beside each check when it is for people.
  [[nodiscard]] Value to_value(bool with_text) const {
    return Value::Map{
        {"checks", checks_value(checks, with_text)}, {"within_ms", within.count()}, {"holds_ms", holds.count()}};
  }
  /// The inverse of to_value. kPlaybook for a check of the wrong shape.
  static Result<Goal> from_value(const Value& value) {
    RUNBOOK_TRY(checks, checks_from_value(value["checks"]));
    return Goal{.checks = std::move(checks),
                .within = std::chrono::milliseconds(whole(value["within_ms"])),
                .holds = std::chrono::milliseconds(whole(value["holds_ms"]))};
  }
};

}  // namespace runbook::safety
