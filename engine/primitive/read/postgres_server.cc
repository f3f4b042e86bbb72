// Readers of a PostgreSQL server as a whole: what it is, its replication, its WAL, its settings.
#include "base/text.h"
#include "primitive/read/ask_postgres.h"
#include "primitive/read/postgres_settings.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

Task<Result<Value>> read_server(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue_row(
      reach, target,
      "SELECT current_setting('server_version') AS version, pg_postmaster_start_time()::text AS started,"
      " floor(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()))::int AS uptime_s,"
      " pg_is_in_recovery() AS standby, current_database()::text AS database, current_user::text AS role,"
      " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,"
      " pg_has_role(current_user, 'pg_monitor', 'USAGE') AS sees_all,"
      " current_setting('default_transaction_read_only')::bool AS read_only");
}

Task<Result<Value>> read_replication(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue_row(
      reach, target,
      "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END AS role,"
      " current_setting('synchronous_standby_names') AS synchronous_names,"
      " CASE WHEN NOT pg_is_in_recovery() THEN coalesce((SELECT jsonb_agg(jsonb_build_object("
      "   'application', application_name, 'client', coalesce(host(client_addr), ''), 'state', state,"
      "   'sync_state', sync_state,"
      "   'behind_bytes', CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) END,"
      "   'replay_lag_s', extract(epoch FROM replay_lag)) ORDER BY application_name) FROM pg_stat_replication), '[]')"
      "  END AS standbys,"
      " CASE WHEN pg_is_in_recovery() THEN jsonb_build_object("
      "   'status', coalesce((SELECT status FROM pg_stat_wal_receiver), 'stopped'),"
      "   'from', (SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver),"
      "   'received', pg_last_wal_receive_lsn()::text, 'replayed', pg_last_wal_replay_lsn()::text,"
      "   'behind_bytes', pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),"
      "   'last_replayed_s', extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()),"
      "   'paused', pg_is_wal_replay_paused()) END AS receiver");
}

Task<Result<Value>> read_slots(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue(
      reach, target,
      "SELECT slot_name::text AS name, slot_type AS type, coalesce(database::text, '') AS database, active,"
      " active_pid, wal_status, safe_wal_size::float8 AS safe_bytes,"
      " CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 END"
      "  AS retained_bytes"
      " FROM pg_replication_slots ORDER BY retained_bytes DESC NULLS LAST");
}

Task<Result<Value>> read_wal(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue_row(
      reach, target,
      "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn,"
      " (SELECT count(*)::int FROM pg_ls_waldir()) AS files,"
      " (SELECT coalesce(sum(size), 0)::float8 FROM pg_ls_waldir()) AS bytes,"
      " current_setting('archive_mode') AS archive_mode,"
      " a.archived_count::float8 AS archived, a.failed_count::float8 AS failed,"
      " extract(epoch FROM clock_timestamp() - a.last_archived_time)::float8 AS last_archived_s,"
      " extract(epoch FROM clock_timestamp() - a.last_failed_time)::float8 AS last_failed_s,"
      " coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) AS failing,"
      " extract(epoch FROM clock_timestamp() - c.checkpoint_time)::float8 AS last_checkpoint_s,"
      " current_setting('max_wal_size') AS max_wal_size"
      " FROM pg_stat_archiver a, pg_control_checkpoint() c");
}

constexpr const char* kSetting =
    "SELECT name, current_setting(name) AS value, source, vartype AS type, context,"
    " pending_restart, boot_val AS usual FROM pg_settings";

Task<Result<Value>> read_settings(Reach& reach, const Target& target, const Value& /*args*/) {
  return ask_catalogue(reach, target,
                       std::string(kSetting) +
                           " WHERE source NOT IN ('default', 'override', 'client', 'session')"
                           " OR pending_restart ORDER BY name");
}

Task<Result<Value>> read_setting(Reach& reach, const Target& target, const Value& args) {
  const auto name = std::string(args["name"].text_or(""));
  std::vector<std::string> params = {name};
  RUNBOOK_CO_TRY(rows,
                 co_await ask_catalogue(reach, target, std::string(kSetting) + " WHERE name = lower($1)", params));
  if (rows.items().empty())
    co_return Error{Code::kNotFound, "PostgreSQL has no setting " + escaped(name, 60), target.name};
  co_return std::as_const(rows).items().front();
}

std::string of_server(const Value& value) {
  return "version " + in_words(value["version"]) + (value["standby"].bool_or(false) ? ", standby" : ", primary") +
         ", up " + duration_text(std::chrono::seconds(static_cast<long>(value["uptime_s"].number_or(0))));
}

std::string of_replication(const Value& value) {
  if (value["role"].text_or("") == "primary")
    return "primary, " + std::to_string(value["standbys"].items().size()) + " standbys";
  return "standby, receiver " + in_words(value["receiver"]["status"]) + ", " +
         bytes_text(value["receiver"]["behind_bytes"].number_or(0)) + " to replay";
}

std::string of_wal(const Value& value) {
  return bytes_text(value["bytes"].number_or(0)) + " in " + in_words(value["files"]) + " files, archive " +
         in_words(value["archive_mode"]) + (value["failing"].bool_or(false) ? ", failing" : "");
}

std::string of_setting(const Value& value) { return in_words(value["value"]) + ", from " + in_words(value["source"]); }

std::string of_system_setting(const Value& value) {
  return in_words(value["value"]) + (value["unit"].is_null() ? "" : " " + in_words(value["unit"])) +
         (value["written"].is_null() ? ", not set by ALTER SYSTEM" : ", ALTER SYSTEM: " + in_words(value["written"]));
}

constexpr ArgSpec kSettingArgs[] = {{"name", ArgType::kText, true, "the setting", "max_connections"}};

constexpr ArgSpec kSystemSettingArgs[] = {{"name", ArgType::kText, true, "the setting", "work_mem"}};
constexpr ArgSpec kMayArgs[] = {
    {"argv", ArgType::kArgv, true, "the statement, one text", "ALTER SYSTEM SET work_mem = '64MB'"}};

const ReadRow kRows[] = {
    {"postgres.server",
     "postgres",
     {},
     "What server answers, and as which role.",
     "{version, started, uptime_s, standby, database, role, superuser, sees_all, read_only}: sees_all is whether the "
     "role "
     "sees the sessions of others",
     read_server,
     "{client} -c 'SELECT version(), pg_is_in_recovery()'",
     of_server},
    {"postgres.replication",
     "postgres",
     {},
     "The standbys of a primary and how far they are behind; of a standby, what it receives.",
     "{role = primary, synchronous_names, standbys = list of {application, client, state, sync_state, behind_bytes, "
     "replay_lag_s}} or {role = standby, receiver = {status, from, received, replayed, behind_bytes, last_replayed_s, "
     "paused}}",
     read_replication,
     "{client} -c 'SELECT * FROM pg_stat_replication' -c 'SELECT * FROM pg_stat_wal_receiver'",
     of_replication},
    {"postgres.slots",
     "postgres",
     {},
     "The replication slots and the WAL that each retains, the most first.",
     "list of {name, type, database, active, active_pid, wal_status, safe_bytes, retained_bytes}",
     read_slots,
     "{client} -c 'SELECT * FROM pg_replication_slots'"},
    {"postgres.wal",
     "postgres",
     {},
     "The WAL on disk, its archive and the last checkpoint.",
     "{lsn, files, bytes, archive_mode, archived, failed, last_archived_s, last_failed_s, failing, last_checkpoint_s, "
     "max_wal_size}: failing when the last attempt to archive failed; error denied without pg_monitor",
     read_wal,
     "{client} -c 'SELECT count(*), sum(size) FROM pg_ls_waldir()' -c 'SELECT * FROM pg_stat_archiver'",
     of_wal},
    {"postgres.settings",
     "postgres",
     {},
     "The settings that are not as they come, and those that wait for a restart.",
     "list of {name, value, source, type, context, pending_restart, usual}",
     read_settings,
     "{client} -c \"SELECT name, setting, source, pending_restart FROM pg_settings WHERE source <> 'default'\""},
    {"postgres.setting", "postgres", kSettingArgs, "One setting.",
     "{name, value, source, type, context, pending_restart, usual}; error not_found for an unknown one", read_setting,
     "{client} -c \"SHOW \"{name}", of_setting},
    {"postgres.system_setting", "postgres", kSystemSettingArgs,
     "One setting for the whole server: what is in force where nobody set another, and what ALTER SYSTEM wrote.",
     "{name, value, written, type, unit, min, max, options, context, source, usual, elsewhere, own, "
     "under_way}: value in its unit; under_way, an ALTER SYSTEM is still at work; elsewhere is a list of {role, "
     "database, value} that have another, own whether the role that looks is one; error "
     "denied without pg_read_all_settings",
     read_system_setting,
     "{client} -c \"SELECT * FROM pg_settings WHERE name = '\"{name}\"'\" -c \"SELECT * FROM pg_file_settings WHERE "
     "name "
     "= '\"{name}\"'\"",
     of_system_setting},
    {"postgres.may_set", "postgres", kMayArgs,
     "Whether the role that changes may run ALTER SYSTEM for a setting, or have the server read its files; it is not "
     "run.",
     "{allowed, user, why}", read_may_set, "{client} -c '\\dconfig+'"},
};

}  // namespace

std::span<const ReadRow> postgres_server_rows() { return kRows; }

}  // namespace runbook::primitive
