"""^Z and back, and terminals that go away: a run stands still or ends where it may, and nothing that was typed before it came back is an answer."""

import os
import pathlib
import re
import signal

import pytest

from holding import Holding
from servers import wait_until
from terminal import APPROVE, CHOOSE, LIMIT, REASON, Terminal
from three import BOOK, SETTINGS, settings

MIB = 1 << 20
SAW = "What do you see? (q to stop here) "
STOPPED = "Stopped"


@pytest.fixture
def at(project):
    """Opens a terminal, and at the end looks after what runs in it."""
    terminals = []

    def open_terminal(*words, program=None):
        terminals.append(Terminal(project, *words, program=program, env={"NO_COLOR": "1", "PS1": "shell> "}))
        return terminals[-1]

    yield open_terminal
    for terminal in terminals:
        terminal.child.close(force=True)


@pytest.fixture
def shell(at):
    """A shell that has jobs, as an operator sits at it."""
    return at(program=["/bin/bash", "--norc", "--noprofile", "-i"]).see("shell> ")


def to_choose(terminal):
    return terminal.see(CHOOSE)


def to_value(terminal):
    return to_choose(terminal).answer("1").see(LIMIT)


def to_gate(terminal):
    return to_value(terminal).answer().see(APPROVE)


def to_reason(terminal):
    return to_choose(terminal).answer("2").see(APPROVE).answer("cache-1").see(REASON)


# How to come to a question, what it shows, and a line that would answer it.
QUESTIONS = {"choose": (to_choose, CHOOSE, "2"), "value": (to_value, LIMIT, "64mb"), "gate": (to_gate, APPROVE, "yes"),
             "reason": (to_reason, REASON, "the disk is full")}


def untouched(project, cache):
    return (cache.config("maxmemory"), cache.config("maxmemory-policy")) == (str(16 * MIB), "noeviction") and project.records("INTENT") == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_typed_around_a_suspension_answers_the_question_that_stood(project, cache, shell, question):
    go_to, prompt, line = QUESTIONS[question]
    go_to(shell.answer("runbook run limit"))
    shell.type(line + "\x1a").see(STOPPED).see("shell> ")
    shell.type(f"fg\n{line}\n").see("runbook run limit").see(prompt)
    assert untouched(project, cache)
    shell.interrupt().see("shell> ").answer("echo ended as $?").see("ended as 130")
    assert untouched(project, cache)


def test_after_it_the_question_is_answered_as_ever(project, cache, shell):
    to_gate(shell.answer("runbook run limit")).type("\x1a").see(STOPPED).see("shell> ").answer("fg").see(APPROVE).answer("yes")
    shell.see("verified").see("shell> ")
    assert cache.config("maxmemory") == str(32 * MIB)


@pytest.mark.parametrize("question", QUESTIONS)
def test_stopped_by_somebody_else_it_takes_no_line_from_before_either(project, cache, at, question):
    go_to, prompt, line = QUESTIONS[question]
    terminal = go_to(at("run", "limit"))
    os.kill(terminal.child.pid, signal.SIGSTOP)
    terminal.answer(line).see(line)  # the terminal has it
    os.kill(terminal.child.pid, signal.SIGCONT)
    terminal.see("stopped meanwhile").see(prompt).interrupt()
    assert terminal.end() == 130 and untouched(project, cache), terminal.text


def test_the_terminal_is_left_as_it_was(project, cache, shell):
    def modes():
        return re.findall(r"-?[a-z]+", shell.answer("clear; stty -a | tail -n +2; echo done").see("\ndone").child.before)[1:]

    before = modes()
    to_gate(shell.answer("runbook run limit")).type("\x1a").see(STOPPED).see("shell> ")
    assert modes() == before
    shell.answer("fg").see(APPROVE).answer("no").see("shell> ")
    assert modes() == before


@pytest.fixture
def in_hand(project, three, tmp_path):
    """The target of `three`, whose second change is held when it is sent."""
    way = Holding(three, tmp_path, "CONFIG", "SET", "maxclients", "5000")
    project.target("cache-1", way.url, env="dev")
    yield way
    way.close()


def is_stopped(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_call_in_hand_comes_to_its_outcome_before_the_run_stands_still(project, three, in_hand, shell):
    to_choose(shell.answer("runbook run three")).answer("1").see(APPROVE).answer("y")
    assert in_hand.holding.wait(10)
    shell.type("\x1a").see("^Z")
    run = int(pathlib.Path(f"/proc/{shell.child.pid}/task/{shell.child.pid}/children").read_text())
    assert not is_stopped(run) and len(project.records("INTENT")) == 2
    in_hand.let_go()
    shell.see(STOPPED).see("shell> ")
    assert len(project.records("OUTCOME")) == 2 and settings(three) == {**SETTINGS, "timeout": "0"}
    shell.answer("fg").see("verified").see("shell> ")
    assert settings(three) == SETTINGS


def test_what_is_done_by_hand_waits_through_a_suspension_too(project, three, shell):
    project.book("three", BOOK % {"more": 'table.insert(list, 2, manual "Look at the rack" { expects = "green" })'})
    to_choose(shell.answer("runbook run three")).answer("1").see(APPROVE).answer("y").see(SAW)
    shell.type("green\x1a").see(STOPPED).see("shell> ").type("fg\ngreen\n").see(SAW)
    assert project.records("MANUAL") == [] and len(project.records("OUTCOME")) == 1
    shell.answer("green").see("verified").see("shell> ")
    assert settings(three) == SETTINGS


def interrupted(project, three):
    """A run of which one change is made; gives its id."""
    project.book("three", BOOK % {"more": 'table.insert(list, 2, barrier { check.redis(arg.redis):config("maxmemory"):is(99), within = "60s" })'})
    process = project.start("run", "three", "--yes")
    wait_until(lambda: project.records("OUTCOME"), "the first change was made")
    process.kill()
    process.communicate()
    three.ask("CONFIG", "SET", "maxmemory", 99)
    return project.last_run()


def test_a_resumed_run_is_suspended_as_any_other(project, three, shell):
    run = interrupted(project, three)
    to_choose(shell.answer(f"runbook resume {run}")).type("1\x1a").see(STOPPED).see("shell> ").type("fg\n1\n").see(CHOOSE)
    assert len(project.records("OUTCOME")) == 1
    shell.answer("1").see(APPROVE).type("y\x1a").see(STOPPED).see("shell> ").type("fg\ny\n").see(APPROVE)
    assert len(project.records("OUTCOME")) == 1
    shell.answer("y").see("verified").see("shell> ")
    assert settings(three) == SETTINGS


def gone(terminal):
    """The terminal is closed, as by a window that is closed or a connection that breaks."""
    terminal.child.ptyproc.fileobj.close()


@pytest.mark.parametrize("hangup", ["told", "not told"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_terminal_that_goes_away_answers_no_question(project, cache, at, question, hangup):
    program = project.argv("run", "limit") if hangup == "told" else ["/usr/bin/env", "--ignore-signal=HUP", *project.argv("run", "limit")]
    terminal = QUESTIONS[question][0](at(program=program))
    gone(terminal)
    end = wait_until(lambda: project.records("RUN_END"), "the run ends")[-1]["data"]
    # Told by the signal, or by the question that cannot be answered any more, whichever comes first.
    assert end["exit"] in ((3, 129) if hangup == "told" else (3,)) and untouched(project, cache), end


@pytest.mark.parametrize("hangup", ["told", "not told"])
def test_a_terminal_that_goes_away_does_not_cut_the_call_in_hand(project, three, in_hand, at, hangup):
    program = project.argv("run", "three") if hangup == "told" else ["/usr/bin/env", "--ignore-signal=HUP", *project.argv("run", "three")]
    terminal = to_choose(at(program=program)).answer("1").see(APPROVE).answer("y")
    assert in_hand.holding.wait(10)
    gone(terminal)
    in_hand.let_go()
    end = wait_until(lambda: project.records("RUN_END"), "the run ends")[-1]["data"]
    made = project.records("OUTCOME")
    assert [record["data"]["status"] for record in made] == ["applied"] * len(project.records("INTENT")), made
    # The signal and the reply may be there at once: the reply read first begins the last change.
    ends = ((129, 2), (129, 3), (0, 3)) if hangup == "told" else ((0, 3),)
    assert (end["exit"], len(made)) in ends, end
    if end["exit"]:
        assert project.run("resume", project.last_run(), "--yes").code == 0
    assert settings(three) == SETTINGS


def test_a_resumed_run_whose_terminal_goes_away_can_be_resumed_again(project, three, at):
    run = interrupted(project, three)
    gone(to_choose(at("resume", run)).answer("1").see(APPROVE))
    wait_until(lambda: project.records("RUN_END"), "the run ends")
    assert len(project.records("OUTCOME")) == 1
    done = project.run("resume", run, "--yes")
    assert (done.code, settings(three)) == (0, SETTINGS), done
