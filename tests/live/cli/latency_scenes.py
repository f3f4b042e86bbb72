"""Incidents of an API that is slow, for the recorded worlds of `api-latency-burn`: a real PostgreSQL, Redis and Prometheus."""

from latency import INPUTS, PLAY, SEARCH, SLEEPY, TABLES, Latency
from servers import wait_until

BOOK = "api-latency-burn"
HOLDS = "UPDATE tracks SET title = upper(title) WHERE id = 1 RETURNING pg_sleep(600);"


class Somebody:
    """A client of the database, who ends with the stage."""

    def __init__(self, session):
        self.session = session

    def in_public(self, text):
        return text

    def stop(self):
        self.session.kill()
        self.session.wait(10)


def site(stage, play=PLAY, search=SEARCH):
    server = stage.postgres()
    server.sql(TABLES, database="shop", role="changer")
    latency = Latency(stage.project, stage.folder, server, {"/tracks/:id": play, "/search": search})
    stage.others.append(latency)
    return server, latency


def somebody(stage, server, *statements, then=""):
    session = server.session(*statements)
    stage.others.append(Somebody(session))
    session.stdin.write(then + "\n")
    session.stdin.flush()


def waits(server):
    wait_until(lambda: server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "0", "somebody waits")


def calm(stage):
    site(stage)[1].until_fast()
    stage.run(BOOK, "--dry-run", *INPUTS)


def blocked(stage):
    server, latency = site(stage)
    somebody(stage, server, then=HOLDS)
    waits(server)
    latency.until_slow()
    stage.carry_out(BOOK, "cancel-query", *INPUTS)


def blocked_by_idle(stage):
    """Who waits has waited for longer than a query may run, and is no cause for that."""
    server, latency = site(stage)
    somebody(stage, server, "BEGIN;", "UPDATE tracks SET title = upper(title) WHERE id = 1;")
    waits(server)
    latency.until_slow()
    stage.run(BOOK, "--dry-run", *INPUTS, "-p", "long=0.1")


def long_query(stage):
    server, latency = site(stage, SLEEPY, SLEEPY)
    for _ in range(2):
        somebody(stage, server, then="SELECT count(*), pg_sleep(600) FROM tracks;")
    latency.until_slow()
    wait_until(lambda: server.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT count%600%' AND query_start < now() - interval '3 s'") == "2",
               "both run for three seconds")
    stage.run(BOOK, "--dry-run", "--mitigate", "cancel-query", *INPUTS, "-p", "long=2")


def cache_misses(stage):
    _, latency = site(stage, SLEEPY, SLEEPY)
    connection = stage.cache().connect()
    connection.ask("SET", "feed:1", "a")
    for number in range(20):
        connection.ask("GET", f"feed:{number}")
    latency.until_slow()
    stage.run(BOOK, "--dry-run", *INPUTS, "-p", "redis=cache-1")


def same_query_again(stage):
    stage.docker()
    api = stage.instance("api-blue").wait("healthy")
    for number in range(12):
        api.get(f"/say/request_id=r-17%20SELECT%20title%20FROM%20tracks%20WHERE%20id%20=%20{number}")
    api.get("/say/request_id=r-18%20SELECT%20title%20FROM%20tracks%20WHERE%20id%20=%201")
    _, latency = site(stage, SLEEPY, SLEEPY)
    latency.until_slow()
    stage.run(BOOK, "--dry-run", *INPUTS, "-p", "instances=api-blue")


def one_route(stage):
    site(stage, play=SLEEPY)[1].until_slow()
    stage.run(BOOK, "--dry-run", *INPUTS)


def slow(stage):
    site(stage, SLEEPY, SLEEPY)[1].until_slow()
    stage.run(BOOK, "--dry-run", *INPUTS)


def not_measured(stage):
    site(stage)
    stage.run(BOOK, "--dry-run", "-p", "p95=no_such_metric", *INPUTS[:6])


SCENES = {
    "api-latency-burn/calm": calm,
    "api-latency-burn/blocked": blocked,
    "api-latency-burn/blocked-by-idle": blocked_by_idle,
    "api-latency-burn/long-query": long_query,
    "api-latency-burn/cache-misses": cache_misses,
    "api-latency-burn/same-query-again": same_query_again,
    "api-latency-burn/one-route": one_route,
    "api-latency-burn/slow": slow,
    "api-latency-burn/not-measured": not_measured,
}
