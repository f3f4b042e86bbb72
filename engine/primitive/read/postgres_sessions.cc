// Readers of who is connected to a PostgreSQL, what they do, and who waits for whom.
//
// A session is named by its process and the instant at which that began: process ids come again. Of a query the
// beginning is told; its literals may be anything, also what a client should not have sent.
#include "base/json.h"
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

constexpr const char* kSession =
    "a.pid, a.backend_start::text AS started, a.usename::text AS role, a.datname::text AS database,"
    " a.application_name AS application, coalesce(host(a.client_addr), '') AS client, a.state,"
    " extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS state_s,"
    " extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_s,"
    " CASE WHEN a.state = 'active' THEN extract(epoch FROM clock_timestamp() - a.query_start)::float8 END AS query_s,"
    " a.query_start::text AS query_started, a.xact_start::text AS transaction_started, a.wait_event_type AS waits_for, "
    "a.wait_event AS wait,"
    " left(a.query, 300) AS query";

constexpr const char* kClients =
    " FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()";

std::string number_text(const Value& value) { return to_json(Value(value.number_or(0))); }

Task<Result<Value>> read_activity(Reach& reach, const Target& target, const Value& args) {
  return ask_catalogue(reach, target,
                       std::string("SELECT ") + kSession + kClients +
                           " AND ($1 = '' OR a.state = $1) AND ($2 = '' OR a.usename = $2)"
                           " ORDER BY a.xact_start NULLS LAST, a.pid",
                       {std::string(args["state"].text_or("")), std::string(args["role"].text_or(""))});
}

// Nothing when it is gone, or when its query is another one by now.
Task<Result<Value>> read_session(Reach& reach, const Target& target, const Value& args) {
  const auto sql = std::string("SELECT ") + kSession + kClients +
                   " AND a.pid = $1::int4 AND a.backend_start = $2::timestamptz"
                   " AND ($3 = '' OR (a.state = 'active' AND a.query_start = $3::timestamptz))";
  std::vector<std::string> params = {number_text(args["pid"]), std::string(args["started"].text_or("")),
                                     std::string(args["query_started"].text_or(""))};
  RUNBOOK_CO_TRY(rows, co_await ask_catalogue(reach, target, sql, std::move(params)));
  if (rows.items().empty()) co_return Value();
  co_return std::as_const(rows).items().front();
}

Task<Result<Value>> read_long_transactions(Reach& reach, const Target& target, const Value& args) {
  const auto over = args["over"].is_null() ? Value(60) : args["over"];
  return ask_catalogue(
      reach, target,
      std::string("SELECT ") + kSession + ", a.backend_xid IS NOT NULL AS writes" + kClients +
          " AND a.xact_start < clock_timestamp() - make_interval(secs => $1::float8) ORDER BY a.xact_start",
      {number_text(over)});
}

Task<Result<Value>> read_idle_in_transaction(Reach& reach, const Target& target, const Value& args) {
  const auto over = args["over"].is_null() ? Value(60) : args["over"];
  return ask_catalogue(
      reach, target,
      std::string("SELECT ") + kSession + kClients +
          " AND a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - make_interval(secs => "
          "$1::float8) ORDER BY a.state_change",
      {number_text(over)});
}

Task<Result<Value>> read_blocking(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue(
      reach, target,
      std::string("WITH waiting AS (SELECT w.pid, pg_blocking_pids(w.pid) AS blocked_by FROM pg_stat_activity w"
                  " WHERE w.wait_event_type = 'Lock'),"
                  " pairs AS (SELECT pid, unnest(blocked_by) AS blocker FROM waiting)"
                  " SELECT ") +
          kSession +
          ", coalesce((SELECT blocked_by FROM waiting WHERE waiting.pid = a.pid), '{}') AS blocked_by,"
          " (SELECT count(DISTINCT pairs.pid)::int FROM pairs WHERE pairs.blocker = a.pid) AS blocks"
          " FROM pg_stat_activity a WHERE a.pid IN (SELECT pid FROM pairs UNION SELECT blocker FROM pairs)"
          " ORDER BY blocks DESC, a.xact_start NULLS LAST");
}

Task<Result<Value>> read_connections(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue_row(
      reach, target,
      "WITH clients AS (SELECT * FROM pg_stat_activity WHERE backend_type = 'client backend'),"
      " states AS (SELECT coalesce(state, 'unknown') AS name, count(*)::int AS n FROM clients GROUP BY 1),"
      " roles AS (SELECT coalesce(usename, 'unknown') AS name, count(*)::int AS n FROM clients GROUP BY 1),"
      " apps AS (SELECT coalesce(nullif(application_name, ''), 'unnamed') AS name, count(*)::int AS n FROM clients"
      "  GROUP BY 1 ORDER BY 2 DESC LIMIT 20)"
      " SELECT (SELECT count(*)::int FROM clients) AS used, current_setting('max_connections')::int AS \"limit\","
      " current_setting('superuser_reserved_connections')::int AS reserved,"
      " (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM states) AS by_state,"
      " (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM roles) AS by_role,"
      " (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM apps) AS by_application");
}

Task<Result<Value>> read_locks(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue(reach, target,
                       "SELECT l.locktype AS kind, l.mode, l.granted, coalesce(c.oid::regclass::text, '') AS relation,"
                       " count(*)::int AS count, array_agg(DISTINCT l.pid) AS pids,"
                       " max(extract(epoch FROM clock_timestamp() - l.waitstart))::float8 AS waits_s"
                       " FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation"
                       "  AND l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
                       " WHERE l.pid <> pg_backend_pid() AND l.locktype NOT IN ('virtualxid')"
                       " GROUP BY 1, 2, 3, 4 ORDER BY granted, count DESC LIMIT 200");
}

std::string sessions_text(const Value& list, const char* what) {
  const auto count = list.items().size();
  return count == 0 ? std::string("no ") + what : std::to_string(count) + " " + what;
}

std::string of_activity(const Value& list) { return sessions_text(list, "sessions"); }
std::string of_long(const Value& list) { return sessions_text(list, "long transactions"); }
std::string of_idle(const Value& list) { return sessions_text(list, "sessions idle in transaction"); }

std::string of_session(const Value& value) {
  return value.is_null() ? std::string("gone") : in_words(value["role"]) + ", " + in_words(value["state"]);
}

std::string of_blocking(const Value& list) {
  if (list.items().empty()) return "nobody waits for a lock that another holds";
  const auto& first = list.items().front();
  return std::to_string(list.items().size()) + " sessions block or wait; pid " + in_words(first["pid"]) + " blocks " +
         in_words(first["blocks"]);
}

std::string of_connections(const Value& value) {
  return in_words(value["used"]) + " of " + in_words(value["limit"]) + ", " + in_words(value["reserved"]) + " reserved";
}

constexpr ArgSpec kActivityArgs[] = {{"state", ArgType::kText, false, "only sessions in this state", "active"},
                                     {"role", ArgType::kText, false, "only sessions of this role", "shop_api"}};
constexpr ArgSpec kOverArgs[] = {
    {"over", ArgType::kNumber, false, "for at least so many seconds: 60 unless said", "300"}};

constexpr ArgSpec kSessionArgs[] = {
    {"pid", ArgType::kNumber, true, "its process", "4711"},
    {"started", ArgType::kText, true, "when it began, as another reader gave it", "2026-01-02 03:04:05.678901+00"},
    {"query_started", ArgType::kText, false, "only while it runs the query that began then",
     "2026-01-02 03:04:06.789012+00"}};

constexpr const char* kSessionShape =
    "list of {pid, started, role, database, application, client, state, state_s, transaction_s, query_s, "
    "query_started, "
    "transaction_started, waits_for, wait, query}; seconds; query is its beginning; roles without pg_monitor see their "
    "own sessions only";

const ReadRow kRows[] = {
    {"postgres.activity", "postgres", kActivityArgs, "The sessions of clients, the oldest transaction first.",
     kSessionShape, read_activity, "{client} -c 'SELECT * FROM pg_stat_activity'", of_activity},
    {"postgres.session", "postgres", kSessionArgs, "One session, while it is there.",
     "table as activity gives it, nothing when it is gone", read_session,
     "{client} -c 'SELECT * FROM pg_stat_activity WHERE pid = '{pid}", of_session},
    {"postgres.long_transactions", "postgres", kOverArgs, "The sessions whose transaction has been open for long.",
     "list as activity gives it, each with writes: whether it has changed something", read_long_transactions,
     "{client} -c 'SELECT pid, now() - xact_start, state, query FROM pg_stat_activity ORDER BY xact_start'", of_long},
    {"postgres.idle_in_transaction", "postgres", kOverArgs,
     "The sessions that hold a transaction open and do nothing, the longest first.", "list as activity gives it",
     read_idle_in_transaction,
     "{client} -c \"SELECT pid, now() - state_change, query FROM pg_stat_activity WHERE state LIKE 'idle in "
     "transaction%'\"",
     of_idle},
    {"postgres.blocking",
     "postgres",
     {},
     "Who waits for a lock, and who holds it: those that block most first.",
     "list as activity gives it, each with blocked_by, the pids that it waits for, and blocks, how many wait for it "
     "directly; who has blocks and no blocked_by is at the root",
     read_blocking,
     "{client} -c 'SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE "
     "cardinality(pg_blocking_pids(pid)) "
     "> 0'",
     of_blocking},
    {"postgres.connections",
     "postgres",
     {},
     "How many connections are in use, of how many.",
     "{used, limit, reserved, by_state, by_role, by_application}: the last three are tables of counts",
     read_connections,
     "{client} -c 'SELECT state, count(*) FROM pg_stat_activity GROUP BY 1'",
     of_connections},
    {"postgres.locks",
     "postgres",
     {},
     "The locks that are held and waited for, by kind, mode and relation; those waited for first.",
     "list of {kind, mode, granted, relation, count, pids, waits_s}: at most 200; relation only of this database",
     read_locks,
     "{client} -c 'SELECT locktype, mode, granted, relation::regclass, pid FROM pg_locks'"},
};

}  // namespace

std::span<const ReadRow> postgres_session_rows() { return kRows; }

}  // namespace runbook::primitive
