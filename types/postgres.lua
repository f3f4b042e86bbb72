---@meta

-- Made from the rows of postgres by scripts/transcripts; the next one overwrites it.

--- A target of the kind postgres.
---@param label string what it is for
---@return runbook.Input
function input.postgres(label) end

---@class runbook.See
---@field postgres fun(target: runbook.Target): runbook.see.postgres

---@class runbook.see.postgres
local see_postgres = {}

--- The rows of one query, in a read-only transaction that is rolled back; refused when it names a function that may change something.
---@param sql string one query; $1, $2, … stand for the params
---@param params? table their values, a list
---@param rows? number at most so many rows: 1000 unless said, 10000 at most
---@param within? number seconds after which the server gives it up: 5 unless said, 60 at most
---@overload fun(self: runbook.see.postgres, named: { sql: string, params?: table, rows?: number, within?: number }): runbook.Reading
---@return runbook.Reading # {columns, rows, more}: rows is a list of tables by column, without what is NULL; numbers, booleans, lists and JSON as such, all else as text; whole numbers beyond 15 digits are text
function see_postgres:query(sql, params, rows, within) end

--- How the server would go about a query, which is not run.
---@param sql string one query; it is planned and not run
---@param params? table the values of $1, $2, …, a list
---@overload fun(self: runbook.see.postgres, named: { sql: string, params?: table }): runbook.Reading
---@return runbook.Reading # table as EXPLAIN (FORMAT JSON) gives it: Node Type, Total Cost, Plan Rows, Plans, …
function see_postgres:explain(sql, params) end

--- Which database answers and, given the id of a transaction, what became of that.
---@param xid? string its id, as pg_current_xact_id() gave it
---@overload fun(self: runbook.see.postgres, named: { xid?: string }): runbook.Reading
---@return runbook.Reading # {database, standby, transaction}: that is committed, aborted, in progress or, when it is too long ago, forgotten
function see_postgres:transaction(xid) end

--- One column of one row, as text.
---@param table string the table, with its schema where that is not in the search path
---@param key table the columns that name the row, and their values
---@param column string the column that is read
---@param xid? string a transaction to ask about besides
---@overload fun(self: runbook.see.postgres, named: { table: string, key: table, column: string, xid?: string }): runbook.Reading
---@return runbook.Reading # {exists, value, transaction}: exists is whether there is such a row; no value where it is NULL; error usage when the key names several
function see_postgres:row(table, key, column, xid) end

--- What server answers, and as which role.
---@return runbook.Reading # {version, started, uptime_s, standby, database, role, superuser, sees_all, read_only}: sees_all is whether the role sees the sessions of others
function see_postgres:server() end

--- The standbys of a primary and how far they are behind; of a standby, what it receives.
---@return runbook.Reading # {role = primary, synchronous_names, standbys = list of {application, client, state, sync_state, behind_bytes, replay_lag_s}} or {role = standby, receiver = {status, from, received, replayed, behind_bytes, last_replayed_s, paused}}
function see_postgres:replication() end

--- The replication slots and the WAL that each retains, the most first.
---@return runbook.Reading # list of {name, type, database, active, active_pid, wal_status, safe_bytes, retained_bytes}
function see_postgres:slots() end

--- The WAL on disk, its archive and the last checkpoint.
---@return runbook.Reading # {lsn, files, bytes, archive_mode, archived, failed, last_archived_s, last_failed_s, failing, last_checkpoint_s, max_wal_size}: failing when the last attempt to archive failed; error denied without pg_monitor
function see_postgres:wal() end

--- The settings that are not as they come, and those that wait for a restart.
---@return runbook.Reading # list of {name, value, source, type, context, pending_restart, usual}
function see_postgres:settings() end

--- One setting.
---@param name string the setting
---@overload fun(self: runbook.see.postgres, named: { name: string }): runbook.Reading
---@return runbook.Reading # {name, value, source, type, context, pending_restart, usual}; error not_found for an unknown one
function see_postgres:setting(name) end

--- One setting for the whole server: what is in force where nobody set another, and what ALTER SYSTEM wrote.
---@param name string the setting
---@overload fun(self: runbook.see.postgres, named: { name: string }): runbook.Reading
---@return runbook.Reading # {name, value, written, type, unit, min, max, options, context, source, usual, elsewhere, own, under_way}: value in its unit; under_way, an ALTER SYSTEM is still at work; elsewhere is a list of {role, database, value} that have another, own whether the role that looks is one; error denied without pg_read_all_settings
function see_postgres:system_setting(name) end

--- Whether the role that changes may run ALTER SYSTEM for a setting, or have the server read its files; it is not run.
---@param argv string[] the statement, one text
---@overload fun(self: runbook.see.postgres, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {allowed, user, why}
function see_postgres:may_set(argv) end

--- The sessions of clients, the oldest transaction first.
---@param state? string only sessions in this state
---@param role? string only sessions of this role
---@overload fun(self: runbook.see.postgres, named: { state?: string, role?: string }): runbook.Reading
---@return runbook.Reading # list of {pid, started, role, database, application, client, state, state_s, transaction_s, query_s, query_started, transaction_started, waits_for, wait, query}; seconds; query is its beginning; roles without pg_monitor see their own sessions only
function see_postgres:activity(state, role) end

--- One session, while it is there.
---@param pid number its process
---@param started string when it began, as another reader gave it
---@param query_started? string only while it runs the query that began then
---@overload fun(self: runbook.see.postgres, named: { pid: number, started: string, query_started?: string }): runbook.Reading
---@return runbook.Reading # table as activity gives it, nothing when it is gone
function see_postgres:session(pid, started, query_started) end

--- The sessions whose transaction has been open for long.
---@param over? number for at least so many seconds: 60 unless said
---@overload fun(self: runbook.see.postgres, named: { over?: number }): runbook.Reading
---@return runbook.Reading # list as activity gives it, each with writes: whether it has changed something
function see_postgres:long_transactions(over) end

--- The sessions that hold a transaction open and do nothing, the longest first.
---@param over? number for at least so many seconds: 60 unless said
---@overload fun(self: runbook.see.postgres, named: { over?: number }): runbook.Reading
---@return runbook.Reading # list as activity gives it
function see_postgres:idle_in_transaction(over) end

--- Who waits for a lock, and who holds it: those that block most first.
---@return runbook.Reading # list as activity gives it, each with blocked_by, the pids that it waits for, and blocks, how many wait for it directly; who has blocks and no blocked_by is at the root
function see_postgres:blocking() end

--- How many connections are in use, of how many.
---@return runbook.Reading # {used, limit, reserved, by_state, by_role, by_application}: the last three are tables of counts
function see_postgres:connections() end

--- The locks that are held and waited for, by kind, mode and relation; those waited for first.
---@return runbook.Reading # list of {kind, mode, granted, relation, count, pids, waits_s}: at most 200; relation only of this database
function see_postgres:locks() end

--- How large the databases are, and the largest tables of this one.
---@param limit? number how many tables: 20 unless said
---@overload fun(self: runbook.see.postgres, named: { limit?: number }): runbook.Reading
---@return runbook.Reading # {databases, tables}: bytes by name; a list of {name, bytes, index_bytes, rows}, bytes with indexes and TOAST, rows estimated
function see_postgres:sizes(limit) end

--- The tables with most dead rows, and when each was last vacuumed.
---@param limit? number how many tables: 20 unless said
---@overload fun(self: runbook.see.postgres, named: { limit?: number }): runbook.Reading
---@return runbook.Reading # list of {name, live, dead, dead_share, bytes, last_vacuum_s, last_analyze_s}: the server's estimates; no last_vacuum_s when it never was
function see_postgres:dead_rows(limit) end

--- How old the oldest transaction ids are: at 2^31 the server stops to take writes.
---@return runbook.Reading # {oldest_xid_age, oldest_multixact_age, freeze_max_age, share_used, databases, autovacuum_workers, tables}: ages in transactions; share_used from 0 to 1
function see_postgres:wraparound() end

--- The statements that cost most, as pg_stat_statements counts.
---@param by? "total_s"|"mean_s"|"calls" which come first: total_s unless said
---@param limit? number how many: 20 unless said
---@overload fun(self: runbook.see.postgres, named: { by?: "total_s"|"mean_s"|"calls", limit?: number }): runbook.Reading
---@return runbook.Reading # list of {id, calls, total_s, mean_s, rows, blocks_read, query}; error not_found without the extension
function see_postgres:statements(by, limit) end

---@class runbook.checks
---@field postgres fun(target: runbook.Target): runbook.check.postgres

---@class runbook.check.postgres
local check_postgres = {}

--- The rows of one query, in a read-only transaction that is rolled back; refused when it names a function that may change something.
---@param sql string one query; $1, $2, … stand for the params
---@param params? table their values, a list
---@param rows? number at most so many rows: 1000 unless said, 10000 at most
---@param within? number seconds after which the server gives it up: 5 unless said, 60 at most
---@overload fun(self: runbook.check.postgres, named: { sql: string, params?: table, rows?: number, within?: number }): runbook.Check
---@return runbook.Check # {columns, rows, more}: rows is a list of tables by column, without what is NULL; numbers, booleans, lists and JSON as such, all else as text; whole numbers beyond 15 digits are text
function check_postgres:query(sql, params, rows, within) end

--- How the server would go about a query, which is not run.
---@param sql string one query; it is planned and not run
---@param params? table the values of $1, $2, …, a list
---@overload fun(self: runbook.check.postgres, named: { sql: string, params?: table }): runbook.Check
---@return runbook.Check # table as EXPLAIN (FORMAT JSON) gives it: Node Type, Total Cost, Plan Rows, Plans, …
function check_postgres:explain(sql, params) end

--- Which database answers and, given the id of a transaction, what became of that.
---@param xid? string its id, as pg_current_xact_id() gave it
---@overload fun(self: runbook.check.postgres, named: { xid?: string }): runbook.Check
---@return runbook.Check # {database, standby, transaction}: that is committed, aborted, in progress or, when it is too long ago, forgotten
function check_postgres:transaction(xid) end

--- One column of one row, as text.
---@param table string the table, with its schema where that is not in the search path
---@param key table the columns that name the row, and their values
---@param column string the column that is read
---@param xid? string a transaction to ask about besides
---@overload fun(self: runbook.check.postgres, named: { table: string, key: table, column: string, xid?: string }): runbook.Check
---@return runbook.Check # {exists, value, transaction}: exists is whether there is such a row; no value where it is NULL; error usage when the key names several
function check_postgres:row(table, key, column, xid) end

--- What server answers, and as which role.
---@return runbook.Check # {version, started, uptime_s, standby, database, role, superuser, sees_all, read_only}: sees_all is whether the role sees the sessions of others
function check_postgres:server() end

--- The standbys of a primary and how far they are behind; of a standby, what it receives.
---@return runbook.Check # {role = primary, synchronous_names, standbys = list of {application, client, state, sync_state, behind_bytes, replay_lag_s}} or {role = standby, receiver = {status, from, received, replayed, behind_bytes, last_replayed_s, paused}}
function check_postgres:replication() end

--- The replication slots and the WAL that each retains, the most first.
---@return runbook.Check # list of {name, type, database, active, active_pid, wal_status, safe_bytes, retained_bytes}
function check_postgres:slots() end

--- The WAL on disk, its archive and the last checkpoint.
---@return runbook.Check # {lsn, files, bytes, archive_mode, archived, failed, last_archived_s, last_failed_s, failing, last_checkpoint_s, max_wal_size}: failing when the last attempt to archive failed; error denied without pg_monitor
function check_postgres:wal() end

--- The settings that are not as they come, and those that wait for a restart.
---@return runbook.Check # list of {name, value, source, type, context, pending_restart, usual}
function check_postgres:settings() end

--- One setting.
---@param name string the setting
---@overload fun(self: runbook.check.postgres, named: { name: string }): runbook.Check
---@return runbook.Check # {name, value, source, type, context, pending_restart, usual}; error not_found for an unknown one
function check_postgres:setting(name) end

--- One setting for the whole server: what is in force where nobody set another, and what ALTER SYSTEM wrote.
---@param name string the setting
---@overload fun(self: runbook.check.postgres, named: { name: string }): runbook.Check
---@return runbook.Check # {name, value, written, type, unit, min, max, options, context, source, usual, elsewhere, own, under_way}: value in its unit; under_way, an ALTER SYSTEM is still at work; elsewhere is a list of {role, database, value} that have another, own whether the role that looks is one; error denied without pg_read_all_settings
function check_postgres:system_setting(name) end

--- Whether the role that changes may run ALTER SYSTEM for a setting, or have the server read its files; it is not run.
---@param argv string[] the statement, one text
---@overload fun(self: runbook.check.postgres, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {allowed, user, why}
function check_postgres:may_set(argv) end

--- The sessions of clients, the oldest transaction first.
---@param state? string only sessions in this state
---@param role? string only sessions of this role
---@overload fun(self: runbook.check.postgres, named: { state?: string, role?: string }): runbook.Check
---@return runbook.Check # list of {pid, started, role, database, application, client, state, state_s, transaction_s, query_s, query_started, transaction_started, waits_for, wait, query}; seconds; query is its beginning; roles without pg_monitor see their own sessions only
function check_postgres:activity(state, role) end

--- One session, while it is there.
---@param pid number its process
---@param started string when it began, as another reader gave it
---@param query_started? string only while it runs the query that began then
---@overload fun(self: runbook.check.postgres, named: { pid: number, started: string, query_started?: string }): runbook.Check
---@return runbook.Check # table as activity gives it, nothing when it is gone
function check_postgres:session(pid, started, query_started) end

--- The sessions whose transaction has been open for long.
---@param over? number for at least so many seconds: 60 unless said
---@overload fun(self: runbook.check.postgres, named: { over?: number }): runbook.Check
---@return runbook.Check # list as activity gives it, each with writes: whether it has changed something
function check_postgres:long_transactions(over) end

--- The sessions that hold a transaction open and do nothing, the longest first.
---@param over? number for at least so many seconds: 60 unless said
---@overload fun(self: runbook.check.postgres, named: { over?: number }): runbook.Check
---@return runbook.Check # list as activity gives it
function check_postgres:idle_in_transaction(over) end

--- Who waits for a lock, and who holds it: those that block most first.
---@return runbook.Check # list as activity gives it, each with blocked_by, the pids that it waits for, and blocks, how many wait for it directly; who has blocks and no blocked_by is at the root
function check_postgres:blocking() end

--- How many connections are in use, of how many.
---@return runbook.Check # {used, limit, reserved, by_state, by_role, by_application}: the last three are tables of counts
function check_postgres:connections() end

--- The locks that are held and waited for, by kind, mode and relation; those waited for first.
---@return runbook.Check # list of {kind, mode, granted, relation, count, pids, waits_s}: at most 200; relation only of this database
function check_postgres:locks() end

--- How large the databases are, and the largest tables of this one.
---@param limit? number how many tables: 20 unless said
---@overload fun(self: runbook.check.postgres, named: { limit?: number }): runbook.Check
---@return runbook.Check # {databases, tables}: bytes by name; a list of {name, bytes, index_bytes, rows}, bytes with indexes and TOAST, rows estimated
function check_postgres:sizes(limit) end

--- The tables with most dead rows, and when each was last vacuumed.
---@param limit? number how many tables: 20 unless said
---@overload fun(self: runbook.check.postgres, named: { limit?: number }): runbook.Check
---@return runbook.Check # list of {name, live, dead, dead_share, bytes, last_vacuum_s, last_analyze_s}: the server's estimates; no last_vacuum_s when it never was
function check_postgres:dead_rows(limit) end

--- How old the oldest transaction ids are: at 2^31 the server stops to take writes.
---@return runbook.Check # {oldest_xid_age, oldest_multixact_age, freeze_max_age, share_used, databases, autovacuum_workers, tables}: ages in transactions; share_used from 0 to 1
function check_postgres:wraparound() end

--- The statements that cost most, as pg_stat_statements counts.
---@param by? "total_s"|"mean_s"|"calls" which come first: total_s unless said
---@param limit? number how many: 20 unless said
---@overload fun(self: runbook.check.postgres, named: { by?: "total_s"|"mean_s"|"calls", limit?: number }): runbook.Check
---@return runbook.Check # list of {id, calls, total_s, mean_s, rows, blocks_read, query}; error not_found without the extension
function check_postgres:statements(by, limit) end

---@class runbook.change.postgres_row: runbook.ChangeOptions
---@field to string|number the new value

--- Sets one column of one row, named by its key; the value before is kept, so that undo can restore it.
---@param target runbook.Target
---@param table string the table, with its schema where that is not in the search path
---@param key table the columns that name the row, and their values
---@param column string the column that is set
---@param options runbook.change.postgres_row
---@return runbook.Change
function change.postgres_row(target, table, key, column, options) end

--- Runs one statement in a transaction of its own. It needs undo, or irreversible = "why"; when it touches more rows than at_most, nothing stands.
---@param target runbook.Target
---@param sql string one statement; $1, $2, … stand for the params
---@param undo? string the statement that takes it back
---@param params? table the values of the statement, a list
---@param undo_params? table the values of the one that takes it back, a list
---@param at_most? number how many rows it may touch: 1 unless said; more, and it is rolled back
---@param within? number seconds after which the server gives it up: 30 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.postgres_execute(target, sql, undo, params, undo_params, at_most, within, options) end

---@class runbook.change.postgres_setting: runbook.ChangeOptions
---@field to string|number the new value: a text with its unit, a number or a boolean

--- Sets one setting for the whole server by ALTER SYSTEM, and has the server read it; the undo brings back what ALTER SYSTEM had written, or takes it out. Level 3 where writes may stop or what is confirmed be lost.
---@param target runbook.Target
---@param name "autovacuum"|"autovacuum_analyze_scale_factor"|"autovacuum_analyze_threshold"|"autovacuum_naptime"|"autovacuum_vacuum_cost_delay"|"autovacuum_vacuum_cost_limit"|"autovacuum_vacuum_insert_scale_factor"|"autovacuum_vacuum_insert_threshold"|"autovacuum_vacuum_scale_factor"|"autovacuum_vacuum_threshold"|"bgwriter_delay"|"bgwriter_lru_maxpages"|"bgwriter_lru_multiplier"|"checkpoint_completion_target"|"checkpoint_timeout"|"client_connection_check_interval"|"deadlock_timeout"|"default_statistics_target"|"default_transaction_read_only"|"effective_cache_size"|"effective_io_concurrency"|"hash_mem_multiplier"|"hot_standby_feedback"|"idle_in_transaction_session_timeout"|"idle_session_timeout"|"jit"|"lock_timeout"|"log_autovacuum_min_duration"|"log_checkpoints"|"log_lock_waits"|"log_min_duration_sample"|"log_min_duration_statement"|"log_statement_sample_rate"|"log_temp_files"|"logical_decoding_work_mem"|"maintenance_work_mem"|"max_parallel_maintenance_workers"|"max_parallel_workers"|"max_parallel_workers_per_gather"|"max_slot_wal_keep_size"|"max_standby_archive_delay"|"max_standby_streaming_delay"|"max_wal_size"|"min_wal_size"|"random_page_cost"|"statement_timeout"|"synchronous_commit"|"synchronous_standby_names"|"tcp_keepalives_count"|"tcp_keepalives_idle"|"tcp_keepalives_interval"|"tcp_user_timeout"|"temp_file_limit"|"track_io_timing"|"vacuum_cost_delay"|"vacuum_cost_limit"|"wal_keep_size"|"wal_receiver_timeout"|"wal_sender_timeout"|"work_mem" the setting, as pg_settings spells it
---@param options runbook.change.postgres_setting
---@return runbook.Change
function change.postgres_setting(target, name, options) end

--- Ends one session, named by its process and when that began; what its transaction did is rolled back.
---@param target runbook.Target
---@param pid number the process, as a reader gave it
---@param started string when it began, as the same reader gave it
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.postgres_end_session(target, pid, started, options) end

--- Cancels the query that a session runs; the session stays.
---@param target runbook.Target
---@param pid number the process, as a reader gave it
---@param started string when it began, as the same reader gave it
---@param query_started string when the query began, as the same reader gave it
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.postgres_cancel_query(target, pid, started, query_started, options) end
