"""Commands inside containers that change something: what is written down before, and what can be told afterwards."""

import signal

import pytest

from between import Between
from servers import wait_until
from ward import book, changed, undo

FLAG = 'argv = { "touch", "/tmp/flag" }, undo = { "busybox", "rm", "/tmp/flag" }'
UNTIL_TOLD = 'argv = { "sh", "-c", "until [ -e /tmp/go ]; do sleep 1; done; touch /tmp/flag" }, irreversible = "a test"'


@pytest.fixture
def service(project, dockerd, tmp_path):
    """A service of the lab, reached over a socket at which a test can strike."""
    container = dockerd.service("web", health=False)
    container.between = Between(dockerd, tmp_path)
    project.container("web", container.between, env="dev")
    yield container
    container.between.close()


def has_flag(container):
    return container.says("ls", "/tmp/flag") == "/tmp/flag\n"


def test_a_command_is_run_and_another_one_takes_it_back(project, service, treat):
    done = treat("web", f"change.container_exec(arg.it, {{ {FLAG} }})")
    assert (changed(done), has_flag(service)) == (True, True), done
    assert "run touch /tmp/flag in web" in treat.shown and '["busybox","rm","/tmp/flag"]' in treat.shown
    done = undo(project)
    assert (done.code, has_flag(service)) == (0, False), done


def test_what_a_command_says_is_shown_and_kept_without_its_secrets(project, service, treat):
    project.secret("API_KEY", f"file:{project.root}/key")
    (project.root / "key").write_text("correct horse battery")
    (project.root / "key").chmod(0o600)
    words = '"sh", "-c", "echo done; echo key correct $(echo horse) battery >&2"'
    done = treat("web", f'change.container_exec(arg.it, {{ argv = {{ {words} }}, irreversible = "a test" }})', level=2)
    assert changed(done) and "said  done" in done.out and "said  key ‹secret:API_KEY›" in done.out, done
    assert project.records("OUTCOME")[-1]["data"]["said"] == "done\nkey ‹secret:API_KEY›"
    for file in [*project.state.rglob("*")]:
        assert not file.is_file() or b"correct horse battery" not in file.read_bytes(), file


def test_another_exit_code_than_0_is_a_failed_change_that_says_why(project, service, treat):
    words = '"sh", "-c", "echo out; echo no space left >&2; exit 28"'
    done = treat("web", f'change.container_exec(arg.it, {{ argv = {{ {words} }}, irreversible = "a test" }})', level=2)
    assert done.code == 5 and "it ended with exit code 28: out\\nno space left" in " ".join(done.out.split()), done
    assert project.records("OUTCOME")[-1]["data"]["status"] == "failed"


def test_a_command_that_nobody_said_how_to_take_back_is_refused(project, service, treat):
    project.book("ward", book('change.container_exec(arg.it, { argv = { "touch", "/tmp/flag" } })'))
    done = project.run("run", "ward", "-p", "it=web", "--mitigate", "treat", "--dry-run")
    assert 'say undo = { "program", … } for the one that takes it back' in " ".join((done.out + done.err).split()), done


def cut_off(project, service, treat, change, call, strike="at", *late):
    """A run that was killed at this call: before the engine heard it, after it answered, or long before it hears it."""
    project.book("ward", book(f"change.container_exec(arg.it, {{ {change} }})"))
    words = ["run", "ward", "-p", "it=web", "--mitigate", "treat"]
    digest = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    killed = project.start(*words, "--approve", digest[:12], "--confirm", "web", "--reason", "a test")
    getattr(service.between, strike)(call, killed.kill, *late)
    killed.wait(timeout=30)
    assert service.between.acted.is_set() and killed.returncode == -signal.SIGKILL
    return project.records("INTENT")[-1]["run"]


def settled(project):
    return project.records("OUTCOME")[-1]["data"]


@pytest.mark.parametrize("call, strike", [("/exec", "at"), ("/start", "before")])
def test_killed_before_the_start_it_did_not_happen(project, service, treat, call, strike):
    run = cut_off(project, service, treat, FLAG, call, strike)
    assert len(project.records("PREPARED")) == (call == "/start")
    done = project.run("resume", run)
    assert (settled(project)["status"], has_flag(service)) == ("not_applied", False), done


def test_a_start_that_the_engine_hears_late_is_not_taken_for_one_that_did_not_happen(project, service, treat):
    run = cut_off(project, service, treat, FLAG, "/start", "late_after", 1)
    project.run("resume", run)
    wait_until(lambda: has_flag(service), "the command has ended", 10)
    done = project.run("resume", run)
    assert (settled(project)["status"], has_flag(service)) == ("applied", True), done


def test_killed_while_it_runs_it_is_in_doubt_until_it_ended(project, service, treat):
    run = cut_off(project, service, treat, UNTIL_TOLD, "/start")
    done = project.run("resume", run)
    assert "exec" in done.out + done.err and "running" in done.out + done.err, done
    assert project.records("OUTCOME") == []
    service.says("touch", "/tmp/go")
    wait_until(lambda: has_flag(service), "the command has ended", 10)
    done = project.run("resume", run)
    assert settled(project)["status"] == "applied", done


def test_killed_after_it_ended_its_exit_code_is_told(project, service, treat):
    words = 'argv = { "sh", "-c", "touch /tmp/flag; exit 3" }, irreversible = "a test"'
    run = cut_off(project, service, treat, words, "/start")
    wait_until(lambda: has_flag(service), "the command has ended", 10)
    done = project.run("resume", run)
    assert settled(project)["status"] == "failed" and settled(project)["after"]["exec"]["exit_code"] == 3, done
