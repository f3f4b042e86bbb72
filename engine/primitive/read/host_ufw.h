// What readers and changes of ufw's rules ask a host.
#pragma once

#include "base/error.h"
#include "base/task.h"
#include "primitive/reach.h"
#include "primitive/ufw/ufw_rule.h"

namespace runbook::primitive {

/// What systemd there still has to do about a rule.
struct UfwTimers {
  bool unconfirmed = false;  // to take back the last change of it, or it is at it
  bool ends = false;         // to end it
};
/// kNotFound when the host has no systemd; else as hear_host.
Task<Result<UfwTimers>> ask_ufw_timers(Reach& reach, const safety::Target& target, const UfwRule& rule);

}  // namespace runbook::primitive
