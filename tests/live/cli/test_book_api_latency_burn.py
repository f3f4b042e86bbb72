"""The playbook `api-latency-burn` on a real PostgreSQL and a real Prometheus: the query that others wait for is cancelled, and requests are fast again."""

import pytest

from latency import INPUTS, PLAY, SEARCH, SLEEPY, TABLES, Latency
from latency_scenes import HOLDS
from servers import wait_until


@pytest.fixture
def site(project, shop, tmp_path, request):
    """Starts the requests of a shop whose tracks are played like this."""
    def site(play):
        shop.sql(TABLES, database="shop", role="changer")
        latency = Latency(project, tmp_path, shop, {"/tracks/:id": play, "/search": SEARCH})
        request.addfinalizer(latency.stop)
        return latency
    return site


@pytest.fixture
def somebody(shop, request):
    """Somebody else's session, which sends these statements and waits for the last one."""
    def somebody(*statements, then):
        session = shop.session(*statements)
        request.addfinalizer(lambda: (session.kill(), session.wait(10)))
        session.stdin.write(then + "\n")
        session.stdin.flush()
        return session
    return somebody


def waiting(server):
    return int(server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def test_the_query_that_others_wait_for_is_cancelled_and_requests_are_fast_again(project, shop, site, somebody):
    latency = site(PLAY)
    other = somebody(then=HOLDS + "\n\\echo over")
    latency.until_slow()
    wait_until(lambda: waiting(shop) >= 1, "requests wait")
    dry = project.run("run", "api-latency-burn", *INPUTS, "--dry-run", "--mitigate", "cancel-query", "-o", "json")
    assert [finding["name"] for finding in dry.json["findings"]] == ["blocked", "one-route"], dry
    plan = dry.json["plans"][0]
    done = project.run("run", "api-latency-burn", *INPUTS, "--mitigate", "cancel-query", "--approve", plan["digest"], "--reason", "a test",
                       "--confirm", "shop-db", timeout=240)
    assert done.code == 0 and "95 of 100 requests take at most" in done.out, done
    assert any(line == "over\n" for line in other.stdout) and other.poll() is None
    assert 0 <= latency.p95() < 0.6


def test_a_session_that_holds_a_lock_and_does_nothing_is_named_and_left_alone(project, shop, site, somebody):
    latency = site(PLAY)
    somebody("BEGIN;", then="UPDATE tracks SET title = upper(title) WHERE id = 1;")
    latency.until_slow()
    wait_until(lambda: waiting(shop) >= 1, "requests wait")
    dry = project.run("run", "api-latency-burn", *INPUTS, "--dry-run", "-o", "json")
    assert [finding["name"] for finding in dry.json["findings"]] == ["held-open", "one-route"] and dry.json["plans"] == [], dry


def test_without_a_database_the_slow_route_is_named(project, shop, site):
    site(SLEEPY).until_slow()
    dry = project.run("run", "api-latency-burn", *INPUTS[:2], *INPUTS[4:], "--dry-run", "-o", "json")
    assert [finding["name"] for finding in dry.json["findings"]] == ["one-route"], dry
    assert "/tracks/:id takes" in dry.out
