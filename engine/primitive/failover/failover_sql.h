// What the monitor of pg_auto_failover knows of its nodes, as SQL: which of them takes writes, and which may be
// promoted.
//
// These are texts because one rule is asked in two places: by the reader, and within the statement that orders a
// failover, where the monitor itself compares right before it acts. In each `n` is a row of pgautofailover.node, and
// `p` that of the primary of its group.
//
// A keeper reports once in a second in which state its node is, and is told which one it is to become; both stand in
// the row. The states are those of the "Failover State Machine" of pg_auto_failover 2.0:
//
//   single, wait_primary    takes writes, and waits for no standby: what was committed may be nowhere else
//   primary                 takes writes, and a commit waits for a standby of the quorum
//   secondary               follows the primary, and has what was committed
//   catchingup, …           does not have all of it
//   draining, demote_timeout, demoted; prepare_promotion, stop_replication      on the way from one primary to another
#pragma once

#include <string>

namespace runbook::primitive {

/// The states in which a node takes writes, as SQL has a list: ('single', …).
extern const char* const kWritingStates;

/// How `p` is found for `n`: a condition of a join. During a failover there is none.
std::string is_primary_of_group();

/// Why `n` takes no writes, as far as the monitor knows; NULL when it does.
std::string why_no_writes();

/// Why `n` may not be promoted without losing what was committed, or would not be; NULL when it may. `p` may be NULL.
std::string why_not_promoted();

}  // namespace runbook::primitive
