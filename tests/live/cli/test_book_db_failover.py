"""The playbook `db-failover` on a real cluster of pg_auto_failover: writes go through again, and how long they did not is told as it was."""

import re
import subprocess
import time

import pytest

from failover_scenes import INPUTS, Api, Sessions, hold, is_at_it, kill_standby, sees_it_down
from pg_cluster import Writer
from servers import wait_until

BOOK = ["run", "db-failover", *INPUTS]

# A keeper reports once in a second, a state is seen when it is next reported, and the writer tries for 0.1 s and more.
TOLERANCE = 2.5


@pytest.fixture
def api(project, cluster):
    made = Api(cluster, project, env="dev")
    yield made
    made.stop()


@pytest.fixture
def writer(cluster):
    made = Writer(cluster)
    yield made
    made.stop()


def findings(done):
    return [finding["name"] for finding in done.json["findings"]]


def tells_the_outage(project, writer):
    """The report names how long nobody could write, and that agrees with what an application measured itself."""
    writer.writes_after(time.monotonic())
    report = " ".join(project.run("report", project.last_run()).out.split())
    told = re.search(r"nobody could write for ([\d.]+) s", report)
    assert told, report
    print(f"told {told[1]} s, measured {writer.gap:.1f} s")
    assert abs(float(told[1]) - writer.gap) < TOLERANCE, (told, writer.gap)


def test_where_all_is_well_nothing_is_offered(project, cluster, api):
    done = project.run(*BOOK, "--dry-run")
    assert done.code == 0 and "takes writes, and a standby may follow" in done.out and done.digests == {}, done


def test_a_primary_that_is_killed_is_failed_over_before_the_monitor_acts_by_itself(project, cluster, api, writer):
    cluster.tune(node_considered_unhealthy_timeout="120s")
    dead = cluster.primary
    dead.kill()
    sees_it_down(cluster)
    assert dead.name in cluster.states() and cluster.states()[dead.name] == "primary"
    done = project.run(*BOOK, "--mitigate", "fail-over", "--yes", timeout=180)
    assert done.code == 5 and cluster.primary is not dead, done  # the other node is still down
    assert "Verified" in done.out and "no-redundancy" in done.out, done
    assert project.records("OUTCOME")[-1]["data"]["status"] == "applied"
    cluster.primary.sql("INSERT INTO orders DEFAULT VALUES", role="changer")
    tells_the_outage(project, writer)


def test_a_failover_that_the_monitor_makes_by_itself_is_left_to_it_and_seen_to_have_ended(project, cluster, api, writer):
    cluster.tune(primary_demote_timeout="8s")
    dead = cluster.primary
    dead.kill()
    is_at_it(cluster)
    done = project.run(*BOOK, "--yes", "-o", "json")
    assert (done.code, findings(done)) == (11, ["failing-over"]) and project.records("INTENT") == [], done
    wait_until(lambda: "wait_primary" in cluster.states().values(), "another one takes writes", 60)
    done = project.run(*BOOK, "--yes", "-o", "json")
    assert findings(done) == ["no-redundancy"] and cluster.primary is not dead and project.records("INTENT") == [], done
    tells_the_outage(project, writer)


def test_after_a_failover_nothing_is_offered_and_the_report_names_the_outage(project, cluster, api, writer):
    cluster.primary.kill()
    wait_until(lambda: "wait_primary" in cluster.states().values(), "another one takes writes", 60)
    done = project.run(*BOOK)
    assert done.code == 11 and "no-redundancy" in done.out and project.records("INTENT") == [], done
    cluster.heal()
    done = project.run(*BOOK)
    assert done.code == 0 and "a standby may follow" in done.out, done
    tells_the_outage(project, writer)


def test_without_a_standby_in_sync_no_failover_is_offered_and_the_reasons_are_told(project, cluster, api):
    standby = cluster.standby
    kill_standby(cluster)
    cluster.primary.kill()
    wait_until(lambda: cluster.monitor.sql("SELECT max(health) FROM pgautofailover.node", "pg_auto_failover") == "0", "both are down", 30)
    dry = project.run(*BOOK, "--dry-run", "-o", "json")
    assert findings(dry) == ["no-standby"] and dry.json["plans"] == [], dry
    done = project.run(*BOOK, "--yes")
    said = " ".join(done.out.split())
    assert done.code == 11 and project.records("INTENT") == [], done
    assert f"{standby.name}: it is secondary, and told to become catchingup" in said and "promoting a standby loses it" in said, done


def test_sessions_that_hold_transactions_open_are_ended_and_others_stay(project, cluster, api):
    primary = cluster.primary
    primary.sql("GRANT pg_signal_backend TO changer; GRANT changer TO looker")
    sessions = Sessions([*hold(primary, 8, "BEGIN", "SELECT 1"), *hold(primary, 2)])
    words = [*BOOK, "--mitigate", "end-idle", "-p", "crowded=8", "-p", "idle=0"]
    try:
        dry = project.run(*words, "--dry-run", "-o", "json")
        assert findings(dry) == ["held-open"], dry
        done = project.run(*words, "--approve", dry.json["plans"][0]["digest"], timeout=120)
        assert done.code == 0, done
        left = primary.sql("SELECT string_agg(state, ' ') FROM pg_stat_activity WHERE usename = 'changer' AND backend_type = 'client backend'")
        assert "transaction" not in left and len(left.split()) == 2, left
    finally:
        sessions.stop()


def test_where_no_connection_is_left_the_role_for_rescue_looks_and_the_longest_are_ended(project, cluster, api):
    cluster.declare(project, rescue_user="postgres", change_user="postgres")
    primary = cluster.primary
    held = hold(primary, 90, "BEGIN", "SELECT 1")
    sessions = Sessions(held)
    try:
        while subprocess.run([*primary.words("shop", "looker"), "-c", "SELECT 1"], capture_output=True, env=cluster.environment).returncode == 0:
            held += hold(primary, 1, "BEGIN", "SELECT 1")
            assert len(held) < 110
        dry = project.run(*BOOK, "--mitigate", "end-idle", "-p", "idle=0", "--dry-run", "-o", "json")
        assert findings(dry) == ["held-open"] and len(dry.json["plans"][0]["changes"]) == 50, dry
        done = project.run(*BOOK, "--mitigate", "end-idle", "-p", "idle=0", "--approve", dry.json["plans"][0]["digest"], timeout=180)
        assert done.code == 0, done
        assert subprocess.run([*primary.words("shop", "looker"), "-c", "SELECT 1"], capture_output=True, env=cluster.environment).returncode == 0
    finally:
        sessions.stop()


def test_a_primary_that_only_we_cannot_reach_is_no_reason_to_fail_over(project, cluster, api):
    there = cluster.primary
    project.targets[there.name]["url"] = "postgresql://127.0.0.1:1/shop"
    project.write_inventory()
    dry = project.run(*BOOK, "--dry-run", "-o", "json")
    assert dry.json["plans"] == [] and "look at the network between" in str(dry.json), dry
