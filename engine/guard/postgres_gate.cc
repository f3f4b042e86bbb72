#include "guard/postgres_gate.h"

#include <algorithm>
#include <array>

#include "base/sql_words.h"
#include "base/text.h"
#include "guard/postgres.h"

namespace runbook::guard {

namespace {

// Functions of pg_catalog that are marked VOLATILE and only look.
constexpr std::string_view kLooking =
    "{clock_timestamp,current_query,pg_blocking_pids,pg_control_checkpoint,pg_control_init,pg_control_recovery,"
    "pg_control_system,pg_current_logfile,pg_current_wal_flush_lsn,pg_current_wal_insert_lsn,pg_current_wal_lsn,"
    "pg_database_size,pg_get_wal_replay_pause_state,pg_indexes_size,pg_is_in_recovery,pg_is_wal_replay_paused,"
    "pg_last_committed_xact,pg_last_wal_receive_lsn,pg_last_wal_replay_lsn,pg_last_xact_replay_timestamp,"
    "pg_lock_status,pg_ls_archive_statusdir,pg_ls_waldir,pg_notification_queue_usage,pg_partition_ancestors,"
    "pg_partition_tree,pg_prepared_xact,pg_relation_size,pg_safe_snapshot_blocking_pids,pg_sequence_last_value,"
    "pg_show_all_file_settings,pg_stat_get_recovery_prefetch,pg_table_size,pg_tablespace_size,pg_total_relation_size,"
    "pg_xact_commit_timestamp,pg_xact_status,timeofday,txid_status}";

// The same of extensions, as extension and function: only what belongs to the extension itself passes.
constexpr std::string_view kLookingOfExtensions =
    "{pg_stat_statements.pg_stat_statements,pg_stat_statements.pg_stat_statements_info,pgautofailover.current_state,"
    "pgautofailover.formation_settings,pgautofailover.formation_uri,pgautofailover.get_nodes,"
    "pgautofailover.get_other_nodes,pgautofailover.get_primary,pgautofailover.last_events,"
    "pgautofailover.synchronous_standby_names}";

// Those that are not marked VOLATILE and all the same run the SQL of a text, or take a transaction id.
bool is_never_a_read(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNever = {"connectby", "pg_current_xact_id", "txid_current", "xpath_table"};
  return name.starts_with("crosstab") || std::find(kNever.begin(), kNever.end(), name) != kNever.end();
}

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

// As PostgreSQL reads the items of an array.
std::string array_of(const std::vector<std::string>& items) {
  std::string out = "{";
  for (const auto& item : items) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : item) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

Error not_read(std::string what, std::string next) {
  return {.code = Code::kRefused, .message = std::move(what), .next = std::move(next)};
}

// There is no operator in pg_catalog that may change something, and others are named by OPERATOR(schema.+) only.
bool sees_pg_catalog_only(const SqlWords& words, const ReadLimits& limits) {
  return limits.search_path == "pg_catalog" &&
         std::find(words.names.begin(), words.names.end(), "operator") == words.names.end();
}

Result<SqlWords> words_of_query(std::string_view sql) {
  RUNBOOK_TRY(words, parse_sql_words(sql));
  constexpr std::array<std::string_view, 5> kBegins = {"(", "select", "table", "values", "with"};
  if (std::find(kBegins.begin(), kBegins.end(), words.first) == kBegins.end()) {
    return not_read(words.first.empty()
                        ? "there is no statement"
                        : "a read begins with SELECT, WITH, VALUES or TABLE, not with " + escaped(words.first, 40),
                    "what changes something is a change: change.postgres_execute");
  }
  for (const auto& name : words.names) {
    if (!is_never_a_read(name)) continue;
    return not_read("the function " + escaped(name, 80) + " is none that only looks",
                    "it runs the SQL that it is given as a text, or takes a transaction id");
  }
  return words;
}

}  // namespace

std::string_view look_up_statement() { return kLookUp; }

Statement gate_statement(const SqlWords& words, const ReadLimits& limits) {
  return {.sql = std::string(kLookUp),
          .params = {milliseconds(limits.statement), milliseconds(limits.lock), limits.search_path,
                     array_of(words.names), std::string(kLooking), std::string(kLookingOfExtensions),
                     sees_pg_catalog_only(words, limits) ? std::string() : words.operators}};
}

Result<Batch> read_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& limits) {
  RUNBOOK_TRY(words, words_of_query(sql));
  return Batch{{.sql = std::string(kBeginRead)},
               {.sql = std::string(kPlanOnce)},
               gate_statement(words, limits),
               {.sql = std::string(kDeclare) + std::string(sql), .params = std::move(params)},
               {.sql = std::string(kFetch) + std::to_string(limits.rows) + std::string(kFromCursor)},
               {.sql = std::string(kRollback)}};
}

Result<Batch> explain_batch(std::string_view sql, std::vector<std::string> params, const ReadLimits& limits) {
  RUNBOOK_TRY(words, words_of_query(sql));
  return Batch{{.sql = std::string(kBeginRead)},
               {.sql = std::string(kPlanOnce)},
               gate_statement(words, limits),
               {.sql = std::string(kExplain) + std::string(sql), .params = std::move(params)},
               {.sql = std::string(kRollback)}};
}

std::string refused_function(std::string_view message) {
  const auto begin = message.find(kFound);
  if (begin == std::string_view::npos) return {};
  const auto name = message.substr(begin + kFound.size());
  return std::string(name.substr(0, name.rfind('"')));
}

}  // namespace runbook::guard
