"""PostgreSQL behind a real pgbouncer, which gives each transaction whatever session of the server's is free."""

import pytest

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { db = input.postgres "where" },
  evidence = function(see, arg) local db = see.postgres(arg.db); return { %s } end,
  diagnose = function(found)
    if found.order and found.order.value == "sent" then return healthy "sent" end
    return finding("seen", "seen")
  end%s }"""

MITIGATION = """, findings = { seen = "seen" }, mitigations = { mitigation "set" { answers = { "seen" }, warning = "w",
  plan = function(_, arg) return { change.postgres_row(arg.db, "orders", { id = 1 }, "status", { to = "sent" }) } end,
  verify = function(arg) return { check.postgres(arg.db):row("orders", { id = 1 }, "status").value:is "sent" } end, within = "5s" } }"""


@pytest.fixture
def pooled(project, postgres, start_pooler):
    """The shop's database by way of a pooler that has three sessions and takes them in turns."""
    postgres.sql("CREATE TABLE orders (id int PRIMARY KEY, status text); INSERT INTO orders VALUES (1, 'new'); GRANT SELECT ON orders TO looker",
                 database="shop", role="changer")
    pooler = start_pooler(postgres, server_round_robin=1, default_pool_size=3)
    for role in ("looker", "changer"):
        pooler.fill(role, 3)
    project.target("shop-db", pooler.url(), kind="postgres", user="looker", change_user="changer", env="dev")
    return postgres


def test_reads_get_their_answers_whatever_session_each_of_them_is_given(project, pooled):
    readings = ", ".join(f'q{i} = db:query "select {i} as n, pg_backend_pid() as pid"' for i in range(12))
    seen = project.seen(BOOK % (readings, ""))
    assert [seen[f"q{i}"]["rows"][0]["n"] for i in range(12)] == list(range(12)), seen
    assert len({seen[f"q{i}"]["rows"][0]["pid"] for i in range(12)}) > 1


def test_what_would_change_something_is_refused_behind_a_pooler_too(project, pooled):
    readings = 'insert = db:query "INSERT INTO orders VALUES (2)", function_ = db:query "SELECT pg_reload_conf()", set = db:query "SET work_mem = 1"'
    seen = project.seen(BOOK % (readings, ""))
    assert {one["code"] for one in seen.values()} == {"refused"}
    assert pooled.sql("SELECT count(*) FROM orders", database="shop") == "1"


def test_a_row_is_changed_behind_a_pooler_and_set_back(project, pooled):
    project.book("looks", BOOK % ('order = db:row("orders", { id = 1 }, "status")', MITIGATION))
    done = project.run("run", "looks", "--yes")
    assert done.code == 0, done
    assert pooled.sql("SELECT status FROM orders", database="shop") == "sent"
    assert project.run("undo", project.last_run(), "--yes").code == 0
    assert pooled.sql("SELECT status FROM orders", database="shop") == "new"
