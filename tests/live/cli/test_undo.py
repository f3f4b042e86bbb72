"""Promise 5: what a run changed can be taken back, exactly, and only while it still stands."""

import pytest

from terminal import APPROVE, REASON, Terminal
from watching import READS

MIB = 1 << 20


@pytest.fixture
def changed(project, cache):
    """cache-1 after a run that raised its limit; gives what CONFIG GET * said before."""
    before = cache.config()
    assert project.run("run", "limit", "--mitigate", "raise-limit", "--approve", project.plan("limit", "raise-limit")).code == 0
    assert cache.config("maxmemory") == str(32 * MIB)
    return before


def undo(project, *words):
    return project.run("undo", project.run_to_undo, *words)


@pytest.fixture
def run_id(project, changed):
    project.run_to_undo = project.last_run()
    return project.run_to_undo


def approved(project, *more):
    """Undoes with the digest and the confirmations that a dry run asks for."""
    dry = undo(project, "--dry-run", "-o", "json").json["plans"][0]
    return undo(project, "--approve", dry["digest"][:12], "--confirm", "cache-1", "--reason", "a test", *more)


def test_undo_restores_the_exact_previous_configuration(project, cache, changed, run_id):
    done = approved(project)
    assert (done.code, "undone (exit 0)" in done.out) == (0, True), done
    assert cache.config() == changed


def test_undo_asks_the_gate_and_says_which_command_works(project, cache, changed, run_id):
    before = cache.counts()
    refused = undo(project)
    assert refused.code == 4, refused
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(32 * MIB)
    command = refused.err.split("this would approve it: ")[1].splitlines()[0]
    done = project.shell(command)
    assert (done.code, cache.config()) == (0, changed), (command, done)


def test_undo_at_a_terminal_wants_the_word_of_its_level(project, cache, changed, run_id):
    session = Terminal(project, "undo", run_id)
    session.see(APPROVE).answer("no")
    assert session.end() == 3, session.text
    assert cache.config("maxmemory") == str(32 * MIB)
    session = Terminal(project, "undo", run_id)
    session.see("Level 3").see(APPROVE).answer("cache-1").see(REASON).answer("back again")
    assert session.end() == 0, session.text
    assert cache.config() == changed


def test_a_value_that_somebody_else_set_meanwhile_is_left_alone(project, cache, changed, run_id):
    cache.ask("CONFIG", "SET", "maxmemory", 40 * MIB)
    before = cache.counts()
    done = undo(project, "--yes")
    assert done.code == 7, done
    assert str(40 * MIB) in done.out and "somebody else" in done.out, done
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(40 * MIB)


def test_a_value_that_moves_between_digest_and_undo_is_left_alone(project, cache, changed, run_id):
    dry = undo(project, "--dry-run", "-o", "json").json["plans"][0]
    cache.ask("CONFIG", "SET", "maxmemory", 40 * MIB)
    done = undo(project, "--approve", dry["digest"], "--confirm", "cache-1", "--reason", "a test")
    assert done.code in (7, 8), done
    assert cache.config("maxmemory") == str(40 * MIB)


def test_what_is_back_already_needs_no_approval(project, cache, changed, run_id):
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
    before = cache.counts()
    done = undo(project)
    assert (done.code, "back already" in done.out) == (0, True), done
    assert cache.arrived_since(before) <= READS


def test_undoing_twice_says_that_nothing_stands(project, cache, changed, run_id):
    assert approved(project).code == 0
    before = cache.counts()
    done = undo(project)
    assert (done.code, "nothing of run" in done.out) == (0, True), done
    assert cache.arrived_since(before) <= {"info"}


def test_undo_of_an_unknown_run_is_a_usage_error(project, cache, changed, run_id):
    done = project.run("undo", "20200101-000000-aaaa")
    assert (done.code, "no run" in done.err) == (2, True), done


def test_undo_of_a_dry_run_finds_nothing(project, cache):
    project.plan("limit", "raise-limit")
    done = project.run("undo", project.last_run())
    assert (done.code, "nothing of run" in done.out) == (0, True), done


def test_an_undo_does_not_go_to_another_server_of_the_same_name(project, cache, changed, run_id, start_redis):
    """The inventory was edited meanwhile: cache-1 is now another server, which happens to have the same limit."""
    other = start_redis("--maxmemory", "32mb")
    project.target("cache-1", other.url)
    done = approved_or_refused(project)
    assert done.code == 8, done
    assert other.config("maxmemory") == str(32 * MIB)


def approved_or_refused(project):
    dry = undo(project, "--dry-run", "-o", "json")
    plans = dry.json.get("plans", [])
    return approved(project) if dry.code == 0 and plans else dry


def test_two_changes_are_undone_in_reverse_order(project, cache):
    project.book("two-changes", TWO_CHANGES)
    before = cache.config()
    digest = project.plan("two-changes", "both")
    assert project.run("run", "two-changes", "--approve", digest).code == 0
    assert (cache.config("hz"), cache.config("timeout")) == ("20", "300")
    project.run_to_undo = project.last_run()
    done = approved(project)
    if done.code == 8:  # its level is 2: no confirmation is wanted
        done = undo(project, "--approve", undo(project, "--dry-run", "-o", "json").json["plans"][0]["digest"][:12])
    assert (done.code, cache.config()) == (0, before), done
    assert [record["data"]["args"]["key"] for record in project.records("INTENT")] == ["hz", "timeout", "timeout", "hz"]


TWO_CHANGES = """
return playbook "two-changes" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { redis = input.redis "r" }, findings = { ["slow"] = "slow" },
  evidence = function(see, arg) return { hz = see.redis(arg.redis):config "hz" } end,
  diagnose = function(found) if found.hz == 20 then return healthy "fast" end return finding "slow" end,
  mitigations = { mitigation "both" { answers = { "slow" },
    plan = function(found, arg)
      return { change.redis_config(arg.redis, "hz", { to = 20 }), change.redis_config(arg.redis, "timeout", { to = 300 }) }
    end,
    verify = function(arg) return { check.redis(arg.redis):config("timeout"):is(300) } end, within = "1s" } },
}
"""
