#include "primitive/failover/failover_sql.h"

namespace runbook::primitive {

namespace {

// By its own setting the monitor holds a node that is silent for longer to be lost.
constexpr const char* kSilent =
    "clock_timestamp() - n.reporttime > current_setting('pgautofailover.node_considered_unhealthy_timeout')::interval";

constexpr const char* kSilentWords =
    "'its keeper was last heard of ' || round(extract(epoch FROM clock_timestamp() - n.reporttime)) || ' s ago'";

constexpr const char* kStateWords =
    "'it is ' || n.reportedstate::text"
    " || CASE WHEN n.goalstate = n.reportedstate THEN '' ELSE ', and told to become ' || n.goalstate::text END";

// A keeper may be silent while its PostgreSQL takes writes; a node without one cannot be promoted.
constexpr const char* kWhyNotAlive =
    "WHEN n.health <> 1 THEN 'the monitor cannot connect to it'"
    " WHEN NOT coalesce(n.reportedpgisrunning, false) THEN 'its keeper says that PostgreSQL does not run'";

}  // namespace

const char* const kWritingStates = "('single', 'wait_primary', 'primary', 'join_primary', 'apply_settings')";

std::string is_primary_of_group() {
  return std::string("p.formationid = n.formationid AND p.groupid = n.groupid AND p.reportedstate IN ") +
         kWritingStates + " AND p.goalstate IN " + kWritingStates;
}

std::string why_no_writes() {
  return std::string("CASE WHEN n.reportedstate NOT IN ") + kWritingStates + " OR n.goalstate NOT IN " +
         kWritingStates + " THEN " + kStateWords + " " + kWhyNotAlive + " END";
}

std::string why_not_promoted() {
  return std::string(
             "CASE WHEN p.nodeid = n.nodeid THEN 'it is the primary'"
             " WHEN n.reportedstate <> 'secondary' OR n.goalstate <> 'secondary' THEN ") +
         kStateWords + " " + kWhyNotAlive + " WHEN " + kSilent + " THEN " + kSilentWords +
         " WHEN n.candidatepriority <= 0 THEN 'its candidate priority is 0'"
         " WHEN NOT n.replicationquorum THEN 'it is not in the quorum: commits do not wait for it'"
         " WHEN p.nodeid IS NULL THEN 'there is no primary that it could follow'"
         " WHEN p.reportedstate <> 'primary' OR p.goalstate <> 'primary'"
         "  THEN 'commits do not wait for it: the primary is ' || p.reportedstate::text"
         " WHEN coalesce(p.reportedrepstate, '') NOT IN ('sync', 'quorum')"
         "  THEN 'the primary last reported replication as ' || coalesce(p.reportedrepstate, 'unknown')"
         " END";
}

}  // namespace runbook::primitive
