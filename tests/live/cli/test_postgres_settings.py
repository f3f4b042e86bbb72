"""Changing settings of a real PostgreSQL by ALTER SYSTEM: in force, set back, refused, and told when something comes before them."""

import os
import random
import signal
import time

import pytest

from servers import wait_until
from test_postgres_changes import BOOK, settled
from ward import undo

MAY_SET = "".join(f"GRANT ALTER SYSTEM ON PARAMETER {name} TO changer;" for name in
                  ("work_mem", "statement_timeout", "synchronous_standby_names", "default_transaction_read_only", "autovacuum", "max_wal_size"))
MAY_SET += "GRANT EXECUTE ON FUNCTION pg_reload_conf() TO changer;"
SEES_FILES = "GRANT SELECT ON pg_file_settings TO looker; GRANT EXECUTE ON FUNCTION pg_show_all_file_settings() TO looker"


@pytest.fixture
def server(shop):
    shop.sql(MAY_SET, database="shop")
    return shop


@pytest.fixture
def plan(project):
    """What a dry run says of this setting: its plan, or the whole of it when there is none."""
    def plan(name, to):
        project.book("mend", BOOK % f'change.postgres_setting(arg.db, "{name}", {{ to = {to} }})')
        done = project.run("run", "mend", "--mitigate", "treat", "--dry-run", "-o", "json")
        return done.json["plans"][0] if done.code == 0 and done.json["plans"] else done
    return plan


@pytest.fixture
def set_to(project, plan):
    def set_to(name, to, **more):
        planned = plan(name, to)
        assert isinstance(planned, dict), planned
        argv = ["run", "mend", "--mitigate", "treat", "--approve", planned["digest"][:12], "--confirm", "shop-db", "--reason", "a test"]
        return project.start(*argv) if more.get("start") else project.run(*argv)
    return set_to


def said(done):
    return " ".join((done.out + done.err).split())


def in_force(server, name):
    return server.sql(f"SHOW {name}")


def file_of(server):
    """What ALTER SYSTEM wrote, without the comment above it."""
    return [line for line in (server.data / "postgresql.auto.conf").read_text().splitlines() if not line.startswith("#")]


def test_a_setting_is_in_force_at_once_and_taken_out_again(project, server, set_to, plan):
    planned = plan("work_mem", '"64MB"')
    assert isinstance(planned, dict) and planned["level"] == 1, planned
    assert [call[0] for call in planned["changes"][0]["calls"]] == ["ALTER SYSTEM SET work_mem = '64MB'", "SELECT pg_catalog.pg_reload_conf()"]
    assert "from 4 MiB to 64 MiB" in planned["changes"][0]["text"]
    done = set_to("work_mem", '"64MB"')
    assert (in_force(server, "work_mem"), settled(project)["status"]) == ("64MB", "applied"), done
    done = undo(project)
    assert (done.code, in_force(server, "work_mem"), file_of(server)) == (0, "4MB", []), done


def test_what_was_written_before_comes_back(project, server, set_to):
    server.sql("ALTER SYSTEM SET work_mem = '8MB'")
    server.sql("SELECT pg_reload_conf()")
    wait_until(lambda: in_force(server, "work_mem") == "8MB", "it is in force")
    set_to("work_mem", 65536)
    assert in_force(server, "work_mem") == "64MB"
    done = undo(project)
    assert (done.code, in_force(server, "work_mem"), file_of(server)) == (0, "8MB", ["work_mem = '8MB'"]), done


def test_what_means_the_same_is_no_change(project, server, set_to):
    set_to("work_mem", '"64MB"')
    set_to("work_mem", '"65536kB"')
    assert settled(project)["status"] == "skipped" and file_of(server) == ["work_mem = '64MB'"]


@pytest.mark.parametrize("name, to, why", [
    ("work_mem", '"64 bananas"', "is no amount that it takes"),
    ("work_mem", '"1kB"', "from 64 to 2147483647 kB"),
    ("autovacuum", '"perhaps"', "neither on nor off"),
    ("synchronous_commit", '"maybe"', "one of: local remote_write remote_apply on off"),
    ("work_mem", r'"64MB\\\\"', "a backslash"),
    ("archive_command", '"rm -rf /"', "not on the list"),
    ("session_preload_libraries", '"evil"', "not on the list"),
    ("shared_buffers", '"1GB"', "not on the list"),
    ("fsync", "false", "not on the list"),
    ("worm_mem", '"64MB"', "did you mean work_mem?"),
])
def test_what_a_setting_does_not_take_is_refused_before_anything_is_sent(server, plan, name, to, why):
    done = plan(name, to)
    assert not isinstance(done, dict) and why in said(done), done
    assert "ALTER SYSTEM SET" not in server.log().split("pg_reload_conf() TO changer")[-1]


def test_a_value_with_quotes_stays_one_value(project, server, set_to):
    done = set_to("synchronous_standby_names", '''[[FIRST 1 ("it's", b)]]''')
    assert in_force(server, "synchronous_standby_names") == 'FIRST 1 ("it\'s", b)', done
    done = undo(project)
    assert (done.code, in_force(server, "synchronous_standby_names")) == (0, ""), done


@pytest.mark.parametrize("name, to, loses", [("synchronous_standby_names", '"*"', "writes, as long as"),
                                             ("default_transaction_read_only", "true", "writes: each fails"),
                                             ("synchronous_commit", '"off"', "what was confirmed in the last moment")])
def test_what_stops_writes_or_loses_what_is_confirmed_is_of_level_3(project, server, plan, name, to, loses):
    server.sql("GRANT ALTER SYSTEM ON PARAMETER synchronous_commit TO changer")
    planned = plan(name, to)
    assert isinstance(planned, dict) and planned["level"] == 3, planned
    assert loses in said(project.run("run", "mend", "--mitigate", "treat", "--dry-run"))


def test_a_server_that_takes_no_writes_any_more_is_set_back(project, server, set_to):
    set_to("default_transaction_read_only", "true")
    assert in_force(server, "default_transaction_read_only") == "on"
    done = undo(project)
    assert (done.code, in_force(server, "default_transaction_read_only")) == (0, "off"), done


def test_a_role_without_the_right_is_told_what_to_grant(server, plan):
    server.sql("REVOKE ALTER SYSTEM ON PARAMETER work_mem FROM changer")
    assert "GRANT ALTER SYSTEM ON PARAMETER work_mem TO changer" in said(plan("work_mem", '"64MB"'))
    server.sql("GRANT ALTER SYSTEM ON PARAMETER work_mem TO changer; REVOKE EXECUTE ON FUNCTION pg_reload_conf() FROM changer", database="shop")
    assert "GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO changer" in said(plan("work_mem", '"64MB"'))


def test_a_role_that_cannot_see_what_was_written_is_told_what_to_grant(project, server, plan, set_to):
    assert "GRANT SELECT ON pg_catalog.pg_file_settings" in said(plan("statement_timeout", '"30s"'))
    server.sql(SEES_FILES, database="shop")
    done = set_to("statement_timeout", '"30s"')
    assert (in_force(server, "statement_timeout"), settled(project)["status"]) == ("30s", "applied"), done
    done = undo(project)
    assert (done.code, in_force(server, "statement_timeout"), file_of(server)) == (0, "0", []), done


def test_who_has_a_value_of_its_own_is_named(server, plan):
    server.sql("ALTER ROLE changer IN DATABASE shop SET work_mem = '1GB'; ALTER ROLE changer SET workxmem.a = '1'")
    assert "not for those with a value of their own: the role changer in shop (1GB)" in plan("work_mem", '"64MB"')["changes"][0]["text"]
    server.sql("ALTER ROLE looker SET work_mem = '2GB'")
    assert "has a value of its own for work_mem" in said(plan("work_mem", '"64MB"'))


def test_a_setting_that_somebody_changed_meanwhile_is_left_alone(project, server, plan):
    planned = plan("work_mem", '"64MB"')
    server.sql("ALTER SYSTEM SET work_mem = '32MB'")
    server.sql("SELECT pg_reload_conf()")
    wait_until(lambda: in_force(server, "work_mem") == "32MB", "it is in force")
    done = project.run("run", "mend", "--mitigate", "treat", "--approve", planned["digest"][:12])
    assert (done.code, in_force(server, "work_mem")) == (8, "32MB"), done


def test_what_does_not_come_into_force_is_told_and_can_be_taken_back(project, start_postgres, plan, set_to):
    """The gate hides where statement_timeout came from, so that the command line shows by what it does."""
    server = start_postgres(words=["-c", "work_mem=5MB", "-c", "statement_timeout=77s"])
    server.sql(MAY_SET + SEES_FILES, database="shop")
    project.target("shop-db", server.url(""), kind="postgres", user="looker", change_user="changer", env="dev")
    assert "stands on the command line" in said(plan("work_mem", '"64MB"'))
    done = set_to("statement_timeout", '"30s"')
    assert settled(project)["status"] == "failed" and "accepted, but it reads back as" in said(done), done
    assert (in_force(server, "statement_timeout"), file_of(server)) == ("77s", ["statement_timeout = '30s'"])
    done = undo(project)
    assert (done.code, file_of(server)) == (0, []), done


def test_alter_system_is_no_statement_of_a_plan_and_no_query(project, server):
    project.book("mend", BOOK % '''change.postgres_execute(arg.db, { sql = "alter /* */ system set work_mem = '1GB'", irreversible = "a test" })''')
    done = project.run("run", "mend", "--mitigate", "treat", "--dry-run")
    assert done.code == 2 and "change.postgres_setting" in said(done), done
    seen = project.seen((BOOK % "").replace("db:server()", '''db:query "alter system set work_mem = '1GB'" '''))
    assert "begins with SELECT" in str(seen["server"]["error"]) and file_of(server) == []


def test_killed_at_any_instant_resume_tells_the_truth_about_a_setting(project, server, set_to):
    """kill -9 around ALTER SYSTEM and the reload: what resume says is what the server has."""
    seen, dice = {}, random.Random(11)

    def intents():
        return sum(log.read_bytes().count(b'"type":"INTENT"') for log in project.logs)
    for number in range(int(os.environ.get("RUNBOOK_KILLS", 15))):
        before, already = in_force(server, "work_mem"), intents()
        wanted = f"{64 + number}MB"
        process = set_to("work_mem", f'"{wanted}"', start=True)
        wait_until(lambda: intents() > already, "the intent is on disk")
        time.sleep(dice.uniform(0, 0.03 * (1 + number % 2)))
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        run = project.last_run()
        wait_until(lambda: server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runbook'") == "0", "its sessions are over")
        project.run("resume", run)
        told = [record["data"]["status"] for record in project.records("OUTCOME") if record["run"] == run]
        assert told in (["applied"], ["not_applied"]), (told, run)
        assert in_force(server, "work_mem") == (wanted if told == ["applied"] else before), (told, run)
        seen[told[0]] = seen.get(told[0], 0) + 1
    print(seen)
