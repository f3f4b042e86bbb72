"""Changes of hosts over SSH: a real sshd, a real systemd behind it, and what the log says when the connection is lost."""

import os
import re
import signal

import pytest

from looking import declare, start  # noqa: F401
from servers import wait_until
from systemd import Systemd
from ward import changed, undo

BOOK = """
return playbook "ward" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { it = input.ssh "the host" },
  evidence = function(see, arg) return { load = see.host(arg.it):load() } end,
  diagnose = function(found) return finding("ill", "load " .. found.load.one) end,
  mitigations = {
    mitigation "treat" {
      answers = { "ill" },
      plan = function(found, arg) return { %s } end,
      verify = function(arg) return { check.host(arg.it):load().one:at_least(0) } end,
      within = "20s",
    },
  },
}
"""


@pytest.fixture(scope="module")
def systemd(tmp_path_factory):
    manager = Systemd(tmp_path_factory.mktemp("systemd"))
    yield manager
    manager.stop()


@pytest.fixture
def web(systemd):
    """A unit that runs, and is stopped after the test."""
    systemd.unit("web.service", Service={"ExecStart": "/bin/sleep 1000", "ExecReload": "/bin/true"})
    systemd.ctl("daemon-reload")
    assert systemd.ctl("start", "web").returncode == 0
    yield "web.service"
    systemd.ctl("stop", "web")


@pytest.fixture(params=["libssh2", "ssh"])
def server(request, start, systemd):
    """An sshd that libssh2 can speak to, and one that only ssh can: it has but an RSA key."""
    path = f"{systemd.bin}:/usr/bin:/bin"
    return start(path=path) if request.param == "libssh2" else start("KexAlgorithms curve25519-sha256", path=path, host_keys=("rsa",))


@pytest.fixture
def treat(project):
    """Makes one change of the host; gives what came of it. `treat.plan` is the plan that was approved."""
    def treat(change, **more):
        project.book("ward", BOOK % change)
        words = ["run", "ward", "--mitigate", "treat"]
        dry = project.run(*words, "--dry-run", "-o", "json")
        assert dry.code == 0, dry
        treat.plan = dry.json["plans"][0]
        treat.shown = project.run(*words, "--dry-run").out
        gate = [] if treat.plan["level"] < 3 else ["--confirm", "cache-host", "--reason", "a test"]
        return project.run(*words, "--approve", treat.plan["digest"][:12], *gate, **more)

    return treat


def outcome(project):
    return project.records("OUTCOME")[-1]["data"]


def test_a_unit_is_restarted_and_systemd_vouches_for_it(project, systemd, start, declare, web, treat):
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"), env="dev")
    before = systemd.show(web, "InvocationID")
    done = treat('change.unit_restart(arg.it, "web")')
    assert changed(done), done
    assert systemd.show(web, "InvocationID") not in ("", before)
    assert "systemctl --no-ask-password restart web" in treat.shown and treat.plan["level"] == 1, treat.shown
    after = outcome(project)
    assert (after["status"], after["after"]["invocation"]) == ("applied", systemd.show(web, "InvocationID"))
    kept = [record["data"]["name"] for record in project.records("EVIDENCE")]
    assert kept.count("lost with it: host.journal") == 4, "of three plans, and right before the INTENT"


def test_a_unit_is_stopped_and_the_undo_starts_it(project, systemd, start, declare, web, treat):
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"))
    assert changed(treat('change.unit_stop(arg.it, "web")')) and systemd.show(web, "ActiveState") == "inactive"
    assert undo(project).code == 0 and systemd.show(web, "ActiveState") == "active"
    systemd.ctl("stop", web)
    done = treat('change.unit_start(arg.it, "web")')
    assert project.records("OUTCOME")[-1]["data"]["status"] == "applied", done


def test_a_start_of_what_runs_is_left_out_and_its_undo_does_not_stop_it(project, systemd, start, declare, web, treat):
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"))
    treat('change.unit_start(arg.it, "web"), change.unit_restart(arg.it, "web")')
    assert [record["data"]["status"] for record in project.records("OUTCOME")] == ["skipped", "applied"]
    undone = project.run("undo", project.last_run(), "--dry-run")
    assert "nothing to undo" in undone.out + undone.err and systemd.show(web, "ActiveState") == "active", undone


def test_a_reload_shows_and_keeps_the_process(project, systemd, start, declare, web, treat):
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"))
    before = systemd.show(web, "MainPID"), systemd.show(web, "StateChangeTimestampMonotonic")
    assert changed(treat('change.unit_reload(arg.it, "web")'))
    assert systemd.show(web, "MainPID") == before[0] and systemd.show(web, "StateChangeTimestampMonotonic") != before[1]


def test_a_unit_that_does_not_come_up_is_a_failure_in_systemds_words(project, systemd, start, declare, treat):
    systemd.unit("broken.service", Service={"Type": "notify", "ExecStart": "/bin/false"})
    systemd.ctl("daemon-reload")
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"))
    done = treat('change.unit_start(arg.it, "broken")')
    assert done.code != 0 and "broken.service failed" in outcome(project)["error"]["message"], (done, outcome(project))
    assert outcome(project)["status"] in ("failed", "not_applied")


def test_a_unit_that_ends_by_itself_is_run_and_its_exit_code_counts(project, systemd, start, declare, treat, tmp_path):
    systemd.unit("renew.service", Service={"Type": "oneshot", "ExecStart": f"/bin/touch {tmp_path}/renewed"})
    systemd.unit("fails.service", Service={"Type": "oneshot", "ExecStart": "/bin/false"})
    systemd.ctl("daemon-reload")
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"))
    done = treat('change.unit_run(arg.it, "renew")')
    assert changed(done) and (tmp_path / "renewed").exists(), done
    done = treat('change.unit_run(arg.it, "fails")')
    assert done.code != 0 and outcome(project)["status"] == "failed", (done, outcome(project))
    refused = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
    project.book("ward", BOOK % 'change.unit_start(arg.it, "renew")')
    refused = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
    assert "change.unit_run starts such a one" in refused.out + refused.err, refused


# ---- commands

FLAG = '''change.host_run(arg.it, { argv = { "touch", "%(flag)s" }, undo = { "rm", "%(flag)s" },
  state = { "stat", "-c", "%%F", "%(flag)s" }, to = { exit_code = 0 } })'''


def test_a_command_is_compared_by_what_another_says_and_taken_back(project, start, declare, treat, tmp_path):
    declare(start(), env="dev")
    flag = tmp_path / "maintenance"
    done = treat(FLAG % {"flag": flag})
    assert changed(done) and flag.exists(), done
    again = treat(FLAG % {"flag": flag})
    assert outcome(project)["status"] == "skipped", again
    first = project.records("RUN_START")[-3]["run"]
    done = undo(project, next(record["run"] for record in project.records("INTENT")))
    assert (done.code, flag.exists()) == (0, False), (done, first)


def test_a_command_gets_its_input_its_directory_and_its_variables(project, server, declare, treat, tmp_path):
    declare(server)
    done = treat(f'''change.host_run(arg.it, {{ argv = {{ "sh", "-c", "pwd > out; cat >> out; echo $GREETING >> out" }}, input = ("{'0123456789' * 10}"):rep(300),
                 directory = "{tmp_path}", env = {{ GREETING = "good morning" }}, irreversible = "a test" }})''')
    assert changed(done), done
    transport = "libssh2" if server.host_keys[0].name == "host_ed25519" else "ssh"
    assert {record["data"]["transport"] for record in project.records("EVIDENCE", "INTENT", "OUTCOME")} == {transport}
    assert (tmp_path / "out").read_text() == f"{tmp_path}\n{'0123456789' * 3000}good morning\n"


def test_a_command_that_fails_says_so_and_nobody_claims_that_it_did_nothing(project, server, declare, treat, tmp_path):
    declare(server, env="dev")
    done = treat(f'change.host_run(arg.it, {{ argv = {{ "sh", "-c", "touch {tmp_path}/half; echo no room >&2; exit 3" }}, irreversible = "a test" }})')
    assert (tmp_path / "half").exists() and done.code == 5, done
    assert outcome(project)["status"] == "failed" and "exit code 3: no room" in outcome(project)["error"]["message"]


def test_a_command_whose_time_is_over_is_ended_on_the_host_and_in_doubt(project, server, declare, treat, tmp_path):
    declare(server, env="dev")
    done = treat(f'change.host_run(arg.it, {{ argv = {{ "sh", "-c", "echo $$ > {tmp_path}/pid; sleep 1000 & wait" }}, within = 1, irreversible = "a test" }})')
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "it is ended on the host")
    assert outcome(project)["status"] == "in_doubt" and "did not end within 1 s" in outcome(project)["error"]["message"], done


def test_a_host_that_commands_by_sudo_are_for_says_so_in_the_plan(project, systemd, start, declare, web, treat):
    declare(start(path=f"{systemd.bin}:/usr/bin:/bin"), sudo=True, env="dev")
    systemd.write_program("sudo", 'shift 2; exec "$@"')
    assert changed(treat('change.unit_restart(arg.it, "web")'))
    assert "sudo -n -- systemctl --no-ask-password restart web" in treat.shown, treat.shown
    refused = project.book("ward", BOOK % 'change.host_run(arg.it, { argv = { "sudo", "true" }, irreversible = "a test" })')
    refused = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
    assert "sudo: it is not a playbook's to say" in refused.out + refused.err, refused


def test_a_playbook_cannot_say_sudo_wherever_it_stands(project, start, declare, treat):
    declare(start(), env="dev")
    for argv in ('{ "sudo", "true" }', '{ "env", "--", "sudo", "-n", "--", "true" }', '{ "env", "--", "A=b", "sudo", "true" }'):
        project.book("ward", BOOK % f'change.host_run(arg.it, {{ argv = {argv}, irreversible = "a test" }})')
        done = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
        assert done.code != 0 and "not a playbook's to say" in " ".join((done.out + done.err).split()), (argv, done)
        project.book("ward", BOOK.replace("load = see.host(arg.it):load()", f"load = see.host(arg.it):load(), x = see.host(arg.it):exec_read {argv}") % "")
        done = project.run("run", "ward", "--dry-run")
        assert "not a playbook's to say" in " ".join((done.out + done.err).split()), (argv, done)


def test_a_command_whose_last_part_is_missing_may_have_done_the_rest(project, start, declare, treat, tmp_path):
    declare(start(), env="dev")
    done = treat(f'change.host_run(arg.it, {{ argv = {{ "sh", "-c", "touch {tmp_path}/half; no-such-program" }}, irreversible = "a test" }})')
    assert (tmp_path / "half").exists() and outcome(project)["status"] == "failed", (done, outcome(project))


def test_a_command_that_never_began_did_nothing(project, start, declare, treat):
    declare(start(), env="dev")
    done = treat('change.host_run(arg.it, { argv = { "true" }, directory = "/no/such/place", irreversible = "a test" })')
    assert outcome(project)["status"] == "not_applied" and "was not begun" in outcome(project)["error"]["message"], done


# ---- the connection is lost

def test_a_restart_whose_answer_is_lost_is_known_by_its_invocation(project, systemd, start, declare, web, treat, tmp_path):
    server = start(path=f"{systemd.bin}:/usr/bin:/bin")
    systemd.write_program("systemctl", f'''export XDG_RUNTIME_DIR={systemd.run}
/usr/bin/systemctl --user "$@" || exit
case "$*" in *restart*) touch {tmp_path}/restarted; sleep 1000 & wait;; esac''')
    declare(server, env="dev")
    project.book("ward", BOOK % 'change.unit_restart(arg.it, "web")')
    before = systemd.show(web, "InvocationID")
    digest = project.run("run", "ward", "--dry-run", "--mitigate", "treat", "-o", "json").json["plans"][0]["digest"]
    run = project.start("run", "ward", "--mitigate", "treat", "--approve", digest[:12])
    wait_until((tmp_path / "restarted").exists, "systemd has restarted it")
    server.end_sessions()
    out, err = run.communicate(timeout=60)
    assert systemd.show(web, "InvocationID") != before
    assert outcome(project)["status"] == "applied" and "nobody knows" in outcome(project)["error"]["message"], (out, err, outcome(project))


def test_an_engine_that_is_killed_while_a_host_works_knows_afterwards_what_it_did(project, systemd, start, declare, web, treat, tmp_path):
    server = start(path=f"{systemd.bin}:/usr/bin:/bin")
    systemd.write_program("systemctl", f'''export XDG_RUNTIME_DIR={systemd.run}
/usr/bin/systemctl --user "$@" || exit
case "$*" in *restart*) touch {tmp_path}/restarted; sleep 1000 & wait;; esac''')
    declare(server, env="dev")
    project.book("ward", BOOK % 'change.unit_restart(arg.it, "web")')
    digest = project.run("run", "ward", "--dry-run", "--mitigate", "treat", "-o", "json").json["plans"][0]["digest"]
    run = project.start("run", "ward", "--mitigate", "treat", "--approve", digest[:12])
    wait_until((tmp_path / "restarted").exists, "systemd has restarted it")
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert not project.records("OUTCOME")
    systemd.write_program("systemctl", f'export XDG_RUNTIME_DIR={systemd.run}\nexec /usr/bin/systemctl --user "$@"')
    project.run("resume", project.last_run())
    assert outcome(project)["status"] == "applied", project.records("OUTCOME")

# ---- files

FILES = '[kinds.APP_FILE]\npaths = ["%s/**"]\n\n[commands.app-files]\nforms = ["cat APP_FILE"]\n'


@pytest.fixture
def folder(project, tmp_path):
    """A folder whose files the site lets be read."""
    config = project.root / "runbook.toml"
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o755)
    config.write_text(config.read_text() + FILES % folder)
    return folder


def test_a_line_of_a_file_is_set_and_the_very_file_comes_back(project, server, declare, treat, folder):
    declare(server, env="dev")
    file = folder / "nginx.conf"
    file.write_bytes(b"http {\r\n\tproxy_read_timeout   60s; \r\n}")
    file.chmod(0o640)
    before, inode = file.read_bytes(), file.stat().st_ino
    done = treat(f'change.host_line(arg.it, "{file}", "proxy_read_timeout", {{ to = "proxy_read_timeout 120s;" }})')
    assert changed(done) and file.read_bytes() == b"http {\r\n\tproxy_read_timeout 120s;\r\n}", done
    assert file.stat().st_mode & 0o7777 == 0o640 and file.stat().st_ino != inode
    kept = list(folder.glob("nginx.conf.before-*"))
    assert [one.read_bytes() for one in kept] == [before] and sorted(folder.iterdir()) == sorted([file, *kept])
    assert undo(project).code == 0
    assert file.read_bytes() == before and list(folder.iterdir()) == [file]


def test_a_variable_is_set_and_its_file_is_not_shown(project, start, declare, treat, folder):
    declare(start(), env="dev")
    file = folder / "app.env"
    file.write_text("DB_PASSWORD=hunter2hunter2\nFEATURE_X=on\n")
    done = treat(f'change.host_env_file(arg.it, "{file}", "FEATURE_X", "off")')
    assert changed(done) and file.read_text() == "DB_PASSWORD=hunter2hunter2\nFEATURE_X=off\n", done
    assert 'set FEATURE_X to "off"' in treat.shown and "hunter2" not in treat.shown + done.out + done.err
    for path in project.state.rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes(), path
    file.write_text(file.read_text() + "ADDED=meanwhile\n")
    assert undo(project).code == 0
    assert file.read_text() == "DB_PASSWORD=hunter2hunter2\nFEATURE_X=on\nADDED=meanwhile\n" and list(folder.iterdir()) == [file]


def test_a_file_that_the_list_names_itself_comes_back_too_and_an_empty_one_to_nothing(project, start, declare, treat, folder):
    config = project.root / "runbook.toml"
    config.write_text(config.read_text().replace(f'"{folder}/**"', f'"{folder}/app.env", "{folder}/app.conf"'))
    declare(start(), env="dev")
    env, conf = folder / "app.env", folder / "app.conf"
    for file, before, change in [(env, "", f'change.host_env_file(arg.it, "{env}", "FEATURE_X", "on")'),
                                 (conf, "limit 1\n", f'change.host_line(arg.it, "{conf}", "limit")')]:
        file.write_text(before)
        done = treat(change)
        assert changed(done) and file.read_text() == ("FEATURE_X=on\n" if file == env else ""), done
        done = undo(project)
        assert (done.code, file.read_text()) == (0, before), done
    assert sorted(folder.iterdir()) == [conf, env]


def test_what_somebody_else_set_meanwhile_is_left_alone(project, start, declare, treat, folder):
    declare(start(), env="dev")
    file = folder / "app.env"
    file.write_text("FEATURE_X=on\n")
    assert changed(treat(f'change.host_env_file(arg.it, "{file}", "FEATURE_X", "off")'))
    file.write_text("FEATURE_X=canary\n")
    done = project.run("undo", project.last_run(), "--dry-run")
    assert "set by somebody else; left alone" in " ".join((done.out + done.err).split()), done


def test_lines_of_a_file_of_variables_are_not_shown_however_it_is_named(project, start, declare, tmp_path):
    declare(start(), env="dev")
    (tmp_path / "app.env").write_text("DB_URL=hunter2hunter2\n")
    for path in (tmp_path / "app.env", f"{tmp_path}/app.env/"):
        project.book("ward", BOOK.replace("load = see.host(arg.it):load()", f'load = see.host(arg.it):load(), x = see.host(arg.it):line("{path}", "DB_URL")') % "")
        done = project.run("run", "ward", "--dry-run")
        assert "whose lines are not shown" in " ".join((done.out + done.err).split()) and "hunter2" not in done.out, done
    for path in project.state.rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes(), path


def test_one_file_is_edited_once_in_a_plan(project, start, declare, folder):
    declare(start(), env="dev")
    (folder / "app.env").write_text("A=1\nB=1\n")
    project.book("ward", BOOK % f'change.host_env_file(arg.it, "{folder}/app.env", "A", "2"), change.host_env_file(arg.it, "{folder}/app.env", "B", "2")')
    done = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
    assert done.code != 0 and "edits the same file twice" in done.out + done.err, done


def test_a_whole_file_is_replaced_and_put_back(project, start, declare, treat, folder):
    declare(start(), env="dev")
    file = folder / "limits.conf"
    file.write_text("old\n")
    os.utime(file, (1, 1))
    assert changed(treat(f'change.host_file(arg.it, "{file}", {{ to = "new, with \'quotes\'\\n$HOME\\n" }})'))
    assert file.read_text() == "new, with 'quotes'\n$HOME\n"
    assert undo(project).code == 0 and (file.read_text(), file.stat().st_mtime) == ("old\n", 1)
    assert list(folder.iterdir()) == [file]


def test_what_comes_into_an_empty_file_is_shown_before_it_is_written(project, start, declare, folder):
    declare(start(), env="dev")
    (folder / "limits.conf").write_text("")
    project.book("ward", BOOK % f'change.host_file(arg.it, "{folder}/limits.conf", {{ to = "first\\nsecond\\n" }})')
    done = project.run("run", "ward", "--dry-run", "--mitigate", "treat")
    assert re.search(r"changes +\+ first\n +\+ second\n", done.out), done


def test_a_file_that_changed_after_the_plan_is_left_as_it_is(project, start, declare, treat, folder):
    declare(start(), env="dev")
    file = folder / "app.env"
    file.write_text("FEATURE_X=on\nOTHER=1\n")
    project.book("ward", BOOK % f'change.host_env_file(arg.it, "{file}", "FEATURE_X", "off")')
    words = ["run", "ward", "--mitigate", "treat"]
    digest = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    file.write_text("FEATURE_X=on\nOTHER=2\n")
    done = project.run(*words, "--approve", digest[:12])
    assert (done.code, file.read_text(), list(folder.iterdir())) == (8, "FEATURE_X=on\nOTHER=2\n", [file]), done


def test_a_file_that_cannot_be_replaced_safely_is_not(project, start, declare, folder):
    declare(start(), env="dev")
    file, link, twice = folder / "app", folder / "link", folder / "twice"
    file.write_text("A=1\n")
    link.symlink_to(file)
    twice.write_text("A=1\n")
    os.link(twice, folder / "again")
    (folder / "open").mkdir()
    (folder / "open").chmod(0o777)
    (folder / "open" / "app.env").write_text("A=1\n")
    for path, why in [(link, "it is a link"), (twice, "it has 2 names"), (folder / "open" / "app.env", "others than its owner may write to the folder"),
                      (folder / "none", "there is no"), ("/etc/shadow", "cat")]:
        project.book("ward", BOOK % f'change.host_env_file(arg.it, "{path}", "A", "2")')
        done = project.run("run", "ward", "--mitigate", "treat", "--dry-run")
        assert done.code != 0 and why in " ".join((done.out + done.err).split()), (path, done)


def test_a_disk_that_is_full_leaves_the_file_and_nothing_beside_it(project, start, declare, treat, folder, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dd").write_text("#!/bin/sh\ncat >/dev/null\necho 'dd: error writing: No space left on device' >&2\nexit 1\n")
    (tmp_path / "bin" / "dd").chmod(0o755)
    declare(start(path=f"{tmp_path}/bin:/usr/bin:/bin"), env="dev")
    file = folder / "app.env"
    file.write_text("A=1\n")
    done = treat(f'change.host_env_file(arg.it, "{file}", "A", "2")')
    assert (file.read_text(), list(folder.iterdir())) == ("A=1\n", [file]), done
    assert outcome(project)["status"] == "not_applied" and "No space left on device; nothing was replaced" in outcome(project)["error"]["message"]
