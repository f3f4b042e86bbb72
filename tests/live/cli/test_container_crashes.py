"""Runbook or the Docker Engine killed in the middle of a change of a container: what can be told, and what comes back."""

import signal

import pytest

from servers import wait_until
from ward import book, changed, lasting, undo

WORDS = ["run", "ward", "-p", "it=web", "--mitigate", "treat"]
ANEW = 'change.container_image(arg.it, { to = "lab/service:2", timeout = 1 })'


@pytest.fixture
def mortal(project, docker_engine, dockerd):
    """The Docker Engine of the tests, which this one may kill."""
    yield docker_engine
    docker_engine.revive()


def begin(project, treat, change):
    """A run that makes this change and was approved; it goes on in the background."""
    project.book("ward", book(change))
    digest = project.run(*WORDS, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    return project.start(*WORDS, "--approve", digest[:12])


@pytest.mark.parametrize("call", ["create", "stop", "update", "rename", "start"])
def test_killed_between_two_calls_nobody_ends_with_two_or_none(project, service, treat, dockerd, between, call):
    web = service("web", restart="always").wait("healthy")
    before = web.inspect()
    project.container("web", between, env="dev")
    killed = begin(project, treat, ANEW)
    between.at(f"/{call}", killed.kill)
    killed.wait(timeout=30)
    assert between.acted.is_set() and killed.returncode == -signal.SIGKILL
    done = undo(project)
    assert done.code == 0, done
    assert lasting(web.wait("healthy").inspect()) == lasting(before)
    assert [c["Names"] for c in dockerd.ask("GET", "/containers/json")] == [["/web"]], "one is up"


@pytest.mark.parametrize("call", ["stop", "rename", "start"])
def test_an_undo_that_was_killed_between_two_calls_is_taken_up_again(project, service, treat, dockerd, between, call):
    web = service("web", restart="always").wait("healthy")
    before = web.inspect()
    project.container("web", between, env="dev")
    assert changed(treat("web", 'change.container_image(arg.it, { to = "lab/service:2", timeout = 1 })'))
    run = project.last_run()
    digest = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    between.at(f"/{call}", lambda: killed.kill())
    killed = project.start("undo", run, "--approve", digest[:12])
    killed.wait(timeout=30)
    assert between.acted.is_set() and killed.returncode == -signal.SIGKILL
    done = undo(project, run)
    assert done.code == 0, done
    assert lasting(web.wait("healthy").inspect()) == lasting(before)
    assert [c["Names"] for c in dockerd.ask("GET", "/containers/json")] == [["/web"]], "one is up"


def test_a_run_that_was_killed_in_the_middle_goes_on_with_what_stands(project, service, treat, dockerd, between):
    web = service("web", restart="always").wait("healthy")
    before = web.inspect()
    project.container("web", between, env="dev")
    killed = begin(project, treat, ANEW)
    between.at("/rename", killed.kill)
    killed.wait(timeout=30)
    run = project.records("INTENT")[-1]["run"]
    done = project.run("resume", run)
    assert project.records("OUTCOME")[-1]["data"]["status"] == "failed", done
    assert f"runbook undo {run}" in done.out + done.err, done
    assert undo(project, run).code == 0
    assert lasting(web.wait("healthy").inspect()) == lasting(before)


def test_the_daemon_killed_in_the_middle_of_a_restart_leaves_it_in_doubt(project, dockerd, mortal, treat):
    stubborn = ["/bin/sh", "-c", "trap 'echo asked to stop' TERM; while :; do sleep 0.1; done"]
    web = dockerd.run("web", command=stubborn)
    project.container("web", dockerd, env="dev")
    started = web.state()["StartedAt"]
    running = begin(project, treat, "change.container_restart(arg.it, { timeout = 20 })")
    wait_until(lambda: "asked to stop" in web.logs(), "the restart has begun", 20)
    mortal.kill()
    running.wait(timeout=30)
    assert project.records("OUTCOME")[-1]["data"]["status"] == "in_doubt"
    mortal.revive()
    again = project.run(*WORDS, "--dry-run")
    assert web.state()["StartedAt"] == started, again
    done = project.run("resume", project.records("INTENT")[-1]["run"])
    assert "nobody knows what became of" in " ".join((done.out + done.err).split()), done
    web.start()
    done = project.run("resume", project.records("INTENT")[-1]["run"])
    assert project.records("OUTCOME")[-1]["data"]["status"] == "applied", done


def test_the_daemon_killed_in_the_middle_of_making_anew_leaves_a_way_back(project, service, treat, between, mortal):
    web = service("web", restart="always").wait("healthy")
    before = web.inspect()
    project.container("web", between, env="dev")
    between.at("/rename", mortal.kill)
    begin(project, treat, ANEW).wait(timeout=60)
    assert project.records("OUTCOME")[-1]["data"]["status"] in ("failed", "in_doubt")
    mortal.revive()
    done = undo(project)
    assert done.code == 0, done
    assert lasting(web.wait("healthy").inspect()) == lasting(before)


def test_a_daemon_that_cannot_be_reached_leaves_the_change_in_doubt_until_it_answers_again(project, service, treat, between):
    web = service("web").wait("healthy")
    before = web.state()["StartedAt"]
    project.container("web", between, env="dev")
    between.at("/restart", between.cut)
    done = begin(project, treat, "change.container_restart(arg.it, { timeout = 1 })").wait(timeout=30)
    assert project.records("OUTCOME")[-1]["data"]["status"] == "in_doubt", done
    refused = project.run(*WORDS, "--dry-run")
    between.mend()
    assert web.wait("healthy").state()["StartedAt"] > before
    done = project.run("resume", project.records("INTENT")[-1]["run"])
    assert project.records("OUTCOME")[-1]["data"]["status"] == "applied", (refused, done)
