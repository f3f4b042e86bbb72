"""The playbooks of the catalogue against real servers in each of the states they tell apart."""

import os
import re
import signal

import pytest

from servers import free_port, wait_until
from watching import READS

MIB = 1 << 20


def diagnosed(project, book, *words, **more):
    done = project.run("run", book, "--dry-run", "-o", "json", *words, **more)
    assert done.code == 0, done
    return done.json


def names(found):
    return [finding["name"] for finding in found["findings"]]


def test_redis_down_healthy(project, cache):
    found = diagnosed(project, "redis-down")
    assert (found["verdict"], names(found), found["unread"], found["plans"]) == ("healthy", [], [], [])
    assert set(found["ruled_out"]) == {"memory-full", "auth-mismatch", "loading", "cut-off", "unreachable", "crashed", "oom-killed", "dump-fails"}


def test_redis_down_memory_full_is_found_and_repaired(project, cache):
    cache.fill_up()
    found = diagnosed(project, "redis-down")
    assert names(found) == ["memory-full"]
    assert [plan["mitigation"] for plan in found["plans"]] == ["raise-maxmemory", "evict-keys"]
    done = project.run("run", "redis-down", "--approve", found["plans"][0]["digest"])
    assert done.code == 0, done
    assert cache.ask("SET", "order:1", "new") == "OK"


@pytest.mark.parametrize("secret,says", [("wrong-password", "WRONGPASS"), (None, "NOAUTH")])
def test_redis_down_auth_mismatch(project, start_redis, secret, says):
    server = start_redis(password="right-password")
    project.target("cache-1", server.url, **({"password": "CACHE"} if secret else {}))
    project.secret("CACHE", "env:CACHE")
    found = diagnosed(project, "redis-down", env={"CACHE": secret or ""})
    assert names(found) == ["auth-mismatch"]
    assert says in found["findings"][0]["text"]
    assert found["plans"] == []


def test_redis_down_unreachable_at_a_dead_port(project):
    project.target("cache-1", f"redis://127.0.0.1:{free_port()}")
    found = diagnosed(project, "redis-down")
    assert names(found) == ["unreachable"]
    assert "refused" in found["findings"][0]["text"]
    assert project.run("run", "redis-down").code == 11


def test_redis_down_unreachable_at_a_socket_that_is_not_there(project):
    project.target("cache-1", f"unix://{project.root}/no.sock")
    assert names(diagnosed(project, "redis-down")) == ["unreachable"]


def test_redis_down_a_server_that_hangs_is_told_from_one_that_is_gone(project, start_redis):
    server = start_redis(port=free_port())
    project.target("cache-1", server.url)
    project.configure(evidence="500ms")
    os.kill(server.process.pid, signal.SIGSTOP)
    found = diagnosed(project, "redis-down")
    assert found["verdict"] == "unclear" and "accepts connections" in found["verdict_text"], found


def test_redis_down_cut_off_from_its_clients(project, start_redis):
    server = start_redis(port=free_port())
    project.target("cache-1", server.url, seen_as=f"127.0.0.1:{free_port()}")
    found = diagnosed(project, "redis-down")
    assert names(found) == ["cut-off"]
    project.target("cache-1", server.url, seen_as=f"127.0.0.1:{server.port}")
    assert diagnosed(project, "redis-down")["verdict"] == "healthy"


def test_redis_down_loading(project, start_redis, tmp_path):
    first = start_redis(folder=tmp_path / "dump")
    connection = first.connect()
    for number in range(2000):
        connection.send("SET", f"key:{number}", "v" * 200)
    for _ in range(2000):
        connection.receive()
    first.ask("SAVE")
    first.stop()
    slow = ["--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024"]
    loading = start_redis(*slow, folder=tmp_path / "dump", wait=False)
    project.target("cache-1", loading.url)
    def look():
        found = diagnosed(project, "redis-down")
        return found if names(found) == ["loading"] else None
    found = wait_until(look, "it is seen loading")
    assert "LOADING" in found["findings"][0]["text"]
    assert found["plans"] == []


def test_redis_maxmemory_healthy(project, cache):
    assert diagnosed(project, "redis-maxmemory")["verdict"] == "healthy"


def test_redis_maxmemory_near_its_limit(project, cache):
    cache.fill_up()
    found = diagnosed(project, "redis-maxmemory")
    assert names(found) == ["near-limit", "kept-for-ever"]
    done = project.run("run", "redis-maxmemory", "--mitigate", "raise", "--approve", found["plans"][0]["digest"])
    assert done.code in (0, 5), done
    assert int(cache.config("maxmemory")) > 16 * MIB


def test_redis_maxmemory_evicting(project, start_redis):
    server = start_redis("--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru")
    connection = server.connect()
    for number in range(2000):
        connection.send("SET", f"key:{number}", "v" * 4096)
    for _ in range(2000):
        connection.receive()
    project.target("cache-1", server.url)
    found = diagnosed(project, "redis-maxmemory")
    assert names(found)[0] == "evicting"
    assert re.search(r"\b[1-9]\d* keys evicted", found["findings"][0]["text"]), found["findings"]


def test_redis_maxmemory_without_a_limit(project, start_redis):
    project.target("cache-1", start_redis().url)
    found = diagnosed(project, "redis-maxmemory")
    assert (names(found), found["plans"]) == (["no-limit"], [])


def test_redis_maxmemory_keeps_the_limit_in_the_file(project, start_redis, tmp_path):
    """CONFIG REWRITE, the one change with no way back."""
    file = tmp_path / "redis.conf"
    file.write_text("maxmemory 16mb\n")
    server = start_redis(config=file)
    project.target("cache-1", server.url)
    server.ask("CONFIG", "SET", "maxmemory", 24 * MIB)
    words = ["--mitigate", "keep-in-file"]
    plan = diagnosed(project, "redis-maxmemory", *words)["plans"][0]
    assert (plan["level"], plan["changes"][0]["undo"]) == (3, None)
    before = server.counts()
    done = project.run("run", "redis-maxmemory", *words, "--approve", plan["digest"], "--confirm", "cache-1", "--reason", "keep it")
    assert done.code in (0, 5), done
    assert server.arrived_since(before) <= READS | {"config|rewrite"}
    assert "maxmemory 24mb" in file.read_text() or f"maxmemory {24 * MIB}" in file.read_text()


def test_the_shipped_playbooks_check(project):
    done = project.run("check", "redis-down", "redis-maxmemory", "redis-cache-key")
    assert done.code == 0, done


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_a_mitigation_is_not_used_while_there_is_what_forbids_it(project, cache, words):
    book = project.books / "limit.lua"
    book.write_text(book.read_text().replace('warning = "Deletes keys.",', 'warning = "Deletes keys.", not_while = { "small" },'))
    done = project.run("run", "limit", "--mitigate", "evict", *words)
    assert done.code == 8 and "evict must not be used while there is small" in done.err, done
    assert "Plan evict" not in done.out
