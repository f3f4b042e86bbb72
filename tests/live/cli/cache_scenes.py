"""Incidents of a Redis that runs in a container, for the recorded worlds of redis-down."""

import contextlib

from servers import Connection, wait_until


def with_backends(stage, *options, network="host", **more):
    """cache-1 in its container, and two containers that use it, the second of them in that network."""
    stage.docker()
    cache = stage.contained_cache("--maxmemory-policy", "noeviction", *options, **more)
    for name, where in (("api-blue", "host"), ("api-green", network)):
        stage.engine.run(name, command=["/bin/sleep", "600"], network=where)
        stage.project.container(name, stage.engine, env="prod", tags=["backend"], uses=["cache-1"])
    return cache


def well(stage):
    with_backends(stage)
    stage.run("redis-down", "--dry-run")


def cut_off(stage):
    with_backends(stage, network="none")
    stage.run("redis-down", "--dry-run")


def hangs(stage):
    """Its container runs, and nothing in it does."""
    cache = with_backends(stage)
    cache.ask("POST", "pause")
    stage.run("redis-down", "--dry-run")
    cache.ask("POST", "unpause")


def crashed(stage):
    with_backends(stage).ask("POST", "kill", signal="KILL")
    stage.carry_out("redis-down", "start-container")


def oom_killed(stage):
    cache = with_backends(stage, memory=24 << 20)
    fill_until_killed(cache)
    stage.carry_out("redis-down", "more-container-memory")


def fill_until_killed(cache):
    """Values go in, more than its container may hold."""
    connection = Connection(("127.0.0.1", cache.port))
    with contextlib.suppress(OSError):
        while True:
            connection.ask("APPEND", "big", "v" * (1 << 20))
    wait_until(lambda: cache.state()["OOMKilled"], "the kernel killed it")


SCENES = {
    "redis-down/container-healthy": well,
    "redis-down/container-cut-off": cut_off,
    "redis-down/crashed": crashed,
    "redis-down/hangs": hangs,
    "redis-down/oom-killed": oom_killed,
}
