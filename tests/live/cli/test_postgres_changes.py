"""Changing a real PostgreSQL: rows, statements and sessions; what is written down first, and what can be told afterwards."""

import os
import random
import signal
import time

import pytest

from servers import wait_until
from ward import undo

BOOK = """
return playbook "mend" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { db = input.postgres "the database" },
  evidence = function(see, arg) local db = see.postgres(arg.db)
    return { server = db:server(), idle = db:idle_in_transaction(0), active = db:activity "active" } end,
  diagnose = function(found) return finding("ill", "it is ill") end,
  mitigations = {
    mitigation "treat" {
      answers = { "ill" },
      plan = function(found, arg) return { %s } end,
      verify = function(arg) return { check.postgres(arg.db):server().standby:is(false) } end,
      within = "20s",
    },
  },
}
"""

ROW = 'change.postgres_row(arg.db, "orders", { id = 1 }, "status", { to = "retry" })'


@pytest.fixture
def orders(shop):
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY, status text, n int DEFAULT 0);"
             "INSERT INTO orders VALUES (1, 'stuck'), (2, 'stuck'), (3, NULL); GRANT SELECT ON orders TO looker", database="shop", role="changer")
    return shop


def statuses(server):
    return server.sql("SELECT string_agg(coalesce(status, '-'), ' ' ORDER BY id) FROM orders", database="shop")


@pytest.fixture
def mend(project):
    """Plans and carries out this change of shop-db; `mend.plan` tells the plan."""
    def run(change, level=None, before=None, words=(), **more):
        project.book("mend", BOOK % change)
        argv = ["run", "mend", "--mitigate", "treat"]
        dry = project.run(*argv, "--dry-run", "-o", "json")
        assert dry.code == 0, dry
        run.plan = dry.json["plans"][0]
        assert level is None or run.plan["level"] == level, run.plan
        run.shown = project.run(*argv, "--dry-run").out
        if before:
            before()
        argv += ["--approve", run.plan["digest"][:12], "--confirm", "shop-db", "--reason", "a test"]
        return project.start(*argv) if more.get("start") else project.run(*argv)
    return run


def settled(project):
    return project.records("OUTCOME")[-1]["data"]


def test_one_value_of_one_row_is_set_and_set_back(project, orders, mend):
    done = mend(ROW, level=1)
    assert statuses(orders) == "retry stuck -" and settled(project)["status"] == "applied", done
    assert "set status of the row id = 1 in orders of shop-db from 'stuck' to 'retry'" in " ".join(mend.shown.split()), mend.shown
    done = undo(project)
    assert (done.code, statuses(orders)) == (0, "stuck stuck -"), done


def test_a_value_that_was_null_comes_back_as_null(project, orders, mend):
    done = mend('change.postgres_row(arg.db, "public.orders", { id = 3 }, "status", { to = "new" })')
    assert statuses(orders) == "stuck stuck new", done
    done = undo(project)
    assert (done.code, statuses(orders)) == (0, "stuck stuck -"), done


def test_a_row_that_somebody_changed_meanwhile_is_left_alone(project, orders, mend):
    done = mend(ROW, before=lambda: orders.sql("UPDATE orders SET status = 'paid' WHERE id = 1", database="shop"))
    assert (done.code, statuses(orders)) == (8, "paid stuck -"), done


def test_a_key_that_names_several_rows_is_refused(project, orders, mend):
    project.book("mend", BOOK % 'change.postgres_row(arg.db, "orders", { status = "stuck" }, "n", { to = 1 })')
    done = project.run("run", "mend", "--mitigate", "treat", "--dry-run")
    assert "the key names more than one row" in " ".join((done.out + done.err).split()), done


def test_a_statement_that_touches_more_rows_than_it_may_is_rolled_back(project, orders, mend):
    done = mend('''change.postgres_execute(arg.db, { sql = "update orders set status = 'gone'", irreversible = "a test" })''', level=2)
    assert statuses(orders) == "stuck stuck -" and done.code not in (0, 5), done
    assert "it would touch 3 rows and may touch at most 1" in " ".join((done.out + done.err).split()), done


def test_a_statement_runs_once_and_another_one_takes_it_back(project, orders, mend):
    done = mend('''change.postgres_execute(arg.db, { sql = "update orders set n = n + $1 where status = $2", params = { 5, "stuck" },
        at_most = 2, undo = "update orders set n = n - $1 where status = $2", undo_params = { 5, "stuck" } })''')
    assert orders.sql("SELECT sum(n) FROM orders", database="shop") == "10", done
    assert settled(project)["said"] == "UPDATE 2"
    done = undo(project)
    assert (done.code, orders.sql("SELECT sum(n) FROM orders", database="shop")) == (0, "0"), done


@pytest.mark.parametrize("sql", ["COMMIT", "BEGIN", "ROLLBACK; update orders set n = 1", "COPY orders TO PROGRAM 'id'", "SET role postgres", "VACUUM", ""])
def test_what_would_leave_its_transaction_is_no_statement_of_a_plan(project, orders, mend, sql):
    project.book("mend", BOOK % f'change.postgres_execute(arg.db, {{ sql = "{sql}", irreversible = "a test" }})')
    done = project.run("run", "mend", "--mitigate", "treat", "--dry-run")
    assert done.code == 2 and "sql" in done.err + done.out, done


def test_a_session_idle_in_its_transaction_is_ended_and_no_other(project, orders, mend):
    idle = orders.session("BEGIN;", "UPDATE orders SET status = 'mine' WHERE id = 1;")
    other = orders.session()
    orders.sql("GRANT changer TO looker; GRANT pg_signal_backend TO changer")
    try:
        done = mend("change.postgres_end_session(arg.db, found.idle[1].pid, found.idle[1].started)", level=2)
        assert settled(project)["status"] == "applied", done
        assert orders.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql' AND pid <> pg_backend_pid()") == "1"
        assert statuses(orders) == "stuck stuck -"
    finally:
        for session in (idle, other):
            session.kill()
            session.wait(10)


def test_a_session_that_went_on_meanwhile_is_not_ended(project, orders, mend):
    idle = orders.session("BEGIN;", "UPDATE orders SET status = 'mine' WHERE id = 1;")

    def goes_on():
        idle.stdin.write("COMMIT; BEGIN; SELECT 1; \\echo on\n")
        for line in idle.stdout:
            if line == "on\n":
                break
    try:
        done = mend("change.postgres_end_session(arg.db, found.idle[1].pid, found.idle[1].started)", before=goes_on)
        assert done.code == 8 and idle.poll() is None, done
        assert orders.sql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == "1"
    finally:
        idle.kill()
        idle.wait(10)


def test_a_query_is_cancelled_and_its_session_stays(project, orders, mend):
    busy = orders.session()
    busy.stdin.write("SELECT pg_sleep(300);\n\\echo over\n")
    wait_until(lambda: orders.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(300)%'") == "1", "it sleeps")
    try:
        done = mend('''(function() for _, one in ipairs(found.active) do if one.query:find "pg_sleep" then
            return change.postgres_cancel_query(arg.db, one.pid, one.started, one.query_started) end end end)()''', level=2)
        assert settled(project)["status"] == "applied", done
        assert any(line == "over\n" for line in busy.stdout)
    finally:
        busy.kill()
        busy.wait(10)


def test_a_target_without_a_role_that_changes_is_only_looked_at(project, orders, mend):
    project.target("shop-db", orders.url(""), kind="postgres", user="looker", env="dev")
    project.book("mend", BOOK % ROW)
    done = project.run("run", "mend", "--mitigate", "treat", "--yes")
    assert done.digests == {} and project.records("INTENT") == [] and statuses(orders) == "stuck stuck -", done


def budget(short):
    return int(os.environ.get("RUNBOOK_KILLS", short))


def test_killed_at_any_instant_resume_tells_the_truth_about_the_commit(project, orders, mend):
    """kill -9 around COMMIT: what resume says is what the server has."""
    change = 'change.postgres_execute(arg.db, { sql = "update orders set n = n + 1 where id = 1", irreversible = "a test" })'
    seen = {}
    dice = random.Random(7)

    def intents():
        return sum(log.read_bytes().count(b'"type":"INTENT"') for log in project.logs)
    for number in range(budget(25)):
        before = int(orders.sql("SELECT n FROM orders WHERE id = 1", database="shop"))
        already = intents()
        process = mend(change, start=True)
        wait_until(lambda: intents() > already, "the intent is on disk")
        time.sleep(dice.uniform(0, 0.03 * (1 + number % 3)))
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        run = project.last_run()
        project.run("resume", run)
        wait_until(lambda: orders.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runbook'") == "0", "its sessions are over")
        happened = int(orders.sql("SELECT n FROM orders WHERE id = 1", database="shop")) - before
        told = [record["data"]["status"] for record in project.records("OUTCOME") if record["run"] == run]
        assert told in ([], ["applied"], ["not_applied"]), (told, run)
        assert (told == ["applied"]) == (happened == 1), (told, happened, run)
        seen[tuple(told)] = seen.get(tuple(told), 0) + 1
    print(seen)
    assert ("applied",) in seen and ("not_applied",) in seen
