// Readers of what is in a PostgreSQL: sizes, dead rows, the age of transaction ids, the statements that cost most.
#include <algorithm>

#include "base/text.h"
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

std::string count_text(const Value& value, int usual) {
  return std::to_string(static_cast<int>(std::min(value.number_or(usual), 1000.0)));
}

Task<Result<Value>> read_sizes(Reach& reach, const Target& target, const Value& args) {
  return ask_catalogue_row(
      reach, target,
      "SELECT (SELECT jsonb_object_agg(datname, pg_database_size(oid)) FROM pg_database"
      "  WHERE datallowconn AND has_database_privilege(oid, 'CONNECT')) AS databases,"
      " (SELECT coalesce(jsonb_agg(t), '[]') FROM (SELECT relid::regclass::text AS name,"
      "   pg_total_relation_size(relid) AS bytes, pg_indexes_size(relid) AS index_bytes, n_live_tup AS rows"
      "   FROM pg_stat_user_tables ORDER BY 2 DESC LIMIT $1::int) t) AS tables",
      {count_text(args["limit"], 20)});
}

Task<Result<Value>> read_dead_rows(Reach& reach, const Target& target, const Value& args) {
  return ask_catalogue(
      reach, target,
      "SELECT relid::regclass::text AS name, n_live_tup::float8 AS live, n_dead_tup::float8 AS dead,"
      " (n_dead_tup / greatest(n_live_tup + n_dead_tup, 1)::float8) AS dead_share,"
      " pg_relation_size(relid)::float8 AS bytes,"
      " extract(epoch FROM clock_timestamp() - greatest(last_vacuum, last_autovacuum))::float8 AS last_vacuum_s,"
      " extract(epoch FROM clock_timestamp() - greatest(last_analyze, last_autoanalyze))::float8 AS last_analyze_s"
      " FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT $1::int",
      {count_text(args["limit"], 20)});
}

Task<Result<Value>> read_wraparound(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue_row(
      reach, target,
      "SELECT (SELECT max(age(datfrozenxid))::float8 FROM pg_database) AS oldest_xid_age,"
      " (SELECT max(mxid_age(datminmxid))::float8 FROM pg_database) AS oldest_multixact_age,"
      " current_setting('autovacuum_freeze_max_age')::float8 AS freeze_max_age,"
      " (SELECT max(age(datfrozenxid)) / 2147483648.0 FROM pg_database)::float8 AS share_used,"
      " (SELECT jsonb_object_agg(datname, age(datfrozenxid)) FROM pg_database) AS databases,"
      " (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'autovacuum worker') AS autovacuum_workers,"
      " (SELECT coalesce(jsonb_agg(t), '[]') FROM (SELECT oid::regclass::text AS name, age(relfrozenxid) AS age"
      "   FROM pg_class WHERE relkind IN ('r', 'm', 't') ORDER BY 2 DESC LIMIT 10) t) AS tables");
}

Task<Result<Value>> read_statements(Reach& reach, const Target& target, const Value& args) {
  const std::string where =
      "SELECT quote_ident(nspname) AS name FROM pg_extension e"
      " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_stat_statements'";
  RUNBOOK_CO_TRY(schema, co_await ask_catalogue(reach, target, where));
  if (schema.items().empty()) {
    co_return Error{Code::kNotFound, "the extension pg_stat_statements is not in this database", target.name,
                    "it needs shared_preload_libraries, a restart and CREATE EXTENSION"};
  }
  const auto order = args["by"].text_or("total_s");
  const std::string column = order == "mean_s" ? "mean_exec_time" : order == "calls" ? "calls" : "total_exec_time";
  const auto name = std::string(std::as_const(schema).items().front()["name"].text_or(""));
  const auto sql =
      "SELECT queryid::text AS id, calls::float8 AS calls, total_exec_time / 1000 AS total_s,"
      " mean_exec_time / 1000 AS mean_s, rows::float8 AS rows, shared_blks_read::float8 AS blocks_read,"
      " left(query, 300) AS query FROM " +
      name +
      ".pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() ORDER BY " +
      column + " DESC LIMIT $1::int";
  std::vector<std::string> params = {count_text(args["limit"], 20)};
  co_return co_await ask_catalogue(reach, target, sql, std::move(params));
}

std::string of_sizes(const Value& value) {
  double total = 0;
  for (const auto& [name, bytes] : value["databases"].members()) total += bytes.number_or(0);
  return bytes_text(total) + " in " + std::to_string(value["databases"].members().size()) + " databases";
}

std::string of_wraparound(const Value& value) {
  return "the oldest transaction id is " + in_words(value["oldest_xid_age"]) + " old, of 2147483648";
}

constexpr ArgSpec kLimitArgs[] = {{"limit", ArgType::kNumber, false, "how many tables: 20 unless said", "50"}};
constexpr std::string_view kOrders[] = {"total_s", "mean_s", "calls"};
constexpr ArgSpec kStatementArgs[] = {
    {"by", ArgType::kText, false, "which come first: total_s unless said", "mean_s", kOrders},
    {"limit", ArgType::kNumber, false, "how many: 20 unless said", "50"}};

const ReadRow kRows[] = {
    {"postgres.sizes", "postgres", kLimitArgs, "How large the databases are, and the largest tables of this one.",
     "{databases, tables}: bytes by name; a list of {name, bytes, index_bytes, rows}, bytes with indexes and TOAST, "
     "rows "
     "estimated",
     read_sizes, "{client} -c '\\l+' -c '\\dt+'", of_sizes},
    {"postgres.dead_rows", "postgres", kLimitArgs, "The tables with most dead rows, and when each was last vacuumed.",
     "list of {name, live, dead, dead_share, bytes, last_vacuum_s, last_analyze_s}: the server's estimates; no "
     "last_vacuum_s when it never was",
     read_dead_rows,
     "{client} -c 'SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY 3 DESC'"},
    {"postgres.wraparound",
     "postgres",
     {},
     "How old the oldest transaction ids are: at 2^31 the server stops to take writes.",
     "{oldest_xid_age, oldest_multixact_age, freeze_max_age, share_used, databases, autovacuum_workers, tables}: ages "
     "in "
     "transactions; share_used from 0 to 1",
     read_wraparound,
     "{client} -c 'SELECT datname, age(datfrozenxid) FROM pg_database ORDER BY 2 DESC'",
     of_wraparound},
    {"postgres.statements", "postgres", kStatementArgs, "The statements that cost most, as pg_stat_statements counts.",
     "list of {id, calls, total_s, mean_s, rows, blocks_read, query}; error not_found without the extension",
     read_statements,
     "{client} -c 'SELECT calls, total_exec_time, query FROM pg_stat_statements ORDER BY 2 DESC LIMIT 20'"},
};

}  // namespace

std::span<const ReadRow> postgres_table_rows() { return kRows; }

}  // namespace runbook::primitive
