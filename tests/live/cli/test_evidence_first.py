"""Promise 2: no plan and no change for a target that this run has not looked at."""

import pytest

from watching import READS

BOOK = """
return playbook "%(name)s" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { seen = input.redis "looked at", unseen = input.redis "changed" },
  findings = { ["always"] = "it always finds this" },
  evidence = function(see, arg) return { %(evidence)s } end,
  diagnose = function() return finding "always" end,
  mitigations = { mitigation "blind" {
    answers = { "always" },
    plan = function(found, arg) return { %(changes)s } end,
    verify = function(arg) return { check.redis(arg.seen):ping():is "PONG" } end,
  } },
}
"""
SEEN = "ping = see.redis(arg.seen):ping()"
UNSEEN = 'change.redis_config(arg.unseen, "hz", { to = 20 })'
BOTH = 'change.redis_config(arg.seen, "hz", { to = 20 }), ' + UNSEEN


@pytest.fixture
def pair(project, start_redis):
    servers = start_redis(), start_redis()
    for name, server in zip(("cache-1", "cache-2"), servers):
        project.target(name, server.url, env="dev")
    return servers


@pytest.mark.parametrize("mode", [["--dry-run"], ["--yes"]])
@pytest.mark.parametrize("evidence,changes", [("", UNSEEN), (SEEN, UNSEEN), (SEEN, BOTH)],
                         ids=["no evidence at all", "evidence of another target", "evidence of one of two targets"])
def test_a_plan_for_a_target_that_was_not_looked_at_is_refused(project, pair, evidence, changes, mode):
    project.book("blind", BOOK % {"name": "blind", "evidence": evidence, "changes": changes})
    before = [server.counts() for server in pair]
    done = project.run("run", "blind", "-p", "seen=cache-1", "-p", "unseen=cache-2", *mode)
    assert done.code == 8, done
    assert "no evidence of cache-2" in done.err, done
    for server, counts in zip(pair, before):
        assert server.arrived_since(counts) <= READS
    assert project.records("INTENT") == []


def test_looking_at_the_target_makes_the_same_plan_possible(project, pair):
    evidence = SEEN + ", hz = see.redis(arg.unseen):config 'hz'"
    project.book("sighted", BOOK % {"name": "sighted", "evidence": evidence, "changes": BOTH})
    inputs = ["-p", "seen=cache-1", "-p", "unseen=cache-2"]
    done = project.run("run", "sighted", *inputs, "--approve", project.plan("sighted", "blind", *inputs))
    assert [server.config("hz") for server in pair] == ["20", "20"], done


def test_evidence_of_an_earlier_run_does_not_count(project, pair):
    looking = BOOK % {"name": "both", "evidence": SEEN + ", other = see.redis(arg.unseen):ping()", "changes": UNSEEN}
    project.book("both", looking)
    project.book("blind", BOOK % {"name": "blind", "evidence": SEEN, "changes": UNSEEN})
    inputs = ["-p", "seen=cache-1", "-p", "unseen=cache-2"]
    assert project.run("run", "both", "--dry-run", *inputs).code == 0
    assert project.run("run", "blind", "--yes", *inputs).code == 8


def test_a_target_that_could_not_be_read_has_evidence_but_no_plan(project, pair, start_redis):
    gone = start_redis()
    project.target("cache-2", gone.url, env="dev")
    gone.stop()
    project.book("gone", BOOK % {"name": "gone", "evidence": SEEN + ", other = see.redis(arg.unseen):ping()", "changes": UNSEEN})
    done = project.run("run", "gone", "--dry-run", "-p", "seen=cache-1", "-p", "unseen=cache-2")
    assert done.code == 8, done
    assert "cannot be read" in done.err and "cache-2" in done.err, done


def test_every_reading_is_stored_under_the_hash_that_its_record_names(project, cache):
    import hashlib
    done = project.run("run", "limit", "--dry-run", "-o", "json")
    stored = [item for item in done.json["evidence"] if "sha256" in item]
    assert {"ping", "limit", "policy"} <= {item["id"] for item in stored}
    for item in stored:
        path = project.state / "evidence" / item["sha256"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == item["sha256"]
    shown = project.run("evidence", done.json["run"], "policy", "-o", "json")
    assert shown.json[0]["value"] == "noeviction"
