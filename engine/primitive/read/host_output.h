// What the programs of a host print, as values. Pure; the text is foreign.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// /proc/loadavg: {one, five, fifteen, running, processes}. kProtocol.
Result<Value> parse_loadavg(std::string_view text);

/// /proc/meminfo: {total, available, free, buffers, cached, swap_total, swap_free, swap_used, used} in bytes, and
/// used_percent. kProtocol when it names no total.
Result<Value> parse_meminfo(std::string_view text);

/// `df -P -B 1 -T`: a list of {device, type, mount, size, used, available, percent}; bytes. kProtocol.
Result<Value> parse_df(std::string_view text);

/// `getent ahosts`: a list of addresses, each once. kProtocol for a line without one.
Result<Value> parse_ahosts(std::string_view text);

/// `date +%s.%N`: seconds since 1970. Without a fraction where date knows none. kProtocol.
Result<double> parse_seconds(std::string_view text);

/// `systemctl show -p …`: a table of text by property, the first value of each.
Value parse_properties(std::string_view text);

}  // namespace runbook::primitive
