"""Deleting a key, and bringing it back with its value and its expiry."""

import time

import pytest

KEY = "feed:4711"

MAKE = {
    "string": [["SET", KEY, b"\x00\xffbinary\r\n"]],
    "hash": [["HSET", KEY, "a", "1", "b", b"\xfe\x00"]],
    "zset": [["ZADD", KEY, "1.5", "one", "-inf", "low"]],
    "stream": [["XADD", KEY, "1-1", "f", "v"], ["XADD", KEY, "2-1", "f", "w"], ["XGROUP", "CREATE", KEY, "g", "0"]],
    "list": [["RPUSH", KEY, "a", "b", "c"]],
    "set": [["SADD", KEY, "a", "b"]],
}


def make(cache, kind, expires_at=None):
    for argv in MAKE[kind]:
        cache.ask(*argv)
    if expires_at:
        cache.ask("PEXPIREAT", KEY, expires_at)


def delete(project, key=KEY):
    words = ["-p", f"key={key}"]
    digest = project.plan("redis-cache-key", "delete-key", *words)
    done = project.run("run", "redis-cache-key", "--mitigate", "delete-key", "--approve", digest, *words)
    assert done.code == 0, done
    return project.last_run()


def undo(project, run):
    dry = project.run("undo", run, "--dry-run", "-o", "json").json
    plans = dry["plans"]
    flags = ["--approve", plans[0]["digest"][:12]] if plans and plans[0]["changes"] else ["--yes"]
    return project.run("undo", run, *flags)


def content(cache):
    """The key as DUMP has it; of a set its members, for their order in a dump is the server's whim."""
    value = sorted(cache.ask("SMEMBERS", KEY)) if cache.ask("TYPE", KEY) == "set" else cache.ask("DUMP", KEY)
    return [value, cache.ask("PEXPIRETIME", KEY), cache.ask("TYPE", KEY)]


@pytest.mark.parametrize("expires_at", [None, 4102444800123], ids=["no expiry", "expiry"])
@pytest.mark.parametrize("kind", MAKE)
def test_undo_restores_value_and_expiry(project, cache, kind, expires_at):
    make(cache, kind, expires_at)
    before = content(cache)
    run = delete(project)
    assert cache.ask("EXISTS", KEY) == 0
    done = undo(project, run)
    assert done.code == 0, done
    assert content(cache) == before
    assert before[1] == (expires_at or -1)


def test_a_key_that_was_made_again_meanwhile_is_not_overwritten(project, cache):
    make(cache, "string")
    run = delete(project)
    cache.ask("SET", KEY, "rebuilt")
    done = undo(project, run)
    assert (done.code, "somebody else" in done.out) == (7, True), done
    assert cache.ask("GET", KEY) == b"rebuilt"


def test_a_key_made_again_between_digest_and_undo_is_not_overwritten(project, cache):
    make(cache, "string")
    run = delete(project)
    digest = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    cache.ask("SET", KEY, "rebuilt")
    assert project.run("undo", run, "--approve", digest).code in (7, 8)
    assert cache.ask("GET", KEY) == b"rebuilt"


def test_the_time_that_a_key_was_gone_counts_towards_its_expiry(project, cache):
    make(cache, "string", int(time.time() * 1000) + 60_000)
    run = delete(project)
    assert cache.ask("EXISTS", KEY) == 0
    done = undo(project, run)
    assert done.code == 0, done
    assert 0 < cache.ask("PTTL", KEY) <= 60_000


def test_an_absent_key_is_healthy(project, cache):
    done = project.run("run", "redis-cache-key", "-p", f"key={KEY}", "--yes")
    assert (done.code, "there is no key" in done.out) == (0, True), done


def test_a_key_that_is_there_is_found_and_only_it_is_deleted(project, cache):
    cache.ask("MSET", KEY, "v", KEY + "0", "v", KEY + " ", "v", "FEED:4711", "v")
    done = project.run("run", "redis-cache-key", "-p", f"key={KEY}", "--dry-run", "-o", "json")
    assert [finding["name"] for finding in done.json["findings"]] == ["present"]
    before = cache.counts()
    delete(project)
    assert cache.ask("DBSIZE") == 3
    assert cache.arrived_since(before) >= {"watch", "multi", "unlink", "exec"}
    assert "del" not in cache.arrived_since(before)


@pytest.mark.parametrize("key", ["with blank", "quote\"'", "*", "[a-z]", "ümlaut", "new\nline", "-n", "--help", "$(id)", "k" * 500])
def test_a_strange_key_is_deleted_and_restored_as_it_is(project, cache, key):
    cache.ask("MSET", key, "v", "other", "v")
    run = delete(project, key)
    assert (cache.ask("EXISTS", key), cache.ask("DBSIZE")) == (0, 1)
    assert undo(project, run).code == 0
    assert cache.ask("GET", key) == b"v"
