// What may be asked about other targets from where one is: whether a connection to it can be made, and what its name
// resolves to. Only of what the inventory declares: a name that a playbook made up could carry data out.
#pragma once

#include <span>
#include <string>

namespace runbook::guard {

/// "host:port" of targets.
using Peers = std::span<const std::string>;

/// nc -z -w SECONDS HOST PORT: connects, says nothing, and ends.
bool is_knock(std::span<const std::string> argv, Peers peers);

/// getent ahosts HOST, or ahostsv4, or ahostsv6.
bool is_lookup(std::span<const std::string> argv, Peers peers);

}  // namespace runbook::guard
