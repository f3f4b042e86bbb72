// Which commands may be run inside a container without a permit: those that look. The guard's own list.
//
// Word for word, never shell text, and no more than is needed: files under /proc and /sys that tell of load and limits
// (never environ, maps or mem), what a resolver reads, ls, df, ps without environments, redis-cli with what the guard
// of Redis lets pass. A connection is tried only to an address that the inventory declares: a name that a playbook made
// up could carry data out.
#pragma once

#include <span>
#include <string>

#include "guard/permit.h"

namespace runbook::guard {

/// `peers`: "host:port" of targets.
bool is_exec_read(const Argv& argv, std::span<const std::string> peers);

}  // namespace runbook::guard
