// Amounts with a unit: "2s" and "5gb" beside plain numbers, so that a check reads as people say it.
//
// A size is a number of bytes, which is how readers give it. A time is compared in seconds; the unit of a plain number
// is in its name, as in `ms`, `skew_ms` or `uptime_in_seconds`. A number whose name tells no unit has none: a time
// compared with it does not hold, rather than in whichever unit somebody guessed.
#pragma once

#include <optional>
#include <string_view>

#include "base/value.h"

namespace runbook::safety {

struct Amount {
  double value = 0;   // seconds when it is a time; else bytes, or whatever a plain number counts
  bool time = false;  // "2s"; never a plain number
};

/// "2s", "10m" (a time), "5gb" (a size); text without a unit is no amount.
std::optional<Amount> parse_amount(std::string_view text);

/// What was found, as an amount to compare with `wanted`: a number, in the unit that `name` tells when a time is
/// wanted, or text with a unit. Nothing when the two cannot be compared.
std::optional<double> comparable(const Value& found, std::string_view name, const Amount& wanted);

}  // namespace runbook::safety
