"""The playbook `redis-down` where Redis and what uses it run in containers, on a real Docker Engine."""

import contextlib

import pytest

from servers import Connection, free_port, wait_until
from small_host import SmallHost
from sshd import Sshd
from systemd import Systemd


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


# ---- a unit of a host

@pytest.fixture
def unit(project, tmp_path, request):
    """A Redis that systemd runs on a host, which an sshd leads to."""
    systemd = Systemd(tmp_path / "systemd")
    request.addfinalizer(systemd.stop)
    port = free_port()
    systemd.redis("redis-server.service", port)
    sshd = Sshd(tmp_path / "sshd", path=f"{systemd.bin}:/usr/bin:/bin")
    request.addfinalizer(sshd.stop)
    project.target("cache-host", "ssh://127.0.0.1", kind="ssh", env="dev", ssh_config=str(sshd.folder / "ssh_config"))
    project.target("cache-1", f"redis://127.0.0.1:{port}", env="dev", host="cache-host")
    return systemd


def test_a_unit_that_ended_is_started_again_once_its_journal_is_kept(project, unit):
    unit.says((" -u ", {"MESSAGE": "its last words", "__REALTIME_TIMESTAMP": "1795264802075511"}))
    unit.ctl("kill", "--signal=SEGV", "redis-server")
    wait_until(lambda: unit.show("redis-server", "ActiveState") == "failed", "systemd knows that it ended")
    done = run(project, "--yes", "-p", "dumps=/")
    assert done.code == 0 and "its last line: its last words" in in_one_line(done.out), done
    assert unit.show("redis-server", "ActiveState") == "active"


def test_a_disk_that_is_full_refers_to_the_playbook_for_it(project, tmp_path, request, start_redis):
    host = SmallHost(tmp_path / "small")
    request.addfinalizer(host.stop)
    host.write("core.bin", 15.8)
    server = start_redis("--save", "3600 1", "--dir", str(tmp_path))
    server.ask("CONFIG", "SET", "rdbcompression", "no")
    server.ask("SET", "key", "value")
    (tmp_path / "dump.rdb").mkdir()
    server.ask("BGSAVE")
    wait_until(lambda: b"rdb_last_bgsave_status:err" in server.ask("INFO", "persistence"), "its dump fails")
    project.target("cache-host", "ssh://127.0.0.1", kind="ssh", env="dev", ssh_config=str(host.folder / "ssh_config"))
    project.target("cache-1", server.url, env="dev", host="cache-host")
    done = run(project, "--yes", "-p", "dumps=/var/log")
    print(done.out)
    assert done.code == 11 and "runbook run disk-full" in in_one_line(done.out) and "host=cache-host" in done.out, done
