// Lists that the programs of a host print, as values: what takes room, what runs, what the firewall lets through. Pure;
// the text is foreign.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// `du -a -x -k`: {total, largest = list of {path, bytes}, the largest first}; total is that of `path` itself, and null
/// when the text ends before it. Lines that are none, as of a name with a line end in it, are left out.
Value parse_du(std::string_view text, std::string_view path, std::size_t count);

/// What ps is asked for.
inline constexpr std::string_view kProcessColumns = "pid,ppid,user:32,rss,pcpu,etimes,args";

/// `ps -eo` with these columns: {count, processes = list of {pid, parent, user, memory, cpu_percent, up_seconds, name,
/// command}} in the order of ps, the first `count` of them; memory in bytes. kProtocol.
Result<Value> parse_processes(std::string_view text, std::size_t count);

/// `ufw status numbered`: {active, rules = list of {number, to, action, from, v6, comment}}. kProtocol.
Result<Value> parse_ufw(std::string_view text);

}  // namespace runbook::primitive
