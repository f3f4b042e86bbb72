"""The playbook `redis-down` where Redis and what uses it run in containers, on a real Docker Engine."""

import contextlib

import pytest

from servers import Connection, wait_until


@pytest.fixture
def cache(project, dockerd):
    """A Redis in a container, and a container that uses it."""
    box = dockerd.redis("cache-box", memory=24 << 20)
    project.container("cache-box", dockerd, env="dev")
    project.target("cache-1", box.url, env="dev", container="cache-box")
    backend(project, dockerd, "blue", "host")
    return box


def backend(project, dockerd, name, network):
    dockerd.run(name, command=["/bin/sleep", "600"], network=network)
    project.container(name, dockerd, env="dev", uses=["cache-1"])


def run(project, *words):
    return project.run("run", "redis-down", *words, timeout=120)


def in_one_line(text):
    return " ".join(text.split())


def test_a_backend_that_does_not_reach_it_is_named_and_redis_is_left_alone(project, dockerd, cache):
    backend(project, dockerd, "green", "none")
    done = run(project, "--yes")
    assert done.code == 11 and "cut-off green cannot reach it" in in_one_line(done.out), done
    assert "Redis itself is well" in in_one_line(done.out)


def test_a_container_that_ended_is_started_again_once_its_log_is_kept(project, dockerd, cache):
    cache.ask("POST", "kill", signal="KILL")
    cache.wait("exited")
    done = run(project, "--yes")
    assert done.code == 0 and "crashed exited with 137" in in_one_line(done.out), done
    assert cache.state()["Running"] and cache.listens()


def test_a_container_that_was_killed_for_its_memory_gets_more_of_it(project, dockerd, cache):
    connection = Connection(("127.0.0.1", cache.port))
    with contextlib.suppress(OSError):
        while True:
            connection.ask("APPEND", "big", "v" * (1 << 20))
    wait_until(lambda: cache.state()["OOMKilled"], "the kernel killed it")
    done = run(project, "--yes")
    assert done.code == 0 and "oom-killed at a limit of 24 MiB" in in_one_line(done.out), done
    assert cache.inspect()["HostConfig"]["Memory"] == 48 << 20 and cache.listens()
