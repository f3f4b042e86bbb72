"""The playbook `db-replica-down` on a real primary and its standby, a unit of a real systemd."""

import os

import pytest

from replica_scenes import WORDS, Replica, behind
from servers import wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="starts a systemd of its own")


@pytest.fixture
def start(project, postgres, tmp_path):
    started = []

    def start(**settings):
        started.append(Replica(tmp_path, project, postgres, env="dev", **settings))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def run(project, *more):
    return project.run("run", "db-replica-down", *WORDS, *more, timeout=120)


def found(done):
    return [finding["name"] for finding in done.json["findings"]]


def test_a_replica_that_died_is_started_and_fed_again(project, start):
    replica = start()
    replica.kill()
    done = run(project, "--yes")
    assert done.code == 0, done
    replica.write()
    wait_until(lambda: replica.standby.sql("SELECT count(*) FROM t", database="shop") == "1", "it follows")


def test_a_replica_that_nothing_feeds_is_told_from_one_that_has_nothing_to_do(project, start):
    replica = start()
    replica.write()
    assert run(project, "--dry-run", "-o", "json").json["verdict"] == "healthy"
    replica.starve()
    assert found(run(project, "--dry-run", "-o", "json")) == ["not-streaming"]


def test_the_query_that_holds_up_the_replay_is_named(project, start):
    replica = start(hot_standby_feedback="off", max_standby_streaming_delay="-1")
    replica.write(10)
    session = behind(replica)
    try:
        pid = replica.standby.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'psql' AND state = 'idle in transaction'")
        done = run(project, "--dry-run", "-o", "json", "-p", "late=2")
        assert found(done) == ["late"] and f"process {pid}" in done.out, done
    finally:
        session.kill()
        session.wait(10)


def test_wal_that_is_kept_for_nobody_is_told_while_the_replica_is_away(project, start):
    replica = start()
    replica.kill()
    replica.write(50000)
    done = run(project, "--dry-run", "-o", "json", "-p", "slot_bytes=1000000")
    assert found(done) == ["slot-fills-disk", "replica-down"], done


def test_of_two_that_take_writes_none_is_called_the_wrong_one(project, start):
    start().standby.sql("SELECT pg_promote()")
    done = run(project, "--yes", "-o", "json")
    assert (done.code, found(done)) == (11, ["two-primaries"]), done


def test_where_the_two_are_given_the_wrong_way_round_nothing_is_offered(project, start):
    start()
    done = project.run("run", "db-replica-down", "-p", "primary=db-2", "-p", "replica=db-1", "--yes", "-o", "json")
    assert (done.code, found(done)) == (11, ["swapped"]), done
