"""What there is to keep of an incident, for the recorded worlds of `evidence`: a real PostgreSQL, Redis, docker, Prometheus and Alertmanager."""

from http_servers import status_of


def bundle(stage):
    stage.docker()
    api = stage.instance("api-blue").wait("healthy")
    api.get("/say/payment%204711%20took%2012%20s")
    stage.in_front_of(api)
    server = stage.postgres()
    server.sql("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)", database="shop", role="changer")
    cache = stage.cache()
    cache.ask("SET", "feed:1", "a" * 5000)
    stage.measured(lambda: status_of(stage.edge.url + "/health")).until(0)
    stage.run("evidence", "--dry-run")


def dead_cache(stage):
    cache = stage.cache()
    cache.process.kill()
    cache.process.wait(10)


def cache_is_away(stage):
    stage.postgres()
    dead_cache(stage)
    stage.run("evidence", "--dry-run")


def all_is_away(stage):
    dead_cache(stage)
    stage.run("evidence", "--dry-run")


def nothing_to_read(stage):
    stage.service("http://shop.example.org")
    stage.run("evidence", "--dry-run")


SCENES = {
    "evidence/bundle": bundle,
    "evidence/cache-is-away": cache_is_away,
    "evidence/all-is-away": all_is_away,
    "evidence/nothing-to-read": nothing_to_read,
}
