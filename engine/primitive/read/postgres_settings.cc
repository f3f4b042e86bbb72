#include "primitive/read/postgres_settings.h"

#include "base/text.h"
#include "primitive/read/ask_postgres.h"

namespace runbook::primitive {

namespace {

using safety::Target;

Error no_such(const Target& target, std::string_view name) {
  return {.code = Code::kNotFound, .message = "PostgreSQL has no setting " + escaped(name, 60), .where = target.name};
}

// reset_val is what a session begins with: `setting` is what the gate of reads has set for itself. Where a value came
// from is told of the one that is in force now, so for what the gate sets (source: session) it is not told at all.
constexpr const char* kSystemSetting =
    "SELECT s.name, s.reset_val AS value, s.vartype AS type, s.unit, s.min_val AS min, s.max_val AS max,"
    " s.enumvals AS options, s.context, s.source, s.boot_val AS usual,"
    " CASE WHEN s.sourcefile LIKE '%/postgresql.auto.conf' THEN current_setting(s.name) END AS written,"
    " s.source = 'default' OR s.sourcefile IS NOT NULL AS told,"
    " o.elsewhere, coalesce(o.own, false) AS own,"
    " EXISTS (SELECT FROM pg_stat_activity a WHERE a.state = 'active' AND a.query ILIKE 'ALTER SYSTEM%') AS under_way,"
    " has_table_privilege('pg_file_settings', 'SELECT')"
    "  AND has_function_privilege('pg_show_all_file_settings()', 'EXECUTE') AS sees_files"
    " FROM pg_settings s CROSS JOIN LATERAL (SELECT"
    "  coalesce(jsonb_agg(jsonb_build_object('role', coalesce(r.rolname, ''), 'database', coalesce(d.datname, ''),"
    "   'value', substr(c, length(s.name) + 2)) ORDER BY r.rolname, d.datname), '[]') AS elsewhere,"
    "  bool_or(p.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))"
    "   AND p.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))) AS own"
    "  FROM pg_db_role_setting p CROSS JOIN LATERAL unnest(p.setconfig) c"
    "  LEFT JOIN pg_roles r ON r.oid = p.setrole LEFT JOIN pg_database d ON d.oid = p.setdatabase"
    "  WHERE c LIKE replace(s.name, '_', '\\_') || '=%') o"
    " WHERE s.name = lower($1)";

constexpr const char* kWritten =
    "SELECT setting AS written FROM pg_file_settings WHERE name = lower($1)"
    " AND sourcefile LIKE '%/postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1";

constexpr std::string_view kAlterSystem = "ALTER SYSTEM ";
constexpr double kGrantsParameters = 150000;  // the server_version_num since which a role can be given a setting

// "ALTER SYSTEM SET work_mem = '64MB'" or "ALTER SYSTEM RESET work_mem": the fourth word.
std::string setting_named_in(std::string_view statement) {
  const auto words = split(statement, ' ');
  return words.size() < 4 ? std::string() : std::string(words[3]);
}

Value may(bool allowed, const std::string& role, std::string why) {
  return Value::Map{{"allowed", allowed}, {"user", role}, {"why", allowed ? std::string() : std::move(why)}};
}

}  // namespace

Task<Result<Value>> read_system_setting(Reach& reach, const Target& target, const Value& args) {
  const auto name = std::string(args["name"].text_or(""));
  const std::vector<std::string> params = {name};
  RUNBOOK_CO_TRY(rows, co_await ask_catalogue(reach, target, kSystemSetting, params));
  if (rows.items().empty()) co_return no_such(target, name);
  auto setting = std::as_const(rows).items().front();
  const auto& had = std::as_const(setting);
  const bool sees_files = had["sees_files"].bool_or(false);
  if (!sees_files && !had["told"].bool_or(false) && !had["own"].bool_or(false)) {
    co_return Error{.code = Code::kDenied,
                    .message = "what ALTER SYSTEM wrote for " + escaped(name, 60) + " cannot be seen",
                    .where = target.name,
                    .next =
                        "give the role that looks pg_read_all_settings and, for the timeouts that each look sets "
                        "for itself, in this database: GRANT SELECT ON pg_catalog.pg_file_settings and GRANT "
                        "EXECUTE ON FUNCTION pg_catalog.pg_show_all_file_settings()"};
  }
  if (sees_files) {
    RUNBOOK_CO_TRY(written, co_await ask_catalogue(reach, target, kWritten, params));
    setting.as_map()->erase("written");
    if (!written.items().empty()) setting["written"] = std::as_const(written).items().front()["written"];
  }
  setting.as_map()->erase("told");
  setting.as_map()->erase("sees_files");
  co_return setting;
}

Task<Result<Value>> read_may_set(Reach& reach, const Target& target, const Value& args) {
  const auto& role = target.change_user;
  const std::vector<std::string> for_role = {role};
  const auto& argv = args["argv"].items();
  const auto statement = std::string(argv.empty() ? std::string_view() : argv.front().text_or(""));
  if (!statement.starts_with(kAlterSystem)) {
    RUNBOOK_CO_TRY(answer, co_await ask_catalogue_row(
                               reach, target, "SELECT has_function_privilege($1, 'pg_reload_conf()', 'EXECUTE') AS may",
                               for_role));
    co_return may(std::as_const(answer)["may"].bool_or(false), role,
                  "GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO " + role + ", in this database");
  }
  const auto name = setting_named_in(statement);
  RUNBOOK_CO_TRY(server, co_await ask_catalogue_row(
                             reach, target,
                             "SELECT current_setting('server_version_num')::int AS version,"
                             " coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = $1), false) AS superuser",
                             for_role));
  const bool superuser = std::as_const(server)["superuser"].bool_or(false);
  if (superuser || std::as_const(server)["version"].number_or(0) < kGrantsParameters)
    co_return may(superuser, role, "before PostgreSQL 15 only a superuser may: change_user names the role");
  const std::vector<std::string> for_setting = {role, name};
  RUNBOOK_CO_TRY(
      answer, co_await ask_catalogue_row(reach, target, "SELECT has_parameter_privilege($1, $2, 'ALTER SYSTEM') AS may",
                                         for_setting));
  co_return may(std::as_const(answer)["may"].bool_or(false), role,
                "GRANT ALTER SYSTEM ON PARAMETER " + name + " TO " + role);
}

}  // namespace runbook::primitive
