// Whole numbers as records hold them: JSON has only numbers, and a record that somebody made may hold any.
#pragma once

#include <cstdint>

#include "base/value.h"

namespace runbook::safety {

/// A count, an audit number, milliseconds: 0 for what is negative or no number, and at most 2^53 - 1.
inline std::uint64_t whole(const Value& value) {
  constexpr double kMost = 9007199254740991.0;
  const double number = value.number_or(0);
  if (!(number > 0)) return 0;
  return number < kMost ? static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(kMost);
}

}  // namespace runbook::safety
