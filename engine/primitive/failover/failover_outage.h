// How long a group of pg_auto_failover had no writable primary the last time, as its monitor's events tell. Pure.
//
// It begins when the monitor marked the primary as unhealthy, or told it to become something else. Where the keeper of
// that primary fell silent before, and was not heard of since, it begins with its last report, which is nearer to the
// truth: a keeper reports once in a second. It ends when a node reported that it takes writes.
#pragma once

#include "base/value.h"

namespace runbook::primitive {

/// Events, the oldest first, each {at, time, node, writes, fell_ill, got_well, heard, heard_time, silent_after, now}:
/// times in seconds since 1970 and as text, `heard` the last report of that node, until now.
///   {from, from_by, to, seconds, ago_s}   of the last time; from_by: "report" or "monitor"
///   {from, from_by, lasts_s}                 while it lasts
///   null                                     when the events tell of none
Value failover_outage(const Value& events);

}  // namespace runbook::primitive
