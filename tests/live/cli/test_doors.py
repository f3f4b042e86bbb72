"""Two doors keep a change from passing as a read: the primitives' own list (for PostgreSQL the gate that a read is made into) and the guard at the
wire. runbook-dryonly is linked again
without the one, without the other (each holds alone), and without both: then the change must arrive, or these tests prove nothing. The guard also
keeps a change from being another one than was approved. test_without_a_door.py does the same with all other doors."""

import pytest

from watching import READS

BOOK = """
return playbook "disguised" {
  alerts = {}, severity = "SEV-5", owner = "nobody",
  inputs = { redis = input.redis "the victim" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { limit = redis:read { "CONFIG", "SET", "maxmemory", "1mb" }, flush = redis:read { "FLUSHALL" }, ping = redis:ping() }
  end,
  diagnose = function(found) return healthy(found.ping) end,
}
"""


@pytest.fixture
def victim(project, cache):
    cache.ask("SET", "precious", "mine")
    project.book("disguised", BOOK)
    return cache


@pytest.mark.parametrize("program", ["runbook", "runbook-dryonly", "runbook-dryonly-no-guard", "runbook-dryonly-no-effect"])
def test_either_door_alone_keeps_a_change_out(project, victim, program):
    before, settings = victim.counts(), victim.config()
    done = project.run("run", "disguised", "--dry-run", program=program)
    assert done.code == 0 and "not read" in done.out, done
    assert victim.arrived_since(before) <= READS
    assert victim.config() == settings
    assert victim.ask("GET", "precious") == b"mine"


def test_without_both_doors_the_change_arrives(project, victim):
    before = victim.counts()
    done = project.run("run", "disguised", "--dry-run", program="runbook-dryonly-neither")
    assert done.code == 0, done
    assert {"config|set", "flushall"} <= victim.arrived_since(before)
    assert victim.config("maxmemory") == str(1 << 20)
    assert victim.ask("GET", "precious") is None


SQL_BOOK = """
return playbook "disguised" { alerts = {}, severity = "SEV-5", owner = "nobody", inputs = { db = input.postgres "the victim" },
  evidence = function(see, arg)
    local db = see.postgres(arg.db)
    return { write = db:query "INSERT INTO orders VALUES (2)", count = db:query "SELECT nextval('numbers') AS n", plan = db:explain "DELETE FROM orders" }
  end,
  diagnose = function(found) return finding("seen", "seen") end }
"""


@pytest.fixture
def orders(project, postgres):
    """A database whose superuser is the one that looks."""
    project.target("shop-db", postgres.url("postgres"), kind="postgres", env="dev")
    postgres.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1); CREATE SEQUENCE numbers", database="shop")
    return postgres


STANDS = "SELECT (SELECT array_agg(id) FROM orders), (SELECT is_called FROM numbers)"


@pytest.mark.parametrize("program", ["runbook", "runbook-dryonly", "runbook-dryonly-no-guard", "runbook-dryonly-no-effect"])
def test_either_door_alone_keeps_a_change_out_of_postgresql(project, orders, program):
    seen = project.seen(SQL_BOOK, program=program)
    assert {one["code"] for one in seen.values()} == {"refused"}, seen
    assert orders.sql(STANDS, database="shop") == "{1}|f"


def test_without_both_doors_the_change_arrives_at_postgresql(project, orders):
    project.seen(SQL_BOOK, program="runbook-dryonly-neither")
    assert orders.sql(STANDS, database="shop") == "|t"


def test_what_the_plan_did_not_show_is_not_sent_though_the_code_that_changes_things_would(project, cache):
    """An applier that sends another value than the permit lists, and the guard, which lets nothing else pass."""
    project.target("cache-1", cache.url, env="dev")
    before = cache.counts()
    done = project.run("run", "limit", "--yes", program="runbook-lying-applier")
    assert (done.code, "permit" in done.out) == (8, True), done
    assert cache.arrived_since(before) <= READS
    assert project.records("OUTCOME")[-1]["data"]["status"] == "not_applied"
