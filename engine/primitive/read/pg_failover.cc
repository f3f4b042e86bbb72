// Readers of a monitor of pg_auto_failover: its groups, their nodes, its events, and how long nobody could write.
//
// They read its tables; of its functions none is called. The role that looks needs USAGE on the schema pgautofailover
// and SELECT on its tables.
#include "base/json.h"
#include "base/text.h"
#include "primitive/failover/failover_groups.h"
#include "primitive/failover/failover_outage.h"
#include "primitive/failover/failover_sql.h"
#include "primitive/read/ask_postgres.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr const char* kFormation = "default";

std::string formation_of(const Value& args) { return std::string(args["formation"].text_or(kFormation)); }
std::string group_of(const Value& args) { return to_json(args["group"].is_null() ? Value(0) : args["group"]); }

// A database without the tables of a monitor.
Error told(Error error) {
  if (error.message.find("42P01") == std::string::npos) return error;
  return {
      .code = Code::kNotFound,
      .message = "there is no monitor of pg_auto_failover in this database",
      .where = error.where,
      .next = "the target is the database of the monitor, which is called pg_auto_failover unless somebody renamed it"};
}

Task<Result<Value>> ask_monitor(Reach& reach, const Target& target, std::string sql, std::vector<std::string> params) {
  auto rows = co_await ask_catalogue(reach, target, std::move(sql), std::move(params));
  if (!rows) co_return told(rows.error());
  co_return std::move(*rows);
}

std::string nodes_sql(const char* which) {
  return "SELECT n.formationid AS formation, n.groupid AS in_group, n.nodeid AS id, n.nodename AS name,"
         " n.nodehost || ':' || n.nodeport AS address, n.reportedstate::text AS state, n.goalstate::text AS assigned,"
         " CASE n.health WHEN 1 THEN 'good' WHEN 0 THEN 'bad' ELSE 'unknown' END AS health,"
         " n.reportedpgisrunning AS running,"
         " extract(epoch FROM clock_timestamp() - n.reporttime)::float8 AS heard_s,"
         " extract(epoch FROM clock_timestamp() - n.healthchecktime)::float8 AS checked_s,"
         " n.reportedrepstate AS sync, n.reportedlsn::text AS lsn, n.reportedtli AS timeline,"
         " greatest(pg_wal_lsn_diff(p.reportedlsn, n.reportedlsn), 0)::float8 AS behind_bytes,"
         " n.candidatepriority AS priority, n.replicationquorum AS quorum,"
         " coalesce(p.nodeid = n.nodeid, false) AS primary, " +
         why_no_writes() + " AS no_writes, " + why_not_promoted() +
         " AS not_promoted FROM pgautofailover.node n LEFT JOIN pgautofailover.node p ON " + is_primary_of_group() +
         which + " ORDER BY n.formationid, n.groupid, n.nodeid";
}

Task<Result<Value>> read_groups(Reach& reach, const Target& target, const Value& /*args*/) {
  RUNBOOK_CO_TRY(nodes, co_await ask_monitor(reach, target, nodes_sql(""), {}));
  co_return Value(failover_groups(nodes));
}

Task<Result<Value>> read_group(Reach& reach, const Target& target, const Value& args) {
  std::vector<std::string> params = {formation_of(args), group_of(args)};
  RUNBOOK_CO_TRY(nodes,
                 co_await ask_monitor(reach, target, nodes_sql(" WHERE n.formationid = $1 AND n.groupid = $2::int4"),
                                      std::move(params)));
  auto groups = failover_groups(nodes);
  if (groups.empty())
    co_return Error{
        Code::kNotFound,
        "the monitor has no nodes in group " + group_of(args) + " of the formation " + escaped(formation_of(args), 60),
        target.name};
  auto group = std::move(groups.front());
  if (args["xid"].is_null()) co_return group;
  const Value which = Value::Map{{"xid", args["xid"]}};
  RUNBOOK_CO_TRY(transaction, co_await find_read_row("postgres.transaction")->read(reach, target, which));
  group["transaction"] = std::as_const(transaction)["transaction"];
  co_return group;
}

Task<Result<Value>> read_events(Reach& reach, const Target& target, const Value& args) {
  const auto limit = args["limit"].number_or(20);
  if (limit < 1 || limit > 1000) co_return Error{Code::kUsage, "limit wants a number from 1 to 1000"};
  std::vector<std::string> params = {formation_of(args), group_of(args), to_json(Value(limit))};
  co_return co_await ask_monitor(
      reach, target,
      "SELECT eventtime::text AS time, nodename AS node, reportedstate::text AS state, goalstate::text AS assigned,"
      " reportedrepstate AS sync, reportedlsn::text AS lsn, description AS text FROM pgautofailover.event"
      " WHERE formationid = $1 AND groupid = $2::int4 ORDER BY eventid DESC LIMIT $3::int4",
      std::move(params));
}

std::string outage_sql() {
  const std::string takes_writes =
      std::string("e.reportedstate IN ") + kWritingStates + " AND e.goalstate IN " + kWritingStates;
  return "SELECT extract(epoch FROM e.eventtime)::float8 AS at, e.eventtime::text AS time, e.nodeid AS node, " +
         takes_writes +
         " AS writes,"
         " coalesce(e.description LIKE '% is marked as unhealthy by the monitor', false) AS fell_ill,"
         " coalesce(e.description LIKE '% is marked as healthy by the monitor', false) AS got_well,"
         " extract(epoch FROM n.reporttime)::float8 AS heard, n.reporttime::text AS heard_time,"
         " extract(epoch FROM current_setting('pgautofailover.node_considered_unhealthy_timeout')::interval)::float8"
         "  AS silent_after,"
         " extract(epoch FROM clock_timestamp())::float8 AS now"
         " FROM (SELECT eventid, eventtime, nodeid, reportedstate, goalstate, description FROM pgautofailover.event"
         "  WHERE formationid = $1 AND groupid = $2::int4 ORDER BY eventid DESC LIMIT 1000) e"
         " LEFT JOIN pgautofailover.node n ON n.nodeid = e.nodeid ORDER BY e.eventid";
}

Task<Result<Value>> read_outage(Reach& reach, const Target& target, const Value& args) {
  std::vector<std::string> params = {formation_of(args), group_of(args)};
  RUNBOOK_CO_TRY(events, co_await ask_monitor(reach, target, outage_sql(), std::move(params)));
  co_return failover_outage(events);
}

std::string of_group(const Value& group) {
  const auto& primary = group["primary"];
  const auto standby =
      group["may_fail_over"].bool_or(false) ? ", a standby may be promoted" : ", no standby may be promoted";
  if (primary.is_null()) return in_words(group["why"]);
  return in_words(primary["name"]) + (group["writable"].bool_or(false) ? " takes writes" : " does not take writes") +
         standby;
}

std::string of_groups(const Value& groups) {
  std::string text;
  for (const auto& group : groups.items())
    text += (text.empty() ? "" : "; ") + in_words(group["formation"]) + "/" + in_words(group["group"]) + ": " +
            of_group(group);
  return text.empty() ? "no nodes" : text;
}

std::string of_events(const Value& events) {
  const auto count = std::to_string(events.items().size()) + " events";
  return events.items().empty() ? "no events" : count + ", the last: " + in_words(events.items().front()["text"]);
}

std::string of_outage(const Value& outage) {
  if (outage.is_null()) return "its events tell of none";
  if (outage["to"].is_null()) return "nobody can write since " + in_words(outage["from"]);
  return "nobody could write for " + in_words(outage["seconds"]) + " s, until " + in_words(outage["to"]);
}

constexpr ArgSpec kGroupArgs[] = {{"formation", ArgType::kText, false, "the formation: default unless said", "default"},
                                  {"group", ArgType::kNumber, false, "its group: 0 unless said", "0"}};
constexpr ArgSpec kOneGroupArgs[] = {
    {"formation", ArgType::kText, false, "the formation: default unless said", "default"},
    {"group", ArgType::kNumber, false, "its group: 0 unless said", "0"},
    {"xid", ArgType::kText, false, "a transaction to ask about besides", "4711"}};
constexpr ArgSpec kEventArgs[] = {{"formation", ArgType::kText, false, "the formation: default unless said", "default"},
                                  {"group", ArgType::kNumber, false, "its group: 0 unless said", "0"},
                                  {"limit", ArgType::kNumber, false, "how many: 20 unless said, 1000 at most", "50"}};

constexpr const char* kGroupShape =
    "{formation, group, primary = {id, name, address}, writable, why, under_way, may_fail_over, why_not, nodes = list "
    "of {id, name, address, state, assigned, health, running, heard_s, checked_s, sync, lsn, timeline, behind_bytes, "
    "priority, quorum, may_be_promoted, why_not}}: no primary while a failover is under way; writable as far as the "
    "monitor knows, else why not; may_fail_over when a node may be promoted without losing what was committed, else "
    "why_not";

const ReadRow kRows[] = {
    {"pg_failover.groups",
     "postgres",
     {},
     "The groups of every formation that a monitor of pg_auto_failover has nodes of.",
     "list of tables as group gives them",
     read_groups,
     "{client} -c 'SELECT formationid, groupid, nodename, reportedstate, goalstate, health, reporttime FROM "
     "pgautofailover.node'",
     of_groups},
    {"pg_failover.group", "postgres", kOneGroupArgs,
     "One group of a monitor of pg_auto_failover: its nodes, who takes writes, and who may be promoted.", kGroupShape,
     read_group,
     "{client} -c 'SELECT nodename, reportedstate, goalstate, health, reporttime, reportedrepstate, reportedlsn FROM "
     "pgautofailover.node WHERE groupid = '{group}",
     of_group},
    {"pg_failover.events", "postgres", kEventArgs, "What happened in a group, the last first.",
     "list of {time, node, state, assigned, sync, lsn, text}", read_events,
     "{client} -c 'SELECT eventtime, nodename, description FROM pgautofailover.event ORDER BY eventid DESC LIMIT 20'",
     of_events},
    {"pg_failover.outage", "postgres", kGroupArgs,
     "How long a group had no writable primary the last time, as its monitor's last 1000 events tell.",
     "{from, from_by, to, seconds, ago_s}, or {from, from_by, lasts_s} while it lasts, nothing when they tell of "
     "none; from_by is report where it is the last report of the node that was lost, else monitor: what that saw first",
     read_outage,
     "{client} -c 'SELECT eventtime, nodename, reportedstate, goalstate, description FROM pgautofailover.event ORDER "
     "BY "
     "eventid DESC LIMIT 50'",
     of_outage},
};

}  // namespace

std::span<const ReadRow> pg_failover_rows() { return kRows; }

}  // namespace runbook::primitive
