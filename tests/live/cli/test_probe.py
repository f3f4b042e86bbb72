"""A probe: a test that writes, declared in the inventory, which cleans up after itself."""

import pytest

from watching import READS

PROBE = """
return playbook "probe" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { hz = see.redis(arg.redis):config "hz" } end,
  diagnose = function(found) if found.hz == 20 then return healthy "fast" end return finding("slow", "hz is %d", found.hz) end,
  mitigations = { mitigation "try" { answers = { "slow" },
    plan = function(found, arg)
      return { change.redis_probe(arg.redis), change.redis_config(arg.redis, "hz", { to = 20 }), change.redis_probe(arg.redis) }
    end,
    verify = function(arg) return { check.redis(arg.redis):config("hz"):is(20) } end, within = "1s" } },
}
"""


@pytest.fixture
def probed(project, redis):
    project.target("cache-1", redis.url, probe_prefix="own:")
    project.book("probe", PROBE)
    return redis


def test_a_probe_writes_reads_and_deletes_its_own_key_and_nothing_else(project, probed):
    before = probed.counts()
    digest = project.plan("probe", "try")
    assert probed.arrived_since(before) <= READS | {"acl|dryrun", "acl|whoami"}
    done = project.run("run", "probe", "--approve", digest)
    assert (done.code, probed.ask("DBSIZE")) == (0, 0), done
    assert {"set", "del"} <= probed.arrived_since(before)
    intents = project.records("INTENT")
    assert [record["data"]["row"] for record in intents] == ["redis.probe", "redis.config", "redis.probe"]
    assert intents[0]["data"]["calls"][0] == ["SET", "own:write", "probe", "NX", "PX", "10000"]


def test_an_undo_has_nothing_to_do_for_a_probe(project, probed):
    assert project.run("run", "probe", "--approve", project.plan("probe", "try")).code == 0
    plan = project.run("undo", project.last_run(), "--dry-run", "-o", "json").json["plans"][0]
    assert [change["row"] for change in plan["changes"]] == ["redis.config"]


def test_a_probe_alone_leaves_nothing_to_undo(project, probed):
    project.book("probe", PROBE.replace('change.redis_config(arg.redis, "hz", { to = 20 }), ', ""))
    done = project.run("run", "probe", "--approve", project.plan("probe", "try"))
    assert (done.code, "runbook undo" in done.out) == (1, False), done
    assert "failed, nothing changed" in done.out, done


def test_a_server_that_takes_no_writes_fails_the_probe_before_anything_is_changed(project, probed):
    probed.ask("CONFIG", "SET", "maxmemory", 1)
    done = project.run("run", "probe", "--approve", project.plan("probe", "try"))
    assert (done.code, probed.config("hz")) == (1, "10"), done
    assert "OOM" in done.out and "failed, nothing changed" in done.out, done


def test_a_key_that_is_there_already_is_left_alone(project, probed):
    digest = project.plan("probe", "try")
    probed.ask("SET", "own:write", "somebody's")
    done = project.run("run", "probe", "--approve", digest)
    assert done.code == 8, done
    assert probed.ask("GET", "own:write") == b"somebody's"


def test_a_target_that_declares_no_keys_for_it_is_not_probed(project, cache):
    project.book("probe", PROBE)
    done = project.run("run", "probe", "--dry-run")
    assert (done.code, "may not be probed" in done.err, "probe_prefix" in done.err) == (8, True, True), done
