// The end of a rule of ufw that is to last for a time: a timer of systemd on the host, which needs nobody.
//
// It is no transient one, as systemd-run makes them: rules of ufw survive a restart of the host, and so must what ends
// them. Its two files lie in /etc/systemd/system and it is enabled; after a restart it begins to count anew. What it
// starts deletes the rule, and then the two files.
#pragma once

#include <chrono>
#include <vector>

#include "primitive/ufw/ufw_rule.h"
#include "safety/change.h"

namespace runbook::primitive {

/// The commands that start it, as whom the change runs: so many.
inline constexpr std::size_t kUfwEndBegins = 4;
std::vector<safety::Words> begin_ufw_end(const safety::Change& change, const UfwRule& rule, std::chrono::seconds lasts);

/// The commands that take it away, whether or not it is over.
std::vector<safety::Words> remove_ufw_end(const safety::Change& change, const UfwRule& rule);

}  // namespace runbook::primitive
