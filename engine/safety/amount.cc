#include "safety/amount.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::safety {

namespace {

constexpr double kMsInSecond = 1e3;
constexpr double kUsInSecond = 1e6;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// What one of the words of a name says about the unit of its number, in seconds.
std::optional<double> seconds_in_unit(std::string_view name) {
  for (const auto word : split(name, '_')) {
    if (word == "ms" || word == "milliseconds") return 1 / kMsInSecond;
    if (word == "us" || word == "usec" || word == "microseconds") return 1 / kUsInSecond;
    if (word == "s" || word == "sec" || word == "seconds") return 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Amount> parse_amount(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), is_letter)) return std::nullopt;
  if (const auto time = parse_duration(text)) {
    return Amount{.value = static_cast<double>(time->count()) / kMsInSecond, .time = true};
  }
  if (const auto bytes = parse_bytes(text)) return Amount{.value = static_cast<double>(*bytes)};
  return std::nullopt;
}

std::optional<double> comparable(const Value& found, std::string_view name, const Amount& wanted) {
  if (const auto* number = found.as_number()) {
    if (!wanted.time) return *number;
    const auto unit = seconds_in_unit(name);
    return unit ? std::optional(*number * *unit) : std::nullopt;
  }
  const auto amount = parse_amount(found.text_or(""));
  return amount && amount->time == wanted.time ? std::optional(amount->value) : std::nullopt;
}

}  // namespace runbook::safety
