// The statements of the gate (postgres.h), word for word. Internal to guard/.
#pragma once

#include <string_view>

#include "base/sql_words.h"
#include "guard/postgres.h"

namespace runbook::guard {

inline constexpr std::string_view kBeginRead = "BEGIN TRANSACTION READ ONLY";
inline constexpr std::string_view kPlanOnce = "SET LOCAL plan_cache_mode = force_generic_plan";
inline constexpr std::string_view kDeclare = "DECLARE runbook_read NO SCROLL CURSOR FOR ";
inline constexpr std::string_view kExplain = "EXPLAIN (FORMAT JSON) ";
inline constexpr std::string_view kFetch = "FETCH FORWARD ";
inline constexpr std::string_view kFromCursor = " FROM runbook_read";

/// What stands before the name of a function in the error that the look-up fails with: no server takes it for a number.
inline constexpr std::string_view kFound = "runbook found ";

// $1 and $2: milliseconds for the statement and for a lock; $3: the search path; $4: the words of the statement; $5 and
// $6: what is known to look; $7: its operators. Everything is named by its schema, so that no object of the database
// can stand in the place of one of pg_catalog.
inline constexpr std::string_view kLookUp =
    "SELECT pg_catalog.set_config('standard_conforming_strings', 'on', true),"
    " pg_catalog.set_config('plan_cache_mode', 'auto', true),"
    " pg_catalog.set_config('statement_timeout', $1, true),"
    " pg_catalog.set_config('lock_timeout', $2, true),"
    " pg_catalog.set_config('idle_in_transaction_session_timeout', '60000', true),"
    " pg_catalog.set_config('datestyle', 'ISO, YMD', true),"
    " pg_catalog.set_config('timezone', 'UTC', true),"
    " pg_catalog.set_config('intervalstyle', 'postgres', true),"
    " pg_catalog.set_config('bytea_output', 'hex', true),"
    " CASE WHEN $3 OPERATOR(pg_catalog.<>) '' THEN pg_catalog.set_config('search_path', $3, true) END,"
    " (SELECT CAST(pg_catalog.format('runbook found %s', p.oid::pg_catalog.regprocedure) AS pg_catalog.int4)"
    "  FROM pg_catalog.pg_proc p WHERE p.proname OPERATOR(pg_catalog.=) ANY (CAST($4 AS pg_catalog.name[]))"
    "  AND p.provolatile OPERATOR(pg_catalog.=) 'v'"
    "  AND NOT (p.pronamespace OPERATOR(pg_catalog.=) CAST('pg_catalog' AS pg_catalog.regnamespace)"
    "           AND p.proname OPERATOR(pg_catalog.=) ANY (CAST($5 AS pg_catalog.name[])))"
    "  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
    "    JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid"
    "    WHERE d.objid OPERATOR(pg_catalog.=) p.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'"
    "    AND d.classid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_proc' AS pg_catalog.regclass)"
    "    AND d.refclassid OPERATOR(pg_catalog.=) CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)"
    "    AND pg_catalog.format('%s.%s', e.extname, p.proname) OPERATOR(pg_catalog.=)"
    "        ANY (CAST($6 AS pg_catalog.text[]))) LIMIT 1),"
    " (SELECT CAST(pg_catalog.format('runbook found %s', p.oid::pg_catalog.regprocedure) AS pg_catalog.int4)"
    "  FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) o.oprcode"
    "  WHERE o.oid OPERATOR(pg_catalog.>=) 16384 AND p.provolatile OPERATOR(pg_catalog.=) 'v'"
    "  AND pg_catalog.strpos($7, CAST(o.oprname AS pg_catalog.text)) OPERATOR(pg_catalog.>) 0 LIMIT 1)";

/// The look-up of a statement's words.
Statement gate_statement(const SqlWords& words, const ReadLimits& limits);

}  // namespace runbook::guard
