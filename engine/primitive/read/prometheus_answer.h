// What Prometheus answers to a query (its HTTP API, version 1), as a playbook reads it. Pure.
//
// An empty answer is unknown and never zero: nobody measures what was asked for, the name is misspelled, the target is
// away. So it is an error (kNotFound), and what is decided by it counts as unread. The same holds for NaN, which is
// what a ratio of nothing gives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

inline constexpr std::size_t kMostSeries = 200;
inline constexpr std::size_t kMostPoints = 1000;

/// An instant answer: {type = scalar, string or vector, value, series = {{labels, value}}, total, warnings}. `value` is
/// there when there is exactly one series. A value that is NaN or infinite is left out of its series, and said there as
/// `odd`. At most 200 series; `total` counts all. kNotFound when nothing in it is known; kProtocol.
Result<Value> parse_instant(const Value& document);

/// An answer over time: {series = {{labels, points = {{at, value}}, first, last, min, max, mean}}, first, last, min,
/// max, mean, total, warnings}; the five stand at the top, too, when there is exactly one series. Times in seconds
/// since 1970.
Result<Value> parse_range(const Value& document);

/// {firing, pending, alerts = {{name, state, severity, labels, since, summary}}}, at most 200 of them.
Result<Value> parse_alerts(const Value& document);

/// {up, down, unknown, total, ailing = {{job, instance, health, error}}}, at most 200 of those that are not up.
Result<Value> parse_targets(const Value& document);

}  // namespace runbook::primitive
