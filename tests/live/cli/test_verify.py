"""After a change: what was promised is checked, and when it does not come true the operator decides."""

import pytest

from terminal import APPROVE, CHOOSE, REASON, Terminal

MIB = 1 << 20


def at_the_failure(project):
    session = Terminal(project, "run", "never")
    return session.see(CHOOSE).answer("1").see(APPROVE).answer("yes").see("NOT verified").see("did not come true").see(CHOOSE)


def test_unattended_what_stands_is_said_and_how_to_undo_it(project, cache):
    before = cache.config()
    done = project.run("run", "never", "--approve", project.plan("never", "raise-limit"))
    assert done.code == 5, done
    assert "NOT verified" in done.out and "found 33554432" in done.out, done
    command = next(line for line in done.out.splitlines() if "runbook undo" in line).split("undo:")[1].strip()
    assert cache.config("maxmemory") == str(32 * MIB)
    plan = project.shell(f"{command} --dry-run -o json").json["plans"][0]
    undone = project.shell(f"{command} --approve {plan['digest']} --confirm cache-1 --reason 'it did not help'")
    assert (undone.code, cache.config()) == (0, before), undone


def test_undo_at_the_terminal_brings_the_configuration_back(project, cache):
    before = cache.config()
    session = at_the_failure(project).answer("undo").see("Level 3").see(APPROVE).answer("cache-1").see(REASON).answer("it did not help")
    assert session.end() == 6, session.text
    assert cache.config() == before
    assert project.run("undo", project.last_run()).out.startswith("nothing of run")


def test_saying_no_to_the_undo_leaves_the_change_and_says_so(project, cache):
    session = at_the_failure(project).answer("undo").see(APPROVE).answer("")
    assert session.end() == 5, session.text
    assert cache.config("maxmemory") == str(32 * MIB)


def test_an_undo_that_meets_somebody_elses_value_leaves_it(project, cache):
    session = at_the_failure(project)
    cache.ask("CONFIG", "SET", "maxmemory", 40 * MIB)
    session.answer("undo")
    assert session.end() == 7, session.text
    assert cache.config("maxmemory") == str(40 * MIB)


def test_nothing_is_preselected(project, cache):
    session = at_the_failure(project).answer("").see("a number from 1 to").see(CHOOSE).answer("leave")
    assert session.end() == 5, session.text
    assert cache.config("maxmemory") == str(32 * MIB)


def test_waiting_checks_again(project, cache):
    session = at_the_failure(project).answer("wait").see("NOT verified").see(CHOOSE)
    cache.ask("CONFIG", "SET", "maxmemory", 1)
    session.answer("wait").see("Verified").see("Looking")
    session.see(CHOOSE).answer("stop")
    assert session.end() == 5, session.text


def test_looking_again_finds_that_all_is_well(project, cache):
    session = at_the_failure(project).answer("another").see("enough")
    assert session.end() == 0, session.text


@pytest.mark.parametrize("answer,code", [("q", 5), ("^C", 130)])
def test_leaving_the_question_says_that_changes_stand(project, cache, answer, code):
    session = at_the_failure(project)
    session.answer("q") if answer == "q" else session.interrupt()
    assert session.end() == code, session.text
    assert "runbook undo" in session.text
    assert cache.config("maxmemory") == str(32 * MIB)
