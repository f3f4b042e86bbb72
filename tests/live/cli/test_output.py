"""What goes where, in which form, and with which exit code."""

import json
import os
import signal

import pytest

from servers import wait_until
from watching import READS

MIB = 1 << 20


def test_json_is_one_object_on_stdout_and_nothing_else(project, cache):
    done = project.run("run", "limit", "--dry-run", "-o", "json")
    assert (done.code, done.err) == (0, ""), done
    found = done.json
    assert {"format", "run", "playbook", "mode", "status", "findings", "evidence", "plans", "applied", "exit"} <= set(found)
    assert (found["format"], found["playbook"], found["mode"], found["status"], found["exit"]) == (1, "limit", "dry", "planned", 0)
    assert [(finding["name"], finding["text"]) for finding in found["findings"]] == [("small", f"maxmemory is {16 * MIB}")]
    assert all({"id", "target", "call", "sha256"} <= set(item) for item in found["evidence"])
    assert found["applied"] == []
    plan = found["plans"][0]
    assert {"mitigation", "digest", "level", "changes", "checks"} <= set(plan)
    assert len(plan["digest"]) == 64
    change = plan["changes"][0]
    assert {"target", "text", "from", "to", "calls", "undo"} <= set(change)
    assert (change["from"], change["to"], change["calls"]) == (16 * MIB, 32 * MIB, [["CONFIG", "SET", "maxmemory", str(32 * MIB)]])


def test_json_of_a_live_run_tells_what_was_applied(project, cache):
    done = project.run("run", "limit", "--approve", project.plan("limit", "raise-limit"), "-o", "json")
    found = done.json
    assert (done.code, found["mode"], found["exit"], found["status"]) == (0, "live", 0, "verified"), done
    assert [(item["status"], item["target"], item["after"]) for item in found["applied"]] == [("applied", "cache-1", 32 * MIB)]


@pytest.mark.parametrize("words,code", [(["run", "limit"], 4), (["run", "limit", "--approve", "0" * 12], 8), (["run", "no-such-book"], 2),
                                        (["run", "limit", "-p", "reds=cache-1"], 2), (["undo", "nothing"], 2)])
def test_an_error_is_an_object_too_and_is_told_on_stderr(project, cache, words, code):
    done = project.run(*words, "-o", "json")
    assert done.code == code, done
    assert done.json["exit"] == code
    assert done.json["error"]["message"]
    assert done.err.startswith("runbook: ")


def test_ndjson_streams_one_record_a_line(project, cache):
    done = project.run("run", "limit", "--dry-run", "-o", "ndjson")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [record["type"] for record in records][:1] == ["RUN_START"] and records[-1]["type"] == "RUN_END"
    assert {"EVIDENCE", "VERDICT", "PLAN"} <= {record["type"] for record in records}
    assert [record["n"] for record in records] == sorted(record["n"] for record in records)
    assert records == [{key: record[key] for key in records[0]} for record in project.records() if record["run"] == records[0]["run"]]


def test_ndjson_streams_while_the_run_goes_on(project, cache, start_redis):
    hangs = start_redis("--maxmemory", "16mb")
    project.target("cache-2", hangs.url)
    project.book("slow", SLOW)
    os.kill(hangs.process.pid, signal.SIGSTOP)
    running = project.start("run", "slow", "--dry-run", "-o", "ndjson", "-p", "redis=cache-2")
    assert json.loads(running.stdout.readline())["type"] == "RUN_START"
    assert running.poll() is None
    os.kill(hangs.process.pid, signal.SIGCONT)
    out, _ = running.communicate(timeout=20)
    assert json.loads(out.splitlines()[-1])["type"] == "RUN_END"


def test_results_go_to_stdout_and_warnings_to_stderr(project, cache):
    project.book("chatty", SLOW.replace('"slow"', '"chatty"').replace("return { ping", 'print "on stderr" return { ping'))
    done = project.run("run", "chatty", "--dry-run")
    assert done.err == "| on stderr\n", done
    assert "on stderr" not in done.out


SLOW = """
return playbook "slow" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { ping = see.redis(arg.redis):ping() } end,
  diagnose = function(found) return healthy(found.ping) end,
}
"""


def test_version_and_help_need_no_project(project, cache):
    assert project.shell("cd / && runbook version").out.startswith("runbook ")
    for words in ([], ["--help"], ["run", "--help"]):
        done = project.run(*words)
        assert (done.code, "Usage" in done.out or "usage" in done.out) == (0, True), done


@pytest.mark.parametrize("words,says", [
    (["run"], "BOOK"), (["rnu", "limit"], "rnu"), (["run", "limit", "--no-such-flag"], "no-such-flag"), (["run", "limt"], "did you mean limit"),
    (["run", "limit", "-p", "redis=cache-2"], "no target"), (["run", "limit", "-p", "reds=x"], "did you mean redis"),
    (["run", "limit", "-p", "raise-limit.limit=much"], "a size such as"), (["run", "limit", "-p", "raise-limit.limits=1gb"], "does not ask for"),
    (["run", "limit", "-p", "redis"], "NAME=VALUE"), (["run", "limit", "--mitigate", "rise-limit", "-n"], "did you mean raise-limit"),
    (["run", "limit", "-n", "--timeout", "soon"], "a duration"), (["run", "/no/such/book.lua"], "no such file"), (["report", "nothing"], "no run"),
    (["--config", "nowhere.toml", "list"], "nowhere.toml"), (["--inventory", "nowhere.toml", "list"], "nowhere.toml"), (["-o", "xml", "list"], "xml")])
def test_exit_2_says_what_was_wrong_with_the_command_line(project, cache, words, says):
    before = cache.counts()
    done = project.run(*words)
    assert done.code == 2, done
    assert says in done.err, done
    assert cache.arrived_since(before) <= READS


@pytest.mark.parametrize("text,says", [
    ('[targets.cache-1]\nkind = "redis"\nurl = "unix:///x"\nlook_onyl = true\n', "inventory.toml:4"),
    ('[targets.cache-1]\nkind = "radis"\nurl = "unix:///x"\n', "did you mean redis"),
    ('[targets.cache-1]\nkind = "redis"\n', "no url"),
    ('[targets.cache-1]\nkind = "redis"\nurl = "redis://u:secret-word@h:1"\n', "password"),
    ('[targets.cache-1]\nkind = "redis"\nurl = "unix:///x"\npassword = "hunter2hunter2"\n', "never a value"),
    ("[targets.cache-1\n", "inventory.toml:1")])
def test_exit_2_names_the_line_of_the_inventory(project, text, says):
    (project.root / "inventory.toml").write_text(text)
    done = project.run("run", "limit", "--dry-run")
    assert (done.code, says in done.err) == (2, True), done
    assert "secret-word" not in done.out + done.err and "hunter2" not in done.out + done.err


@pytest.mark.parametrize("source,says", [
    ('return playbook "broken" {', "broken.lua:1"), ('return playbook "broken" { alert = {} }', 'did you mean "alerts"'), ("return 1", "broken.lua"),
    ("syntax error here", "broken.lua:1"), ('error "boom"', "boom")])
def test_exit_2_names_the_line_of_a_playbook_that_does_not_check(project, cache, source, says):
    project.book("broken", source)
    for words in (["check", "broken"], ["run", "broken", "-n"], ["show", "broken"]):
        done = project.run(*words)
        assert done.code == 2 and says in done.out + done.err, done


UNCLEAR = SLOW.replace('"slow"', '"odd"').replace("healthy(found.ping)", '%s')


@pytest.mark.parametrize("verdict", ['unclear "cannot tell"', 'unfit "take another one"', 'finding("odd", "no mitigation for this")'])
def test_exit_11_when_a_problem_remains_and_nothing_was_changed(project, cache, verdict):
    project.book("odd", UNCLEAR % verdict)
    before = cache.counts()
    assert project.run("run", "odd", "--yes").code == 11
    assert project.run("run", "odd", "--dry-run").code == 0
    assert cache.arrived_since(before) <= READS


def test_an_error_in_diagnose_is_unclear_and_keeps_the_evidence(project, cache):
    project.book("odd", UNCLEAR % "nothing.at.all")
    done = project.run("run", "odd", "-o", "json")
    assert (done.code, done.json["verdict"]) == (11, "unclear"), done
    assert "odd.lua:" in done.json["verdict_text"]
    assert [item["id"] for item in done.json["evidence"]] == ["ping"]


@pytest.mark.parametrize("sent,code", [(signal.SIGINT, 11), (signal.SIGTERM, 143)])
def test_sigint_ends_the_looking_and_sigterm_the_run(project, cache, sent, code):
    os.kill(cache.process.pid, signal.SIGSTOP)
    running = project.start("run", "limit", "--yes", "-o", "ndjson")
    running.stdout.readline()
    wait_until(lambda: project.records("RUN_START"), "the run has started")
    os.kill(running.pid, sent)
    _, err = running.communicate(timeout=20)
    os.kill(cache.process.pid, signal.SIGCONT)
    assert running.returncode == code, err
    assert project.records("RUN_END")[-1]["data"]["exit"] == code
    assert project.records("INTENT") == []


def test_the_deadline_stops_before_anything_is_changed(project, cache, start_redis):
    """The second target hangs; the first could be changed, and the approval is there."""
    from test_terminal import TWO
    hangs = start_redis()
    project.target("cache-2", hangs.url)
    project.book("two", TWO)
    words = ["-p", "first=cache-1", "-p", "second=cache-2"]
    digest = project.plan("two", "raise", *words)
    os.kill(hangs.process.pid, signal.SIGSTOP)
    before = cache.counts()
    done = project.run("run", "two", *words, "--mitigate", "raise", "--approve", digest, "--timeout", "300ms")
    assert done.code == 124, done
    assert cache.arrived_since(before) <= READS
    assert project.run("run", "two", *words, "--dry-run", "--timeout", "300ms").code == 124


def test_the_time_to_look_ends_and_what_was_read_counts(project, cache, start_redis):
    from test_terminal import TWO
    hangs = start_redis()
    os.kill(hangs.process.pid, signal.SIGSTOP)
    project.target("cache-2", hangs.url)
    project.configure(evidence="300ms")
    project.book("two", TWO)
    done = project.run("run", "two", "-p", "first=cache-1", "-p", "second=cache-2", "--dry-run")
    assert (done.code, "no answer within the 300 ms" in done.out, "Plan raise" in done.out) == (0, True, True), done


def test_list_show_runs_and_report_tell_of_it(project, cache):
    assert project.run("run", "limit", "--approve", project.plan("limit", "raise-limit"), "--incident", "INC-42").code == 0
    run = project.last_run()
    assert {"limit", "redis-down", "redis-maxmemory", "redis-cache-key"} <= {line.split()[0] for line in project.run("list").out.splitlines() if line[0] != " "}
    assert "raise-limit" in project.run("show", "limit").out
    assert project.run("runs", "-o", "json").json[0]["run"] == run
    report = project.run("report", run).out
    assert run in report and "INC-42" in report and "CONFIG SET maxmemory 33554432" in report
    assert "ping" in project.run("evidence", run).out
    assert project.run("doctor").code == 0
    assert project.run("check").code == 0
