"""Looking into a real cluster of pg_auto_failover: who takes writes, who may be promoted and why not, and how long nobody could write."""

import time

import pytest

from pg_cluster import UNHEALTHY_AFTER, Writer
from servers import wait_until

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.postgres "where" },
  evidence = function(see, arg) local it = see.pg_failover(arg.it); return { %s } end,
  diagnose = function() return finding("seen", "seen") end }"""

# A keeper reports once in a second, a state is seen when it is next reported, and the writer tries for 0.1 s and more.
TOLERANCE = 2.5


@pytest.fixture
def look(project):
    return lambda readings, it="ha": project.seen(BOOK % readings, it=it)


@pytest.fixture
def group(look):
    return lambda: look("group = it:group()")["group"]


def node(group, name):
    return next(one for one in group["nodes"] if one["name"] == name)


def test_a_cluster_at_rest_has_a_writable_primary_and_a_standby_that_may_be_promoted(cluster, look):
    seen = look("group = it:group(), groups = it:groups(), events = it:events { limit = 3 }")
    group, primary, standby = seen["group"], cluster.primary, cluster.standby
    assert group["writable"] and group["may_fail_over"] and not group["under_way"], group
    assert group["primary"]["name"] == primary.name and group["primary"]["address"] == f"127.0.0.1:{primary.port}"
    first, second = node(group, primary.name), node(group, standby.name)
    assert (first["state"], first["sync"], first["may_be_promoted"], first["why_not"]) == ("primary", "quorum", False, "it is the primary")
    assert second["may_be_promoted"] and second["state"] == second["assigned"] == "secondary" and second["health"] == "good"
    assert second["heard_s"] < UNHEALTHY_AFTER and second["behind_bytes"] < 1 << 20 and second["priority"] == 50
    assert [one["group"] for one in seen["groups"]] == [0] and len(seen["events"]) == 3
    assert seen["events"][0]["time"] > seen["events"][2]["time"]


def test_a_database_that_is_no_monitor_is_told_as_one(cluster, look):
    seen = look("group = it:group(), outage = it:outage()", it="node_1")
    assert {one["code"] for one in seen.values()} == {"not_found"}, seen
    assert "no monitor of pg_auto_failover" in seen["group"]["error"]


def test_a_group_that_is_not_there_is_an_error_and_not_an_empty_one(cluster, look):
    assert "no nodes in group 7 of the formation default" in look("group = it:group { group = 7 }")["group"]["error"]


def test_a_role_without_the_right_to_look_is_told_so(project, cluster, look):
    cluster.declare(project, user="nobody")
    cluster.monitor.sql("DROP ROLE IF EXISTS nobody; CREATE ROLE nobody LOGIN", "pg_auto_failover")
    assert look("group = it:group()")["group"]["code"] == "denied"


def test_looking_leaves_the_monitor_as_it_was(cluster, look):
    def written():
        return cluster.monitor.sql("SELECT max(eventid) FROM pgautofailover.event", "pg_auto_failover"), cluster.states()
    before = written()
    look("group = it:group(), groups = it:groups(), events = it:events(), outage = it:outage()")
    assert written() == before


def test_a_standby_that_is_stopped_may_not_be_promoted_and_the_reason_is_told(cluster, group):
    standby = cluster.standby
    standby.kill()
    seen = wait_until(lambda: not (now := group())["may_fail_over"] and now, "it may no longer be promoted")
    assert seen["writable"] and standby.name in seen["why_not"], seen
    seen = wait_until(lambda: node(now := group(), standby.name)["assigned"] == "catchingup" and now, "it is told to catch up", 20)
    assert node(seen, standby.name)["why_not"] == "it is secondary, and told to become catchingup", seen


def test_how_long_nobody_could_write_agrees_with_what_a_writer_measured(cluster, group, look):
    writer = Writer(cluster)
    try:
        dead, killed = cluster.primary, time.monotonic()
        dead.kill()
        seen = wait_until(lambda: not (now := group())["writable"] and now, "it is seen not to take writes")
        assert "why" in seen, seen
        lasting = wait_until(lambda: "lasts_s" in ((now := look("outage = it:outage()")["outage"]) or {}) and now, "the outage is seen")
        assert "to" not in lasting and "seconds" not in lasting
        wait_until(lambda: group()["under_way"], "the failover is seen", 20)
        wait_until(lambda: group()["writable"], "there is a primary again", 60)
        writer.writes_after(time.monotonic())
        outage = look("outage = it:outage()")["outage"]
    finally:
        writer.stop()
    assert outage["from_by"] == "report" and outage["from"] == lasting["from"], outage
    assert abs(outage["seconds"] - writer.gap) < TOLERANCE, (outage, writer.gap, killed)
    assert group()["primary"]["name"] != dead.name
