"""Looking into a real PostgreSQL: what is read is told as it is, and nothing that is read changes anything."""

import pytest

from servers import wait_until

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { db = input.postgres "where" },
  evidence = function(see, arg) local db = see.postgres(arg.db); return { %s } end,
  diagnose = function(found) %s return finding("seen", "seen") end }"""


@pytest.fixture
def look(project):
    """What readings gave, by name; of one that failed, its error."""
    return lambda readings, diagnose="": project.seen(BOOK % (readings, diagnose))


def test_a_query_gives_its_rows_typed(shop, look):
    seen = look('''q = db:query [[select 1 as one, 2.5::float8 as half, true as yes, null as nothing, 'a "b"' as text, 9007199254740993 as large,
        123456789012::int8 as id, 1.50::numeric as price, '{"a": [1, null]}'::jsonb as doc, array[1,2,null] as list,
        array['x y','"q"','a,b'] as words, '{{1,2},{3,4}}'::int[] as grid, timestamptz '2026-01-02 03:04:05+01' as at]]''')
    row = seen["q"]["rows"][0]
    assert row == {"one": 1, "half": 2.5, "yes": True, "text": 'a "b"', "large": "9007199254740993", "id": 123456789012, "price": 1.5,
                   "doc": {"a": [1, None]}, "list": [1, 2, None], "words": ["x y", '"q"', "a,b"], "grid": [[1, 2], [3, 4]],
                   "at": "2026-01-02 02:04:05+00"}
    assert "nothing" in seen["q"]["columns"] and seen["q"]["more"] is False


def test_parameters_are_values_and_never_sql(shop, look):
    seen = look('''q = db:query("select $1::text as a, $2::int as b", { "x'; drop table t; --", 7 })''')
    assert seen["q"]["rows"] == [{"a": "x'; drop table t; --", "b": 7}]


def test_more_rows_than_asked_for_are_cut_and_told(shop, look):
    seen = look('q = db:query("select generate_series(1, 1000000) as n", {}, 10)')
    assert [row["n"] for row in seen["q"]["rows"]] == list(range(1, 11)) and seen["q"]["more"] is True


def test_a_plan_is_told_and_the_query_is_not_run(shop, look):
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY, status text); GRANT SELECT ON orders TO looker", database="shop")
    seen = look('p = db:explain("select * from orders where id = $1", { 7 })')
    assert "Node Type" in seen["p"] and "Actual Rows" not in seen["p"]
    assert "EXPLAIN" in shop.log() and "ANALYZE" not in shop.log()


def test_readers_tell_of_the_server(shop, look):
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000); DELETE FROM orders WHERE id > 500;"
             "SELECT pg_stat_force_next_flush(); SELECT 1", database="shop")
    seen = look("""server = db:server(), connections = db:connections(), replication = db:replication(), slots = db:slots(), wal = db:wal(),
        settings = db:settings(), limit = db:setting "max_connections", sizes = db:sizes(), dead = db:dead_rows(), age = db:wraparound(),
        locks = db:locks(), activity = db:activity(), blocking = db:blocking(), idle = db:idle_in_transaction(),
        long = db:long_transactions(), statements = db:statements(), none = db:setting "no_such" """)
    errors = {name: value for name, value in seen.items() if isinstance(value, dict) and "error" in value}
    assert sorted(errors) == ["none", "statements"], errors
    assert "pg_stat_statements is not in this database" in seen["statements"]["error"]
    server = seen["server"]
    assert server["version"].startswith("15") and server["role"] == "looker" and not server["superuser"] and server["sees_all"]
    assert seen["connections"]["limit"] == 40 and seen["connections"]["used"] >= 1
    assert seen["replication"] == {"role": "primary", "synchronous_names": "", "standbys": []}
    assert seen["wal"]["files"] >= 1 and seen["wal"]["archive_mode"] == "off" and not seen["wal"]["failing"]
    assert seen["limit"]["value"] == "40" and "max_connections" in [setting["name"] for setting in seen["settings"]]
    assert seen["sizes"]["databases"]["shop"] > 1000000 and seen["sizes"]["tables"][0]["name"].endswith("orders")
    assert seen["age"]["share_used"] < 0.1 and "shop" in seen["age"]["databases"]
    assert seen["dead"][0]["dead"] in (0, 500)


def test_who_blocks_whom_is_told(shop, look):
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY, n int); INSERT INTO orders VALUES (1, 0)", database="shop", role="changer")
    holder = shop.session("BEGIN;", "UPDATE orders SET n = 1 WHERE id = 1;")
    waiter = shop.session()
    waiter.stdin.write("UPDATE orders SET n = 2 WHERE id = 1;\n")
    try:
        wait_until(lambda: shop.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1", "somebody waits")
        seen = look("blocking = db:blocking(), idle = db:idle_in_transaction(0), long = db:long_transactions(0), locks = db:locks()")
        root, waits = seen["blocking"]
        assert root["blocks"] == 1 and root["blocked_by"] == [] and root["state"] == "idle in transaction"
        assert waits["blocked_by"] == [root["pid"]] and waits["waits_for"] == "Lock"
        assert [session["pid"] for session in seen["idle"]] == [root["pid"]]
        assert {session["pid"]: session["writes"] for session in seen["long"]}[root["pid"]] is True
        assert not seen["locks"][0]["granted"] and seen["locks"][0]["waits_s"] > 0
    finally:
        holder.kill()
        waiter.kill()
        holder.wait(10)
        waiter.wait(10)


# What passes BEGIN READ ONLY for a superuser, and more that must not be done while looking.
CHANGES = [
    "INSERT INTO t VALUES (2)", "SET transaction_read_only = off; INSERT INTO t VALUES (2)", "COPY t TO PROGRAM 'touch %(flag)s'",
    "COPY (SELECT 1) TO '%(flag)s'", "SELECT pg_terminate_backend(%(pid)s)", "SELECT pg_cancel_backend(%(pid)s)", "LOCK TABLE t",
    "SELECT set_config('transaction_read_only', 'off', false)", "SELECT set_config('work_mem', '1MB', false)", "SELECT nextval('s')",
    "SELECT setval('s', 50)", "SELECT pg_advisory_lock(7)", "SELECT pg_switch_wal()", "SELECT pg_create_restore_point('r')",
    "SELECT pg_create_physical_replication_slot('x')", "SELECT pg_reload_conf()", "SELECT pg_rotate_logfile()", "SELECT pg_stat_reset()",
    "SELECT pg_notify('c', 'p')", "SELECT lo_create(4711)", "SELECT lo_export(1, '%(flag)s')", "SELECT pg_promote()", "SELECT pg_sleep(60)",
    "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')", "SELECT pg_export_snapshot()", "SELECT pg_logical_emit_message(false, 'a', 'b')",
    "SELECT pg_current_xact_id()", "SELECT txid_current()", "SELECT forget()", "SELECT Forget()", 'SELECT "forget"()', "SELECT public . forget /* */ ()",
    "SELECT (t).forget FROM t", 'SELECT U&"f\\006frget"()', "SELECT $$a$$ || forget()::text", "SELECT E'a\\'' || forget()::text || E'\\''",
    "SELECT E'a'\n'\\'' || forget() -- '", "SELECT '\\' || forget()::text || '\\'", "SELECT 1 /* /* */ */ + forget()", "SELECT 1 --\n + forget()",
    "SELECT 1 %%%%%% 2", "SELECT query_to_xml('SELECT forget()', true, true, '')", "SELECT * FROM ts_stat('SELECT forget_vector()')",
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "SELECT * FROM t FOR UPDATE", "SELECT * INTO u FROM t", "TRUNCATE t",
    "DO $$ BEGIN PERFORM forget(); END $$", "CALL p()", "EXPLAIN ANALYZE SELECT forget()", "VACUUM", "ALTER SYSTEM SET work_mem = '1MB'",
    "COMMIT", "COMMIT; DELETE FROM t", "SELECT 1; DELETE FROM t", "NOTIFY c", "LISTEN c", "DISCARD ALL", "PREPARE x AS DELETE FROM t",
    "DECLARE z CURSOR WITH HOLD FOR SELECT 1", "REINDEX TABLE t", "CHECKPOINT", "LOAD 'auto_explain'", "SELECT setseed(0.5)", "",
    "SELECT * FROM dblink_exec('dbname=shop', 'DELETE FROM t')", "SELECT pg_stat_clear_snapshot()", "SELECT pg_backup_start('x')",
]

PREPARE = """
CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE SEQUENCE s; CREATE EXTENSION dblink;
CREATE FUNCTION forget() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('transaction_read_only', 'off', true); RETURN 1; END $$;
CREATE FUNCTION forget(t) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION forget_vector() RETURNS tsvector LANGUAGE sql AS $$ SELECT 'a'::tsvector $$;
CREATE FUNCTION add_badly(int, int) RETURNS int LANGUAGE sql AS 'SELECT forget()';
CREATE OPERATOR %%% (LEFTARG = int, RIGHTARG = int, FUNCTION = add_badly);
CREATE PROCEDURE p() LANGUAGE sql AS 'DELETE FROM t';
"""

STATE = """
SELECT (SELECT array_agg(id) FROM t), (SELECT last_value FROM s), (SELECT count(*) FROM pg_replication_slots),
  (SELECT count(*) FROM pg_largeobject_metadata), (SELECT pg_current_wal_insert_lsn()), (SELECT pg_snapshot_xmax(pg_current_snapshot())),
  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), (SELECT stats_reset FROM pg_stat_database WHERE datname = 'shop'),
  (SELECT pg_conf_load_time()), (SELECT count(*) FROM pg_file_settings), (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql')
"""


def test_nothing_that_a_superuser_reads_changes_anything(project, start_postgres, look):
    server = start_postgres(autovacuum="off", bgwriter_lru_maxpages=0, checkpoint_timeout="'1d'")
    project.target("shop-db", server.url("postgres"), kind="postgres", env="dev")
    server.sql(PREPARE, database="shop")
    sleeper = server.session()
    try:
        flag = server.folder / "flag"
        words = {"flag": flag, "pid": server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'psql' AND pid <> pg_backend_pid()")}
        server.sql("CHECKPOINT")
        before = server.sql(STATE, database="shop")
        readings = ", ".join(f"q{i} = db:query [==[{change % words}]==]" for i, change in enumerate(CHANGES))
        seen = look(readings)
        passed = {CHANGES[i]: seen[f"q{i}"] for i in range(len(CHANGES)) if "error" not in seen[f"q{i}"]}
        assert not passed
        codes = {seen[f"q{i}"]["code"] for i in range(len(CHANGES))}
        assert codes <= {"refused", "remote", "denied"}, codes
        assert not flag.exists() and server.sql(STATE, database="shop") == before
    finally:
        sleeper.kill()
        sleeper.wait(10)


def test_every_volatile_function_of_the_server_is_refused_by_its_name_but_those_known_to_look(project, start_postgres, look):
    server = start_postgres()
    project.target("shop-db", server.url("postgres"), kind="postgres", env="dev")
    names = server.sql("SELECT DISTINCT proname FROM pg_proc WHERE provolatile = 'v' ORDER BY 1").split("\n")
    seen = {}
    for part in (names[i:i + 100] for i in range(0, len(names), 100)):
        seen |= look(", ".join(f'{name} = db:query [[select "{name}"()]]' for name in part))
    may = sorted(name for name in names if seen[name].get("code") != "refused")
    assert may == sorted("""clock_timestamp current_query pg_blocking_pids pg_control_checkpoint pg_control_init pg_control_recovery
        pg_control_system pg_current_logfile pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_size
        pg_get_wal_replay_pause_state pg_indexes_size pg_is_in_recovery pg_is_wal_replay_paused pg_last_committed_xact
        pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_lock_status pg_ls_archive_statusdir pg_ls_waldir
        pg_notification_queue_usage pg_partition_ancestors pg_partition_tree pg_prepared_xact pg_relation_size
        pg_safe_snapshot_blocking_pids pg_sequence_last_value pg_show_all_file_settings pg_stat_get_recovery_prefetch pg_table_size
        pg_tablespace_size pg_total_relation_size pg_xact_commit_timestamp pg_xact_status timeofday txid_status""".split())
