"""A mitigation is offered where what it needs was given, and a plan that changes nothing is asked about by nobody."""

import pytest

from terminal import APPROVE, CHOOSE, Terminal

BOOK = """
return playbook "needing" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { redis = input.redis "the instance", replicas = input.redis("its replicas"):many():optional() },
  findings = { ["small"] = "too small" },
  evidence = function(see, arg) return { limit = see.redis(arg.redis):config "maxmemory" } end,
  diagnose = function(found) return found.limit and found.limit < 33554432 and finding "small" or healthy "enough" end,
  mitigations = {
    mitigation "with-replicas" { answers = { "small" }, needs = { "replicas" },
      plan = function(found, arg) return { change.redis_config(arg.replicas[1], "maxmemory", { to = 33554432 }) } end,
      verify = function(arg) return { check.redis(arg.replicas[1]):ping():is "PONG" } end, within = "2s" },
    mitigation "alone" { answers = { "small" }, PLAN
      verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end, within = "2s" },
  },
}
"""
RAISES = 'plan = function(found, arg) return { change.redis_config(arg.redis, "maxmemory", { to = 33554432 }) } end,'
IDLE = 'plan = function(found, arg) return { barrier { check.redis(arg.redis):ping():is "PONG" } } end,'


@pytest.fixture
def needing(project, cache):
    project.book("needing", BOOK.replace("PLAN", RAISES))
    return cache


@pytest.fixture
def session(project, request):
    def open_session(*words):
        session = Terminal(project, *words)
        request.addfinalizer(lambda: session.child.close(force=True))
        return session

    return open_session


def test_without_its_input_it_is_neither_planned_nor_shown_as_a_choice(project, needing, session):
    plans = project.run("run", "needing", "--dry-run", "-o", "json").json["plans"]
    assert [plan["mitigation"] for plan in plans] == ["alone"]
    at = session("run", "needing").see(CHOOSE).answer("s")
    assert at.end() == 3 and "alone" in at.text and "with-replicas" not in at.text


@pytest.mark.parametrize("words", [["--dry-run"], ["--yes"]])
def test_who_asks_for_it_is_told_what_it_needs_before_anything_is_looked_at(project, needing, words):
    done = project.run("run", "needing", "--mitigate", "with-replicas", *words)
    assert (done.code, "with-replicas needs the input replicas, and there is none\n  give it: -p replicas=…" in done.err) == (2, True), done
    assert project.records("EVIDENCE", "PLAN") == []


def test_with_its_input_it_is_offered_like_any_other(project, needing, session):
    plans = project.run("run", "needing", "-p", "replicas=cache-1", "--dry-run", "-o", "json").json["plans"]
    assert [plan["mitigation"] for plan in plans] == ["with-replicas", "alone"]
    at = session("run", "needing", "-p", "replicas=cache-1").see("with-replicas").see(CHOOSE).answer("s")
    assert at.end() == 3, at.text


def test_the_pages_say_what_it_needs(project, needing):
    assert "needs the input replicas" in project.run("show", "needing").out
    by_hand = project.run("show", "needing", "--by-hand").out
    assert "* with-replicas: answers small\n  It needs the input replicas, and there is none: -p replicas=…\n" in by_hand
    assert "redis-cli" in project.run("show", "needing", "--by-hand", "-p", "replicas=cache-1").out.split("* with-replicas")[1].split("* alone")[0]
    assert "Needs the input `replicas`." in project.run("doc", "needing").out


def test_nobody_is_asked_about_a_plan_that_changes_nothing(project, needing, session):
    project.book("needing", BOOK.replace("PLAN", IDLE))
    dry = project.run("run", "needing", "--dry-run")
    assert dry.code == 0 and "Plan alone\n  nothing to change, as things stand\n" in dry.out and "digest" not in dry.out, dry
    at = session("run", "needing").see(CHOOSE).answer("alone").see("nothing to change, as things stand").see("Looking again")
    at.see(CHOOSE).answer("b").see("by hand?").answer("alone").see("nothing to change").see(CHOOSE).answer("s")
    assert at.end() == 11 and APPROVE not in at.text, at.text
    done = project.run("run", "needing", "--mitigate", "alone", "--yes")
    assert (done.code, project.records("GATE", "INTENT", "VERIFY")) == (11, []), done
