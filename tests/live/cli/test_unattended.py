"""Nobody at a terminal: nothing approves but the flags, and the message says which."""

import subprocess

import pytest

from watching import READS

MIB = 1 << 20


def nothing_happened(project, cache, before):
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(16 * MIB)
    assert cache.config("maxmemory-policy") == "noeviction"
    assert project.records("INTENT") == []


def command_in(done):
    marker = "this would approve it: "
    assert marker in done.err, done
    return done.err.split(marker)[1].splitlines()[0]


def test_dev_null_as_stdin_approves_nothing(project, cache):
    before = cache.counts()
    done = project.run("run", "limit")
    assert done.code == 4, done
    nothing_happened(project, cache, before)


@pytest.mark.parametrize("line", ["yes | runbook run limit", "printf '1\\nyes\\ncache-1\\nreason\\n' | runbook run limit", "runbook run limit <&-",
                                  "runbook run limit <&- >out 2>err", "runbook run limit </dev/zero", "yes y | runbook run limit --mitigate raise-limit",
                                  "yes cache-1 | runbook run limit --mitigate evict", "runbook run limit --no-input"])
def test_no_stdin_approves_anything(project, cache, line):
    before = cache.counts()
    done = project.shell(line)
    assert done.code == 4, done
    nothing_happened(project, cache, before)


@pytest.mark.parametrize("env,mitigation,flags", [("dev", "raise-limit", "--yes"), ("prod", "raise-limit", "--approve"),
                                                  ("dev", "evict", "--confirm cache-1"), ("prod", "evict", "--confirm cache-1")])
def test_the_command_in_the_message_works(project, cache, env, mitigation, flags):
    project.target("cache-1", cache.url, env=env)
    refused = project.run("run", "limit", "--mitigate", mitigation)
    assert refused.code == 4, refused
    command = command_in(refused)
    assert flags in command
    done = project.shell(command)
    assert done.code == 0, (command, done)
    changed = {"raise-limit": ("maxmemory", str(32 * MIB)), "evict": ("maxmemory-policy", "allkeys-lru")}[mitigation]
    assert cache.config(changed[0]) == changed[1]


def test_the_command_in_the_message_repeats_inputs_and_answers(project, cache):
    cache.ask("SET", "feed: it's 1", "v")
    refused = project.run("run", "redis-cache-key", "-p", "key=feed: it's 1")
    assert refused.code == 4, refused
    done = project.shell(command_in(refused))
    assert (done.code, cache.ask("DBSIZE")) == (0, 0), (command_in(refused), done)
    refused = project.run("run", "limit", "-p", "raise-limit.limit=48mb")
    done = project.shell(command_in(refused))
    assert (done.code, cache.config("maxmemory")) == (0, str(48 * MIB)), done


def test_the_command_in_the_message_works_from_another_folder(project, cache):
    """Where the configuration, the inventory and the state come from flags, the command must name them."""
    refused = project.run("--config", project.root / "runbook.toml", "--state", project.root / "my state", "run", "limit", "--incident", "INC-7")
    assert refused.code == 4, refused
    done = project.shell(f"cd / && {command_in(refused)}")
    assert done.code == 0, (command_in(refused), done)
    assert cache.config("maxmemory") == str(32 * MIB)


@pytest.mark.parametrize("words", [["--yes"], ["--yes", "--confirm", "cache-1", "--reason", "because"]])
def test_yes_does_not_approve_level_2(project, cache, words):
    before = cache.counts()
    done = project.run("run", "limit", "--mitigate", "raise-limit", *words)
    assert done.code in (4, 8) and "--yes does not approve a plan of level 2" in done.err, done
    nothing_happened(project, cache, before)


@pytest.mark.parametrize("words", [[], ["--confirm", "cache-1"], ["--reason", "because"], ["--confirm", "cache-2", "--reason", "because"],
                                   ["--confirm", "cache-1", "--reason", "  "], ["--confirm", "1", "--reason", "because"],
                                   ["--confirm", "cache-1", "--confirm", "cache-2", "--reason", "because"]])
def test_level_3_wants_digest_target_and_reason(project, cache, words):
    digest = project.plan("limit", "evict")
    before = cache.counts()
    done = project.run("run", "limit", "--mitigate", "evict", "--approve", digest, *words)
    assert done.code == 8, done
    nothing_happened(project, cache, before)


def test_level_3_with_all_of_them_is_done_and_the_reason_recorded(project, cache):
    digest = project.plan("limit", "evict")
    done = project.run("run", "limit", "--mitigate", "evict", "--approve", digest, "--confirm", "cache-1", "--reason", "memory is full")
    assert done.code == 0, done
    assert project.records("GATE")[-1]["data"]["reason"] == "memory is full"


def test_a_mitigation_that_is_not_called_for_is_one_level_higher(project, cache):
    book = project.books / "limit.lua"
    book.write_text(book.read_text().replace('findings = {', 'findings = { ["other"] = "another one",').replace('{ "small" }', '{ "other" }', 1))
    project.target("cache-1", cache.url, env="dev")
    done = project.run("run", "limit", "--dry-run", "--mitigate", "raise-limit")
    assert "level 2" in done.out or "level 3" in done.out, done
    assert "not called for" in done.out


def test_a_healthy_target_is_left_alone_whatever_the_flags(project, cache):
    cache.ask("CONFIG", "SET", "maxmemory", 64 * MIB)
    before = cache.counts()
    done = project.run("run", "limit", "--yes")
    assert (done.code, "healthy (exit 0)" in done.out) == (0, True), done
    assert cache.arrived_since(before) <= READS


EMPTY = """
return playbook "empty" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { redis = input.redis "r" }, findings = { ["odd"] = "odd" },
  evidence = function(see, arg) return { ping = see.redis(arg.redis):ping() } end,
  diagnose = function() return finding "odd" end,
  mitigations = { mitigation "nothing" { answers = { "odd" }, plan = function() return {} end,
    verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end, within = "1s" } },
}
"""


def test_a_mitigation_with_nothing_to_change_is_taken_once(project, cache):
    project.book("empty", EMPTY)
    done = project.run("run", "empty", "--yes")
    assert done.code == 11, done
    assert len(project.records("PLAN")) == 1


def test_without_a_terminal_a_choice_of_targets_is_a_usage_error(project, cache, start_redis):
    project.target("cache-2", start_redis().url)
    done = project.run("run", "limit", "--dry-run")
    assert (done.code, "cache-1, cache-2" in done.err) == (2, True), done


def test_a_closed_stdout_does_not_approve_either(project, cache):
    before = cache.counts()
    with open("/dev/full", "wb") as full:
        done = subprocess.run(project.argv("run", "limit"), cwd=project.root, env=project.environment(), stdin=subprocess.DEVNULL, stdout=full,
                              stderr=subprocess.PIPE, timeout=60, start_new_session=True)
    assert done.returncode != 0
    nothing_happened(project, cache, before)
