"""Killed with -9 wherever it may be, engine or worker, a run goes on: nothing is done twice, and nothing is lost.

The server's own count of what it was told is the truth. RUNBOOK_BUDGET makes a long run of it: every system call of a run, and as many instants as
RUNBOOK_KILLS says, a thousand by itself.
"""

import json
import os
import pathlib
import random
import re
import signal
import time

import pytest

from servers import wait_until
from three import SETTINGS, sets, settings

LONG = "RUNBOOK_BUDGET" in os.environ
SYSCALLS = 1 if LONG else 80  # every one, or one in so many
INSTANTS = int(os.environ.get("RUNBOOK_KILLS", 1000)) if LONG else 12


class Kills:
    """Starts the run anew, lets somebody kill it, and holds what becomes of it against the server."""

    def __init__(self, project, server):
        self.project, self.server = project, server
        self.untouched = {key: server.config(key) for key in SETTINGS}
        self.killed = self.begun = self.in_doubt = self.changed = 0
        self.seen = 0

    def prepare(self):
        for key, value in self.untouched.items():
            self.server.ask("CONFIG", "SET", key, value)
        self.before = self.server.counts()

    def records(self):
        """Those that were written since the last time: the whole log would be read ten thousand times."""
        log = self.project.log
        if not log.exists():
            return []
        with open(log, "rb") as file:
            file.seek(self.seen)
            text = file.read()
        whole = text[:text.rfind(b"\n") + 1]
        self.seen += len(whole)
        return [json.loads(line) for line in whole.split(b"\n")[:-1]]

    def settle(self, where):
        """After a kill: whatever it left is resumed, or begun anew where nobody knows of it."""
        self.killed += 1
        fresh = self.records()
        runs = [record["run"] for record in fresh if record["type"] == "RUN_START"]
        ended = any(record["type"] == "RUN_END" for record in fresh)
        intents = [record for record in fresh if record["type"] == "INTENT"]
        sent = sets(self.server, self.before)
        assert sent <= len(intents), (where, "something was changed without an INTENT")
        self.begun += bool(runs)
        self.changed += bool(sent)
        self.in_doubt += len(intents) > sum(record["type"] == "OUTCOME" for record in fresh)
        if not ended:
            words = ["resume", runs[-1]] if runs else ["run", "three"]
            done = self.project.run(*words, "--yes")
            assert done.code == 0, (where, done)
        assert settings(self.server) == SETTINGS, where
        assert sets(self.server, self.before) == 3, (where, "something was sent twice, or never")
        later = self.records()
        settled = {record["data"]["intent"] for record in fresh + later if record["type"] == "OUTCOME"}
        assert {record["n"] for record in fresh + later if record["type"] == "INTENT"} <= settled, where

    def told(self, capsys, what):
        assert self.project.run("audit", "verify").code == 0
        with capsys.disabled():
            print(f"\n{what}: {self.killed} kills, {self.begun} with a run begun, {self.changed} with something changed, {self.in_doubt} in doubt")


@pytest.fixture
def kills(project, three):
    assert project.run("run", "three", "--dry-run").code == 0
    made = Kills(project, three)
    made.records()
    return made


def test_killed_at_a_system_call_of_the_engine(project, kills, tmp_path, capsys):
    kills.prepare()
    trace = tmp_path / "trace"
    whole = project.run("run", "three", "--yes", before=["strace", "-qq", "-o", str(trace)])
    assert whole.code == 0, whole
    kills.records()
    # strace counts each system call by itself: the third openat, the seventh write.
    names = [line.split("(")[0] for line in trace.read_text().splitlines() if re.match(r"\w+\(", line)]
    calls = [(name, names[:at + 1].count(name)) for at, name in enumerate(names)]
    positions = range(random.Random(2).randrange(SYSCALLS), len(calls), SYSCALLS)
    for name, number in (calls[at] for at in positions):
        kills.prepare()
        killed = project.run("run", "three", "--yes", before=["strace", "-qq", "-o", str(trace), "-e", f"inject={name}:signal=SIGKILL:when={number}"])
        if killed.code == 0:
            kills.records()  # it needed fewer of them this time
            continue
        assert "SIGKILL" in trace.read_text(), killed
        kills.settle(f"{name} number {number}")
    kills.told(capsys, f"{len(positions)} of {len(calls)} system calls")
    assert kills.killed > len(positions) // 2 and kills.begun > 0 and kills.changed > 0


def test_killed_at_any_instant(project, kills, capsys):
    chance = random.Random(3)
    kills.prepare()
    begin = time.monotonic()
    assert project.run("run", "three", "--yes").code == 0
    takes = time.monotonic() - begin
    kills.records()
    while kills.killed < INSTANTS:
        kills.prepare()
        process = project.start("run", "three", "--yes")
        time.sleep(chance.uniform(0, takes))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:
            kills.records()
            continue
        kills.settle(f"kill {kills.killed}")
    kills.told(capsys, "instants")
    assert kills.begun > 0


def test_its_worker_killed_at_any_instant_the_run_says_what_stands(project, kills, three, capsys):
    """The worker is needed for looking and planning only: with it gone the run ends, with what stands changed said."""
    chance = random.Random(4)
    died = 0
    for _ in range(INSTANTS // 4):
        kills.prepare()
        process = project.start("run", "three", "--yes")
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        worker = wait_until(lambda: process.poll() is not None or worker_in(children), "the worker was started")
        if worker is True:
            process.communicate()
            continue
        time.sleep(chance.uniform(0, 0.03))
        try:
            os.kill(worker, signal.SIGKILL)
        except ProcessLookupError:
            pass
        out, err = process.communicate()
        fresh = kills.records()
        assert not any(record["type"] == "INTENT" and not any(later["type"] == "OUTCOME" and later["data"]["intent"] == record["n"] for later in fresh)
                       for record in fresh), "an INTENT without an OUTCOME"
        died += process.returncode != 0
        if process.returncode != 0:
            changed = sets(three, kills.before)
            assert process.returncode in ((5,) if changed else (1, 11)), (process.returncode, changed, out, err)
            assert project.run("run", "three", "--yes").code == 0
            kills.records()
        assert settings(three) == SETTINGS
    assert died > 0


def worker_in(children):
    try:
        for pid in children.read_text().split():
            if re.search(r"runbook-worker", pathlib.Path(f"/proc/{pid}/cmdline").read_text()):
                return int(pid)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None
