"""Promise 3: the question is the plan. Whatever decides what will happen is in the digest, and only that digest approves."""

import pytest

MIB = 1 << 20


def raise_by(project, digest, *words):
    return project.run("run", "limit", "--mitigate", "raise-limit", "--approve", digest, *words)


def test_the_same_plan_has_the_same_digest_a_moment_later(project, cache):
    assert project.plan("limit", "raise-limit") == project.plan("limit", "raise-limit")


def test_the_right_digest_changes_exactly_what_the_plan_says(project, cache):
    before = cache.config()
    done = raise_by(project, project.plan("limit", "raise-limit"))
    assert (done.code, "verified (exit 0)" in done.out) == (0, True), done
    assert {name: value for name, value in cache.config().items() if before[name] != value} == {"maxmemory": str(32 * MIB)}
    assert [record["type"] for record in project.records("INTENT", "OUTCOME")] == ["INTENT", "OUTCOME"]


def edit(project, old, new):
    path = project.books / "limit.lua"
    source = path.read_text()
    assert old in source
    path.write_text(source.replace(old, new, 1))


def other_source(project, cache):
    edit(project, "--- Quick to verify", "--- quick to verify")


def other_check(project, cache):
    edit(project, ':config("maxmemory"):is(chosen.limit)', ':config("maxmemory"):at_least(chosen.limit)')


def other_time_to_verify(project, cache):
    edit(project, 'within = "2s"', 'within = "3s"')


def other_url(project, cache):
    project.target("cache-1", cache.url + "?db=0")


def other_user(project, cache):
    project.target("cache-1", cache.url, user="default")


def other_environment(project, cache):
    project.target("cache-1", cache.url, env="staging")


def other_name(project, cache):
    project.targets.clear()
    project.target("cache-9", cache.url)


def other_from(project, cache):
    cache.ask("CONFIG", "SET", "maxmemory", 17 * MIB)


def other_server_under_the_same_url(project, cache):
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB - 1)


CHANGED = [other_source, other_check, other_time_to_verify, other_url, other_user, other_environment, other_name, other_from,
           other_server_under_the_same_url]


@pytest.mark.parametrize("change", CHANGED, ids=lambda change: change.__name__)
def test_a_plan_that_is_no_longer_the_approved_one_is_refused_with_the_difference(project, cache, change):
    digest = project.plan("limit", "raise-limit")
    change(project, cache)
    before = cache.config("maxmemory")
    done = raise_by(project, digest)
    assert done.code == 8, done
    assert "is not the digest of this plan" in done.err and "has changed" in done.err and " → " in done.err, done
    assert cache.config("maxmemory") == before
    assert project.records("INTENT") == []
    fresh = project.plan("limit", "raise-limit")
    assert fresh != digest
    assert raise_by(project, fresh).code == 0


def test_the_difference_names_what_moved(project, cache):
    digest = project.plan("limit", "raise-limit")
    other_from(project, cache)
    assert f"from: {16 * MIB} → {17 * MIB}" in raise_by(project, digest).err


def test_another_answer_to_an_ask_is_another_plan(project, cache):
    words = ["-p", "raise-limit.limit=64mb"]
    digest = project.plan("limit", "raise-limit", *words)
    assert digest != project.plan("limit", "raise-limit")
    done = raise_by(project, digest)
    assert (done.code, f"{64 * MIB} → {32 * MIB}" in done.err) == (8, True), done
    assert raise_by(project, digest, *words).code == 0
    assert cache.config("maxmemory") == str(64 * MIB)


def test_another_input_is_another_plan(project, cache):
    cache.ask("MSET", "feed:1", "a", "feed:2", "a")
    digest = project.plan("redis-cache-key", "delete-key", "-p", "key=feed:1")
    done = project.run("run", "redis-cache-key", "-p", "key=feed:2", "--mitigate", "delete-key", "--approve", digest)
    assert (done.code, "feed:1" in done.err, "feed:2" in done.err) == (8, True, True), done
    assert cache.ask("DBSIZE") == 2


def test_the_approval_of_another_mitigation_does_not_count(project, cache):
    done = raise_by(project, project.plan("limit", "evict"))
    assert done.code == 8, done
    assert cache.config("maxmemory") == str(16 * MIB)


@pytest.mark.parametrize("digest", ["0" * 64, "deadbeefdead", "", "zz", "%"])
def test_an_unknown_digest_is_refused(project, cache, digest):
    project.plan("limit", "raise-limit")
    done = raise_by(project, digest)
    assert done.code == (8 if digest else 4), done
    assert cache.config("maxmemory") == str(16 * MIB)


def test_the_beginning_of_a_digest_is_too_little(project, cache):
    digest = project.plan("limit", "raise-limit")
    assert raise_by(project, digest[:11]).code == 8
    assert cache.config("maxmemory") == str(16 * MIB)


def test_a_digest_of_another_state_directory_is_unknown(project, cache):
    digest = project.plan("limit", "raise-limit")
    done = raise_by(project, digest, "--state", project.root / "other-state")
    assert (done.code, "no plan with the digest" in done.err) == (8, True), done


def test_the_log_keeps_who_approved_what(project, cache):
    digest = project.plan("limit", "raise-limit")
    assert raise_by(project, digest).code == 0
    gate = project.records("GATE")[-1]["data"]
    assert gate["approved"] is True and gate["digest"].startswith(digest) and gate["how"] == "flags"
    assert project.records("INTENT")[-1]["data"]["digest"] == gate["digest"]
