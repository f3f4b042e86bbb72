// Nodes of a pg_auto_failover monitor, one row each, to the groups that they form. Pure.
#pragma once

#include "base/value.h"

namespace runbook::primitive {

/// Nodes as the reader asks for them, in the order of formation and group, to a list of
///   {formation, group, primary = {id, name, address}, writable, why, under_way, may_fail_over, why_not, nodes}
/// primary: that says it is one, and is told to stay it; none while a failover is under way. writable: that the monitor
/// finds it well, else `why` it does not. may_fail_over: that a node may be promoted, else `why_not`, node by node.
Value::List failover_groups(const Value& nodes);

}  // namespace runbook::primitive
