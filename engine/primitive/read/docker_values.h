// Answers of Docker Engines to values that playbooks see. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/value.h"

namespace runbook::primitive {

/// "/web", as docker writes names in most places → "web".
std::string_view plain_name(std::string_view name);

/// Whether a container of that name and id is one that was kept when `of` was made anew: NAME.before-ID or
/// NAME.after-ID, with its own short id. What a person called so is not.
bool is_kept(std::string_view name, std::string_view id, std::string_view of);

/// "2026-11-21T12:40:02.075511034Z" to milliseconds since 1970; nothing for docker's "never" (the year 1) and for what
/// is no time.
std::optional<double> parse_utc(std::string_view text);

/// The time as docker wrote it; null for "never".
Value time_or_null(const Value& text);

/// The names of a list of environment variables ("NAME=value"), each with `true`. Their values stay here.
Value::Map environment_keys(const Value& list);

/// The same with values that the door of answers hides, whatever they are (base/redaction/redactor.h).
Value::Map hidden_environment(const Value& list);

/// What `docker inspect` says of a container, as container.state gives it.
Value::Map container_state(const Value& inspect, double now_ms);

/// One reading of its statistics, as container.stats gives it.
Value::Map container_stats(const Value& stats);

}  // namespace runbook::primitive
