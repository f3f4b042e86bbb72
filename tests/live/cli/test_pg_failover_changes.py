"""Ordering a failover of a real cluster of pg_auto_failover: when it may be, what is compared, and what can be told afterwards."""

import os
import random
import signal
import time

import pytest

from pg_cluster import Writer
from servers import wait_until

BOOK = """
return playbook "move" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { it = input.postgres "the monitor" },
  evidence = function(see, arg) return { group = see.pg_failover(arg.it):group() } end,
  diagnose = function(found) return finding("ill", "it is ill") end,
  mitigations = {
    mitigation "move" {
      answers = { "ill" },
      plan = function(found, arg) return { change.pg_failover_perform(arg.it, { %s }) } end,
      verify = function(arg) return { check.pg_failover(arg.it):group().writable:is(true) } end,
      within = "60s",
    },
  },
}
"""

PLANNED = 'within = 60, comment = "a test"'
DEAD = 'within = 60, nothing_to_undo = "a test"'
WORDS = ["run", "move", "-p", "it=ha", "--mitigate", "move"]


@pytest.fixture
def plan(project, cluster):
    """The plan of such a change, by a dry run."""
    def plan(options=PLANNED):
        project.book("move", BOOK % options)
        dry = project.run(*WORDS, "--dry-run", "-o", "json")
        assert dry.code == 0, dry
        return dry.json["plans"][0]
    return plan


def approved(plan):
    return [*WORDS, "--approve", plan["digest"][:12]]


def ordered(cluster):
    """How often somebody ordered a failover."""
    text = "SELECT count(DISTINCT eventtime) FROM pgautofailover.event WHERE description LIKE '%after a user-initiated failover.'"
    return int(cluster.monitor.sql(text, "pg_auto_failover"))


def settled(project):
    return project.records("OUTCOME")[-1]["data"]


def test_the_standby_becomes_the_primary_and_takes_writes(project, cluster, plan):
    before, after = cluster.primary, cluster.standby
    writer = Writer(cluster)
    try:
        made = plan()
        change = made["changes"][0]
        assert made["level"] == 2 and f"from {before.name} to {after.name}" in change["text"], made
        assert "whoever is connected to the old primary is cut off" in change["irreversible"]
        done = project.run(*approved(made), timeout=120)
        assert settled(project)["status"] == "applied" and settled(project)["after"]["primary"]["name"] == after.name, done
        writer.writes_after(time.monotonic())
    finally:
        writer.stop()
    assert cluster.primary is after
    assert after.sql("SELECT count(*) FROM orders WHERE at > now() - interval '1 min'") != "0"


def test_of_a_primary_that_is_dead_nobody_is_cut_off_and_level_1_is_enough(project, cluster, plan):
    before, orders = cluster.primary, ordered(cluster)
    before.kill()  # and the monitor has not seen it yet
    done = project.book("move", BOOK % DEAD) and project.run(*WORDS, "--yes", timeout=120)
    assert settled(project)["status"] == "applied" and cluster.primary is not before, done
    assert ordered(cluster) == orders + 1


def test_without_a_standby_in_sync_nothing_is_ordered_and_the_reason_is_told(project, cluster):
    standby, orders = cluster.standby, ordered(cluster)
    standby.kill()
    project.book("move", BOOK % PLANNED)
    wait_until(lambda: "→" in cluster.states()[standby.name], "the standby is given up", 30)
    done = project.run(*WORDS, "--dry-run")
    said = " ".join((done.out + done.err).split())
    assert "no standby may be promoted without losing what was committed" in said and f"{standby.name}: it is secondary" in said, done
    assert project.records("INTENT") == [] and ordered(cluster) == orders


def test_a_standby_that_fell_away_meanwhile_stops_the_order(project, cluster, plan):
    made, orders = plan(), ordered(cluster)
    cluster.standby.kill()
    wait_until(lambda: "f" in cluster.monitor.sql("SELECT health = 1 FROM pgautofailover.node", "pg_auto_failover"), "the monitor sees it")
    done = project.run(*approved(made))
    assert done.code == 8 and ordered(cluster) == orders, done


def test_the_order_itself_compares_what_was_seen(cluster, plan):
    """The statement as it is sent: with another primary or another standby than were seen it does nothing."""
    sql, formation, group, number, name, standbys = plan()["changes"][0]["calls"][3]
    orders = ordered(cluster)

    def gives(*values):
        words = ", ".join("'%s'" % value for value in values)
        return cluster.monitor.sql(f"PREPARE o AS {sql}; EXECUTE o({words})", "pg_auto_failover", "changer")
    assert gives(formation, group, number, "another", standbys).split() == ["PREPARE"]
    assert gives(formation, group, 4711, name, standbys).split() == ["PREPARE"]
    assert gives(formation, group, number, name, "{4711}").split() == ["PREPARE"]
    assert ordered(cluster) == orders and cluster.states()[name] == "primary"


def test_a_group_without_a_primary_is_refused_before_anything_is_sent(project, cluster):
    project.book("move", BOOK % PLANNED)
    cluster.primary.kill()
    wait_until(lambda: "prepare_promotion" in str(cluster.states()) or "stop_replication" in str(cluster.states()), "the monitor is at it", 30)
    done = project.run(*WORDS, "--dry-run")
    assert "there is no primary to fail over from" in " ".join((done.out + done.err).split()), done
    assert project.records("INTENT") == []


def test_killed_at_any_instant_resume_tells_whether_it_was_ordered(project, cluster, plan):
    dice, seen = random.Random(9), {}

    def told(run):
        """What resume says; nothing while the monitor is still on its way, for then it stays in doubt."""
        project.run("resume", run, timeout=120)
        return [record["data"]["status"] for record in project.records("OUTCOME") if record["run"] == run]
    for number in range(int(os.environ.get("RUNBOOK_KILLS", 4))):
        cluster.heal()
        made, before, orders = plan(), cluster.primary, ordered(cluster)
        intents = len(project.records("INTENT"))
        process = project.start(*approved(made))
        wait_until(lambda: len(project.records("INTENT")) > intents, "the intent is on disk")
        time.sleep(dice.uniform(0, 0.02 * (1 + 20 * (number % 2))))
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        run = project.last_run()
        wait_until(lambda: cluster.monitor.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runbook'", "pg_auto_failover") == "0",
                   "its sessions are over")
        happened = ordered(cluster) - orders
        if happened:
            wait_until(lambda: cluster.states()[before.name] != "primary" and "wait_primary" in str(cluster.states()), "it is carried out", 60)
        outcome = wait_until(lambda: told(run), "resume tells what became of it", 60)
        assert outcome == (["applied"] if happened else ["not_applied"]), (outcome, happened, run)
        seen[outcome[0]] = seen.get(outcome[0], 0) + 1
    print(seen)
