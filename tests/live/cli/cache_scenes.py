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


KILLED = {"__REALTIME_TIMESTAMP": "1795264802075511", "PRIORITY": "3", "SYSLOG_IDENTIFIER": "kernel",
          "MESSAGE": "Out of memory: Killed process 4711 (redis-server) total-vm:812340kB, anon-rss:799120kB"}
LAST = {"__REALTIME_TIMESTAMP": "1795264802075511", "PRIORITY": "4", "MESSAGE": "=== REDIS BUG REPORT START: Cut & paste starting from here ==="}


def unit_healthy(stage):
    stage.managed_cache()
    stage.run("redis-down", "--dry-run", "-p", "dumps=/")


def unit_crashed(stage):
    systemd = stage.managed_cache()
    systemd.says((" -u ", LAST))
    systemd.ctl("kill", "--signal=SEGV", "redis-server")
    wait_until(lambda: systemd.show("redis-server", "ActiveState") == "failed", "systemd knows that it ended")
    stage.carry_out("redis-down", "start-unit", "-p", "dumps=/")


def unit_killed(stage):
    systemd = stage.managed_cache()
    systemd.says((" -k ", KILLED), (" -u ", LAST))
    systemd.ctl("kill", "--signal=KILL", "redis-server")
    wait_until(lambda: systemd.show("redis-server", "ActiveState") == "failed", "systemd knows that it ended")
    stage.carry_out("redis-down", "start-unit", "-p", "dumps=/")


def dump_fails(stage):
    host = stage.small_host()
    host.write("core.bin", 15.8)
    cache = stage.cache("--save", "3600 1")
    cache.ask("SET", "key", "value")
    (cache.folder / "dump.rdb").mkdir()
    cache.ask("BGSAVE")
    wait_until(lambda: b"rdb_last_bgsave_status:err" in cache.ask("INFO", "persistence"), "its dump fails")
    stage.project.target("cache-1", cache.url, env="prod", host="web-1")
    stage.run("redis-down", "--dry-run", "-p", "dumps=/var/log")


SCENES = {
    "redis-down/container-healthy": well,
    "redis-down/container-cut-off": cut_off,
    "redis-down/crashed": crashed,
    "redis-down/dump-fails": dump_fails,
    "redis-down/hangs": hangs,
    "redis-down/oom-killed": oom_killed,
    "redis-down/unit-crashed": unit_crashed,
    "redis-down/unit-healthy": unit_healthy,
    "redis-down/unit-killed": unit_killed,
}
