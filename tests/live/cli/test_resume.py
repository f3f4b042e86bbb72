"""A run that was cut short goes on: nothing is done twice, nothing is lost, and what nobody knows is asked."""

import os
import pathlib
import re
import signal

import pytest

from servers import wait_until
from terminal import APPROVE, CHOOSE, Terminal
from three import BOOK, SETTINGS, sets, settings
from watching import READS

MOST = 60

BARRIER = 'table.insert(list, 2, barrier { check.redis(arg.redis):config("maxmemory"):is(99), within = "60s" })'
GOES_ON = "goes on at item 2"


@pytest.fixture
def held(project, three):
    """A run that has made the first of three changes and waits at a barrier; gives what will end it."""
    project.book("three", BOOK % {"more": BARRIER})
    process = project.start("run", "three", "--yes")
    wait_until(lambda: project.records("OUTCOME"), "the first change was made")
    yield process
    process.kill()
    process.communicate()


def cut_short(project, held):
    held.kill()
    held.wait()
    return project.last_run()


def open_barrier(cache):
    cache.ask("CONFIG", "SET", "maxmemory", 99)


def test_killed_at_any_write_of_the_log_it_is_resumed_and_each_change_is_made_once(project, three, tmp_path):
    untouched = three.config()
    assert project.run("run", "three", "--dry-run").code == 0
    kills = went_on = settled = 0
    for number in range(1, MOST, 1 if os.environ.get("RUNBOOK_BUDGET") else 2):
        for key in SETTINGS:
            three.ask("CONFIG", "SET", key, untouched[key])
        before, begun = three.counts(), len(project.records("RUN_START"))
        trace = tmp_path / f"trace-{number}"
        words = ["strace", "-f", "-qq", "-P", str(project.log), "-o", str(trace), "-e", "trace=write", "-e",
                 f"inject=write:signal=SIGKILL:when={number}"]
        killed = project.run("run", "three", "--yes", before=words)
        if killed.code == 0:
            break  # there is no write of that number: it went through
        assert "SIGKILL" in trace.read_text(), killed
        kills += 1
        assert project.run("audit", "verify").code == 0
        if len(project.records("RUN_START")) == begun:
            continue  # killed before the run was known to anybody: nothing can have happened
        run = project.last_run()
        in_doubt = len(project.records("INTENT")) > len(project.records("OUTCOME"))
        done = project.run("resume", run, "--yes")
        assert (done.code, settings(three)) == (0, SETTINGS), (number, killed, done)
        assert sets(three, before) == 3, (number, "something was sent twice or never", done)
        went_on += GOES_ON in done.out or "goes on at item 3" in done.out
        settled += in_doubt
        assert len(project.records("INTENT")) == len({record["data"]["intent"] for record in project.records("OUTCOME")} - {0})
        assert project.run("undo", run, "--yes").code == 0 and three.config() == untouched
    assert 0 < kills < MOST - 1 and went_on > 1 and settled > 0, (kills, went_on, settled)


def test_what_is_done_is_not_done_again_and_the_undo_takes_all_of_it_back(project, three, held):
    before = three.config()
    run = cut_short(project, held)
    open_barrier(three)
    arrived = three.counts()
    done = project.run("resume", run, "--yes")
    assert (done.code, settings(three), sets(three, arrived)) == (0, SETTINGS, 2), done
    assert GOES_ON in done.out, done.out
    assert [record["data"]["args"]["key"] for record in project.records("INTENT")] == list(SETTINGS)
    assert project.run("undo", run, "--yes").code == 0
    assert settings(three) == {**{key: before[key] for key in SETTINGS}, "hz": "10"}


def test_runs_shows_what_was_cut_short_and_how_to_go_on(project, three, held):
    assert re.search(r"three +running, 1 changed", project.run("runs").out)
    refused = project.run("resume", project.last_run())
    assert refused.code == 2 and f"is still running, as process {held.pid}" in refused.err, refused
    run = cut_short(project, held)
    assert f"interrupted, 1 changed; runbook resume {run} goes on with it" in project.run("runs").out


def test_one_document_tells_both_halves(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    told = project.run("resume", run, "--yes", "-o", "json").json
    assert (told["run"], told["status"], len(told["applied"]), len(told["resumed"])) == (run, "verified", 3, 1)
    report = project.run("report", run)
    assert report.code == 0 and "resumed by" in report.out and report.out.count("begins:") == 3, report


def test_resuming_dry_changes_nothing_and_shows_what_would_go_on(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    before, arrived = three.config(), three.counts()
    dry = project.run("resume", run, "--dry-run")
    assert dry.code == 0 and GOES_ON in dry.out, dry
    assert three.config() == before and three.arrived_since(arrived) <= READS
    digest = project.records("PLAN")[-1]["data"]["digest"]
    assert digest == project.records("GATE")[0]["data"]["digest"]
    done = project.run("resume", run, "--approve", digest)
    assert (done.code, settings(three)) == (0, SETTINGS), done


def test_the_page_about_it_tells_what_works(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    page = (pathlib.Path(__file__).parents[3] / "docs" / "operations.md").read_text()
    lines = re.search(r"```sh\n(.*?)```", page, re.DOTALL)[1].replace("RUN", run).splitlines()
    assert [project.shell(line).code for line in lines] == [0, 0, 4, 4]


def test_without_a_word_the_gate_is_asked_again(project, three, held):
    run = cut_short(project, held)
    arrived = three.counts()
    done = project.run("resume", run, "--no-input")
    assert done.code == 4 and f"resume {run} --" in done.err, done
    assert three.arrived_since(arrived) <= READS
    open_barrier(three)
    assert project.run("resume", run, "--yes").code == 0


def test_at_a_terminal_the_rest_of_the_plan_is_proposed_and_asked_for(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    session = Terminal(project, "resume", run).see("goes on").see("Looking").see("stopped at item 2 of 4").see(CHOOSE)
    session.answer("go on").see(GOES_ON).see(APPROVE).answer("y").see("Verified")
    assert (session.end(), settings(three)) == (0, SETTINGS), session.text


@pytest.mark.parametrize("answer,code,hz", [("undo", 6, "10"), ("leave", 5, "20")])
def test_at_a_terminal_it_can_be_undone_or_left_instead(project, three, held, answer, code, hz):
    session = Terminal(project, "resume", cut_short(project, held)).see(CHOOSE).answer(answer)
    if answer == "undo":
        session.see(APPROVE).answer("y")
    assert (session.end(), three.config("hz")) == (code, hz), session.text


def test_an_edited_playbook_is_refused_until_that_is_accepted(project, three, held):
    run = cut_short(project, held)
    project.book("three", (BOOK % {"more": ""}).replace("unread:", "not read:"))
    refused = project.run("resume", run, "--yes")
    assert refused.code == 8 and "three.lua was edited" in refused.err and "--accept-changed" in refused.err, refused
    assert settings(three)["timeout"] == "0"
    done = project.run("resume", run, "--yes", "--accept-changed")
    assert (done.code, settings(three)) == (0, SETTINGS), done
    assert "changed since:" in done.out and GOES_ON not in done.out, done
    assert project.run("undo", run, "--yes").code == 0 and three.config("hz") == "10"


def test_a_target_that_is_another_one_now_is_refused(project, three, held, start_redis):
    run = cut_short(project, held)
    project.target("cache-1", start_redis().url, env="dev")
    refused = project.run("resume", run, "--yes")
    assert refused.code == 8 and "targets.cache-1.url" in refused.err, refused


def test_a_target_that_is_more_dangerous_now_is_refused(project, three, held):
    run = cut_short(project, held)
    project.target("cache-1", three.url, env="prod")
    refused = project.run("resume", run, "--yes")
    assert refused.code == 8 and "targets.cache-1.env" in refused.err, refused


def test_inputs_are_those_of_then_though_another_target_was_added_since(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    project.target("cache-2", three.url + "2", env="dev")
    assert project.run("resume", run, "--yes").code == 0


def test_what_came_to_an_end_is_not_resumed(project, three):
    assert project.run("run", "three", "--yes").code == 0
    run = project.last_run()
    refused = project.run("resume", run)
    assert refused.code == 2 and "came to its end: verified" in refused.err and f"runbook undo {run}" in refused.err, refused
    assert project.run("undo", run, "--yes").code == 0
    undo = project.run("resume", project.last_run())
    assert undo.code == 2 and f"was an undo\n  runbook undo {run}" in undo.err, undo
    assert project.run("run", "three", "--dry-run").code == 0
    dry = project.run("resume", project.last_run())
    assert dry.code == 2 and "was a dry run" in dry.err, dry
    unknown = project.run("resume", "r-1")
    assert unknown.code == 2 and "the log has no run r-1" in unknown.err, unknown


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_resumable_after_the_call_in_hand(project, three, held, number, code):
    held.send_signal(number)
    assert held.wait(10) == code
    assert len(project.records("INTENT")) == len(project.records("OUTCOME")) == 1
    open_barrier(three)
    done = project.run("resume", project.last_run(), "--yes")
    assert (done.code, settings(three)) == (0, SETTINGS), done


def test_a_plan_whose_beginning_was_undone_meanwhile_is_not_gone_on_with(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    assert project.run("undo", run, "--yes").code == 0 and three.config("hz") == "10"
    done = project.run("resume", run, "--yes")
    assert (done.code, settings(three)) == (0, SETTINGS), done
    assert GOES_ON not in done.out
    assert [record["data"]["args"]["key"] for record in project.records("INTENT") if not record["data"]["undoes"]] == ["hz", *SETTINGS]


def test_what_was_done_by_hand_meanwhile_is_not_done_again(project, three, held):
    run = cut_short(project, held)
    open_barrier(three)
    three.ask("CONFIG", "SET", "maxclients", 5000)
    arrived = three.counts()
    done = project.run("resume", run, "--yes")
    assert (done.code, settings(three), sets(three, arrived)) == (0, SETTINGS, 1), done
    assert project.run("undo", run, "--yes").code == 0 and three.config("maxclients") == "5000"


def test_what_was_taken_back_meanwhile_stays_so_and_is_said(project, three, held):
    """The first change was undone by hand: the plan's rest is done, and its checks and the next look tell."""
    run = cut_short(project, held)
    open_barrier(three)
    three.ask("CONFIG", "SET", "hz", 10)
    done = project.run("resume", run, "--yes")
    assert done.code == 5 and "hz is 10" in done.out, done


WRITTEN = """
return playbook "written" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { redis = input.redis "the instance" },
  evidence = function(see, arg) return { timeout = see.redis(arg.redis):config "timeout" } end,
  diagnose = function(found)
    if found.timeout == 300 then return healthy "300" end
    return finding("short", "timeout is %s", tostring(found.timeout))
  end,
  mitigations = {
    mitigation "write" {
      answers = { "short" }, warning = "Rewrites the file.",
      plan = function(found, arg)
        return { change.redis_rewrite_config(arg.redis, { nothing_to_undo = "it is what runs" }),
                 change.redis_config(arg.redis, "timeout", { to = 300 }) }
      end,
      verify = function(arg) return { check.redis(arg.redis):config("timeout"):is(300) } end,
      within = "2s",
    },
  },
}
"""


@pytest.fixture
def nobody_knows(project, start_redis, tmp_path):
    """A run that died after CONFIG REWRITE was sent: nothing that can be read tells whether it was. Gives the server."""
    (tmp_path / "redis.conf").write_text("timeout 0\n")
    server = start_redis(config=tmp_path / "redis.conf")
    project.target("cache-1", server.url, env="dev")
    project.book("written", WRITTEN)
    digest = project.plan("written", "write")
    for number in range(1, MOST):
        before = server.counts()
        words = ["strace", "-f", "-qq", "-P", str(project.log), "-o", str(tmp_path / "trace"), "-e", "trace=write", "-e",
                 f"inject=write:signal=SIGKILL:when={number}"]
        project.run("run", "written", "--approve", digest, "--confirm", "cache-1", "--reason", "a test", before=words)
        if "config|rewrite" in server.arrived_since(before):
            assert len(project.records("INTENT")) == len(project.records("OUTCOME")) + 1
            return server
    raise AssertionError("it was never killed between the call and its record")


def test_what_no_state_tells_is_refused_where_nobody_can_be_asked(project, nobody_knows):
    run = project.last_run()
    for words in (["resume", run, "--yes"], ["run", "written", "--no-input"]):
        refused = project.run(*words)
        assert refused.code == 8 and "its state does not tell" in refused.err and f"runbook resume {run} asks you" in refused.err, refused
    assert nobody_knows.config("timeout") == "0"


@pytest.mark.parametrize("answer,rewrites", [("done", 0), ("not done", 1)])
def test_what_no_state_tells_the_operator_says(project, nobody_knows, answer, rewrites):
    run, before = project.last_run(), nobody_knows.counts()
    session = Terminal(project, "resume", run).see("Was this done: write the running settings").see("its state does not tell").see(CHOOSE)
    session.answer(answer)
    if answer == "done":
        session.see("stopped at item 2 of 2").see(CHOOSE).answer("go on")
    else:
        session.see("What now?").see(CHOOSE).answer("write")
    session.see(APPROVE).answer("yes").see("Verified")
    assert (session.end(), nobody_knows.config("timeout")) == (0, "300"), session.text
    assert nobody_knows.counts().get("config|rewrite", 0) - before.get("config|rewrite", 0) == rewrites
    settled = [record["data"] for record in project.records("OUTCOME") if "told_by" in record["data"]]
    assert len(settled) == 1 and settled[0]["settled_by"] == run and settled[0]["told_by"]["uid"] == os.getuid()


def test_who_does_not_know_either_stops(project, nobody_knows):
    session = Terminal(project, "resume", project.last_run()).see(CHOOSE).answer("stop").see("nobody knows what became of")
    assert (session.end(), nobody_knows.config("timeout")) == (8, "0"), session.text
