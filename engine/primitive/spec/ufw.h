// What the rows of rules of ufw and their applier agree on.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/value.h"

namespace runbook::primitive {

/// The calls of such a change: before this one the host is told what ends the rule, and what takes the change back;
/// this one changes the rule; the next one, which is sent over a new login, stops the timer that takes it back; what
/// comes behind is sent when that went well.
std::size_t ufw_rule_call(const Value& args);

/// What is sent when it does not go well: first the opposite rule, then the end of the timer, then that of what ends
/// it.
inline constexpr std::size_t kUfwBack = 0;
inline constexpr std::size_t kUfwBeyondRule = 2;

/// How long the host waits for a new login before it takes the change back: `unless_confirmed`, in seconds.
std::chrono::seconds ufw_confirm_time(const Value& args);

}  // namespace runbook::primitive
