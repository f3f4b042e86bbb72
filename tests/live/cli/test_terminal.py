"""An operator at a terminal: what counts as an answer, and what does not."""

import os
import signal

import pytest

from servers import wait_until
from terminal import APPROVE, CHOOSE, LIMIT, REASON, Terminal
from watching import READS

MIB = 1 << 20


@pytest.fixture
def at(project, cache):
    """Opens a session, and at the end looks after the process."""
    sessions = []

    def open_session(*words, **more):
        sessions.append(Terminal(project, *(words or ("run", "limit")), **more))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.child.close(force=True)


def nothing_changed(project, cache):
    assert cache.config("maxmemory") == str(16 * MIB)
    assert cache.config("maxmemory-policy") == "noeviction"
    assert project.records("INTENT") == []


def at_the_gate(at, mitigation="1"):
    session = at().see(CHOOSE).answer(mitigation)
    return session.see(LIMIT).answer().see(APPROVE) if mitigation == "1" else session.see(APPROVE)


def test_the_word_yes_changes_it(project, cache, at):
    session = at_the_gate(at).answer("yes")
    assert session.end() == 0, session.text
    assert cache.config("maxmemory") == str(32 * MIB)
    assert project.records("GATE")[-1]["data"]["how"] == "typed"


@pytest.mark.parametrize("line", ["", "y", "Yes", "YES", " yes", "yes ", "yes please", "no", "cache-1", "1", "yes\x00", "\x16\x1b[Ayes"])
def test_anything_but_the_wanted_word_is_no(project, cache, at, line):
    session = at_the_gate(at).answer(line)
    assert session.end() == 3, session.text
    nothing_changed(project, cache)
    assert project.records("GATE")[-1]["data"]["approved"] is False


@pytest.mark.parametrize("paste", ["1\nyes\nyes\n", "1\n\nyes\n", "1\n\nyes\nyes\ncache-1\n"])
def test_a_paste_at_the_first_question_approves_nothing(project, cache, at, paste):
    session = at().see(CHOOSE).type(paste).see("more than one line").see(CHOOSE).answer("q")
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_a_paste_at_the_gate_approves_nothing(project, cache, at):
    session = at_the_gate(at).type("yes\nyes\n").see("more than one line")
    session.answer("no")
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_a_paste_is_no_value_either(project, cache, at):
    session = at().see(CHOOSE).answer("1").see(LIMIT).type("64mb\nyes\n").see("more than one line").see(LIMIT)
    session.answer("48mb").see(APPROVE).answer("yes")
    assert session.end() == 0, session.text
    assert cache.config("maxmemory") == str(48 * MIB)


def test_what_was_typed_before_a_question_stood_is_thrown_away(project, cache, at):
    os.kill(cache.process.pid, signal.SIGSTOP)
    session = at("run", "limit", "--mitigate", "raise-limit")
    session.type("\n").type("yes\n").type("yes\n")
    session.see("yes\r\n").see("yes\r\n")  # the terminal has them, and nobody has asked yet
    os.kill(cache.process.pid, signal.SIGCONT)
    session.see(LIMIT).answer("32mb").see(APPROVE).answer("no")
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_level_3_wants_the_name_of_the_target_and_a_reason(project, cache, at):
    session = at_the_gate(at, "2").answer("cache-1").see(REASON).answer("the disk is full, too")
    assert session.end() == 0, session.text
    assert cache.config("maxmemory-policy") == "allkeys-lru"
    assert project.records("GATE")[-1]["data"]["reason"] == "the disk is full, too"


@pytest.mark.parametrize("line", ["yes", "y", "", "cache-2", "CACHE-1", "1"])
def test_level_3_takes_nothing_but_the_name(project, cache, at, line):
    session = at_the_gate(at, "2").answer(line)
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_level_3_takes_no_empty_reason(project, cache, at, reason):
    session = at_the_gate(at, "2").answer("cache-1").see(REASON).answer(reason)
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_q_quits(project, cache, at):
    assert at().see(CHOOSE).answer("q").end() == 3
    nothing_changed(project, cache)


def test_nonsense_at_the_choice_is_asked_again(project, cache, at):
    session = at().see(CHOOSE).answer("0").see(CHOOSE).answer("99").see(CHOOSE).answer("").see(CHOOSE).answer("1x").see(CHOOSE).answer("stop")
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_the_end_of_input_is_no(project, cache, at):
    session = at_the_gate(at).type("\x04")
    assert session.end() == 3, session.text
    nothing_changed(project, cache)


def test_a_terminal_that_goes_away_approves_nothing(project, cache, at):
    session = at_the_gate(at)
    session.child.close(force=False)
    wait_until(lambda: project.records("RUN_END"), "the run ends")
    nothing_changed(project, cache)


@pytest.mark.parametrize("where", [CHOOSE, LIMIT, APPROVE])
def test_interrupting_a_question_exits_130_and_changes_nothing(project, cache, at, where):
    session = at().see(CHOOSE)
    if where != CHOOSE:
        session.answer("1").see(LIMIT)
    if where == APPROVE:
        session.answer().see(APPROVE)
    assert session.interrupt().end() == 130, session.text
    nothing_changed(project, cache)
    assert project.records("RUN_END")[-1]["data"]["exit"] == 130


TWO = """
return playbook "two" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { first = input.redis "answers", second = input.redis "hangs" },
  findings = { ["small"] = "too small" },
  evidence = function(see, arg)
    return { limit = see.redis(arg.first):config "maxmemory", other = see.redis(arg.second):config "maxmemory" }
  end,
  diagnose = function(found) return finding("small", found:why "other" or "all was read") end,
  mitigations = { mitigation "raise" {
    answers = { "small" },
    plan = function(found, arg) return { change.redis_config(arg.first, "maxmemory", { to = 33554432 }) } end,
    verify = function(arg) return { check.redis(arg.first):ping():is "PONG" } end, within = "2s",
  } },
}
"""


@pytest.mark.parametrize("answer,code", [("q", 3), ("^C", 130)])
def test_interrupting_the_look_goes_on_with_what_is_there(project, cache, at, start_redis, answer, code):
    hangs = start_redis()
    os.kill(hangs.process.pid, signal.SIGSTOP)
    project.target("cache-2", hangs.url)
    project.book("two", TWO)
    before = cache.counts()
    session = at("run", "two", "-p", "first=cache-1", "-p", "second=cache-2")
    wait_until(lambda: "config|get" in cache.arrived_since(before), "the first target was read")
    session.interrupt().see("the operator went on without it").see(CHOOSE)
    session.answer("q") if answer == "q" else session.interrupt()
    assert session.end() == code, session.text
    nothing_changed(project, cache)
    assert "in doubt" not in session.text


def test_a_key_that_changed_while_the_question_stood_is_not_deleted(project, cache, at):
    cache.ask("SET", "feed:1", "old")
    session = at("run", "redis-cache-key", "-p", "key=feed:1").see(CHOOSE).answer("1").see(APPROVE)
    cache.ask("SET", "feed:1", "new")
    session.answer("yes").see("no longer as planned").see(APPROVE).answer("no")
    assert session.end() in (3, 8), session.text
    assert cache.ask("GET", "feed:1") == b"new"


def test_a_setting_that_changed_while_the_question_stood_is_asked_about_again(project, cache, at):
    session = at_the_gate(at)
    cache.ask("CONFIG", "SET", "maxmemory", 17 * MIB)
    session.answer("yes").see("no longer as planned").see(LIMIT).answer().see(str(17 * MIB)).see(APPROVE).answer("yes")
    assert session.end() == 0, session.text
    assert cache.config("maxmemory") == str(32 * MIB)


def test_what_is_already_as_wanted_is_skipped_and_never_undone(project, cache, at):
    session = at_the_gate(at)
    cache.ask("CONFIG", "SET", "maxmemory", 32 * MIB)
    before = cache.counts()
    session.answer("yes").see("it is so already")
    assert session.end() == 0, session.text
    assert cache.arrived_since(before) <= READS
    undo = project.run("undo", project.last_run())
    assert (undo.code, "nothing of run" in undo.out) == (0, True), undo
    assert cache.config("maxmemory") == str(32 * MIB)


def test_a_picker_asks_for_the_target(project, cache, at, start_redis):
    project.target("cache-2", start_redis().url)
    session = at().see("the instance").see(CHOOSE).answer("1").see("What now?").see(CHOOSE).answer("q")
    assert session.end() == 3, session.text
