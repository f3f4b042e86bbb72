"""The end of the audit log, noted where who writes the log does not write: a log that was cut or rewritten is found out."""

import json
import os
import shutil
import socket
import subprocess
import time

import pytest

from terminal import APPROVE, CHOOSE, Terminal


@pytest.fixture
def anchored(project, three, tmp_path):
    """A project whose log is noted at places; gives the function that says where."""

    def at(*places):
        with open(project.root / "runbook.toml", "a") as file:
            file.write(f"[audit]\nanchors = {json.dumps(list(places))}\n")

    return at


@pytest.fixture
def notes(anchored, tmp_path):
    path = tmp_path / "notes"
    anchored(f"file:{path}")
    return path


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_live_run_is_noted_when_it_begins_before_it_changes_and_when_it_has_ended(project, notes):
    assert project.run("run", "three", "--yes").code == 0
    noted = lines(notes)
    by_number = {record["n"]: record for record in project.records()}
    assert [by_number[note["n"]]["type"] for note in noted] == ["ANCHOR", "ANCHOR", "RUN_END"]
    assert all(by_number[note["n"]]["hash"] == note["hash"] for note in noted)
    intents = [record["n"] for record in project.records("INTENT")]
    assert noted[0]["n"] < noted[1]["n"] < min(intents) < noted[2]["n"]
    verified = project.run("audit", "verify", "--anchor", notes)
    assert verified.code == 0 and f"noted elsewhere, up to record {noted[-1]['n']}" in verified.out, verified


def test_a_log_that_was_put_back_to_an_earlier_day_is_found_out_by_its_notes_alone(project, notes, tmp_path):
    assert project.run("run", "three", "--yes").code == 0
    shutil.copytree(project.state / "audit", tmp_path / "yesterday")
    assert project.run("undo", project.last_run(), "--yes").code == 0
    shutil.rmtree(project.state / "audit")
    shutil.copytree(tmp_path / "yesterday", project.state / "audit")
    assert project.run("audit", "verify").code == 0
    found = project.run("audit", "verify", "--anchor", notes)
    assert found.code == 9 and "its end was cut off: record" in found.err and "was noted at" in found.err, found


def test_another_record_at_a_noted_place_is_found_out(project, notes):
    assert project.run("run", "three", "--yes").code == 0
    forged = notes.read_text().replace(lines(notes)[1]["hash"], "0" * 64)
    notes.write_text(forged)
    found = project.run("audit", "verify", "--anchor", notes)
    assert found.code == 9 and f"001.log:{lines(notes)[1]['n']}" in found.err and "is not the record that was noted" in found.err, found


def test_a_log_that_was_begun_anew_has_no_note_of_its_own(project, notes):
    assert project.run("run", "three", "--yes").code == 0
    shutil.rmtree(project.state)
    found = project.run("run", "three", "--dry-run", "--config", write_plain(project))
    assert found.code == 0, found
    found = project.run("audit", "verify", "--anchor", notes)
    assert found.code == 9 and "none of the 3 notes is of the log" in found.err, found


def write_plain(project):
    path = project.root / "plain.toml"
    path.write_text((project.root / "runbook.toml").read_text().split("[audit]")[0])
    return path


def test_notes_are_found_in_the_lines_of_a_syslog(project, notes):
    assert project.run("run", "three", "--yes").code == 0
    notes.write_text("".join(f"Nov 21 03:00:00 host runbook: {line}\n" for line in notes.read_text().splitlines()) + "Nov 21 host other: {broken\n")
    assert project.run("audit", "verify", "--anchor", notes).code == 0
    with open(notes) as file:
        assert project.run("audit", "verify", "--anchor", "-", stdin=file).code == 0
    missing = project.run("audit", "verify", "--anchor", "/nowhere")
    assert missing.code == 2 and "/nowhere: cannot be read" in missing.err, missing


def test_a_dry_run_is_noted_nowhere(project, notes):
    """It writes to its state directory and to no other place."""
    assert project.run("run", "three", "--yes").code == 0
    before, run = notes.read_text(), project.last_run()
    for words in (["run", "three"], ["undo", run]):
        assert project.run(*words, "--dry-run").code == 0
    assert notes.read_text() == before and len(project.records("ANCHOR")) == 2


def test_a_repository_learns_no_secret(project, anchored, tmp_path):
    hook = make_repository(tmp_path / "repository") / ".git" / "hooks" / "post-commit"
    hook.write_text(f"#!/bin/sh\nenv >> {tmp_path}/env\nls -l /proc/self/fd >> {tmp_path}/files\n")
    hook.chmod(0o755)
    anchored(f"git:{tmp_path / 'repository'}")
    assert project.run("run", "three", "--yes", env={"CACHE_PASSWORD": "a-long-password"}).code == 0
    assert "PATH=" in (tmp_path / "env").read_text() and "a-long-password" not in (tmp_path / "env").read_text()
    assert "socket:" not in (tmp_path / "files").read_text() and str(project.state) not in (tmp_path / "files").read_text()


def test_a_rehearsal_is_noted_nowhere(project, notes):
    assert project.run("run", "three", "--yes").code == 0
    before = notes.read_text()
    assert project.run("test", "--record", project.last_run(), "--as", "it").code == 0
    assert "as recorded" in project.run("test", "three", "-o", "json").out
    assert notes.read_text() == before


def test_a_place_that_cannot_be_reached_raises_the_level_and_stops_no_looking(project, anchored, tmp_path):
    anchored(f"file:{tmp_path}/no/such/folder/notes")
    refused = project.run("run", "three", "--yes")
    assert refused.code == 8 and "unanchored" in refused.out and "level 2" in refused.out, refused
    assert len(project.records("EVIDENCE")) > 3 and project.records("INTENT") == []
    approved = project.run("run", "three", "--approve", refused.digests["set-three"])
    assert approved.code == 0, approved
    assert project.records("UNANCHORED")[0]["data"]["places"][0]["place"].startswith("file:")


def test_a_plan_that_was_approved_while_places_answered_is_another_one_when_they_do_not(project, notes, three):
    digest = project.plan("three", "set-three")
    notes.mkdir()
    refused = project.run("run", "three", "--approve", digest)
    assert refused.code == 8 and "level: 1 → 2" in refused.err, refused
    assert three.config("hz") == "10"


def test_a_place_that_answers_no_more_between_approval_and_change_stops_the_change(project, notes, three):
    session = Terminal(project, "run", "three").see(CHOOSE).answer("set-three").see(APPROVE)
    notes.unlink()
    notes.mkdir()
    session.answer("y").see("cannot be now")
    assert session.end() == 8 and three.config("hz") == "10" and project.records("INTENT") == [], session.text


def make_repository(path):
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    for key in ("name", "email"):
        subprocess.run(["git", "-C", str(path), "config", f"user.{key}", "t"], check=True)
    return path


def test_a_place_that_hangs_is_waited_for_two_seconds(project, anchored, tmp_path):
    hook = make_repository(tmp_path / "repository") / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexec sleep 6\n")
    hook.chmod(0o755)
    anchored(f"git:{tmp_path / 'repository'}")
    begin = time.monotonic()
    looked = project.run("run", "three", "--yes")
    assert looked.code == 8 and "no answer within 2 s" in looked.out and len(project.records("VERDICT")) == 1, looked
    assert 2 <= time.monotonic() - begin < 6


def test_syslog_gets_a_message_each(project, anchored, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        log.settimeout(5)
        anchored(f"syslog:{tmp_path / 'log'}")
        assert project.run("run", "three", "--yes").code == 0
        messages = [log.recv(4096).decode() for _ in range(3)]
    assert all(message.startswith("<85>runbook: {") for message in messages)
    (tmp_path / "notes").write_text("\n".join(messages) + "\n")
    assert project.run("audit", "verify", "--anchor", tmp_path / "notes").code == 0


def test_a_repository_gets_a_commit_each(project, anchored, tmp_path):
    repository = tmp_path / "repository"
    git = ["git", "-C", str(make_repository(repository))]
    anchored(f"git:{repository}")
    done = project.run("run", "three", "--yes")
    assert done.code == 0, done
    log = subprocess.run([*git, "log", "--format=%s"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    assert log == ["Note the end of an audit log"] * 3
    committed = subprocess.run([*git, "show", "HEAD:runbook.notes"], check=True, stdout=subprocess.PIPE).stdout
    (tmp_path / "notes").write_bytes(committed)
    assert project.run("audit", "verify", "--anchor", tmp_path / "notes").code == 0


@pytest.mark.parametrize("line,says", [
    ('anchors = ["ftp:/x"]', "no place to note the end of the log at: ftp:/x"), ('anchors = ["file:x"]', "no place to note"),
    ('anchors = "file:/x"', "anchors wants a list of places"), ('anchor = []', "unknown key anchor"),
])
def test_a_place_that_is_none_is_told_with_its_line(project, three, line, says):
    with open(project.root / "runbook.toml", "a") as file:
        file.write(f"[audit]\n{line}\n")
    wrong = project.run("run", "three", "--dry-run")
    assert wrong.code == 2 and says in wrong.err and "runbook.toml:" in wrong.err, wrong
