"""Killed with -9 wherever it may be, engine or worker, a run goes on: nothing is done twice, and nothing is lost.

The server's own count of what it was told is the truth. RUNBOOK_BUDGET makes a long run of it: every system call of a run, and as many instants as
RUNBOOK_KILLS says, a thousand by itself. A long run tells every 200 kills how far it is, so that one that is stopped has told something too.
"""

import collections
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import time

import pytest

from servers import wait_until
from three import SETTINGS, sets, settings

LONG = "RUNBOOK_BUDGET" in os.environ
SAMPLED = 80  # one system call in so many, unless it is a long run, which takes every one
INSTANTS = int(os.environ.get("RUNBOOK_KILLS", 1000)) if LONG else 12
ONE_LOG, TOLD = 25, 200  # kills after which another log is begun, for each run reads all of it, and after which it is told how far this is


class Kills:
    """Starts the run anew, lets somebody kill it, and holds what becomes of it against the server."""

    def __init__(self, project, server, capsys):
        self.project, self.server, self.capsys = project, server, capsys
        self.untouched = {key: server.config(key) for key in SETTINGS}
        self.killed = self.begun = self.changed = self.in_doubt = 0
        self.fell = collections.Counter()  # kills, by the last record that the log has of the run
        self.told = 0
        self.begin_a_log()

    def begin_a_log(self):
        shutil.rmtree(self.project.state, ignore_errors=True)
        self.seen, self.log_from = 0, self.killed
        assert self.project.run("run", "three", "--dry-run").code == 0
        self.records()

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

    def measure(self):
        """How long a run takes that nobody kills."""
        self.prepare()
        begin = time.monotonic()
        assert self.project.run("run", "three", "--yes").code == 0
        self.takes = time.monotonic() - begin
        self.records()

    def kill_in(self, chance, *words):
        """Whether that run of the program was killed at some instant, or came to its end before."""
        process = self.project.start(*words)
        time.sleep(chance.uniform(0, 1.5 * self.takes))  # many take longer than the one that was measured
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), (words, process.returncode, out, err)
        return process.returncode != 0

    def note(self, fresh, where):
        """One more kill, after which these are the records of the run: nothing was changed behind their back."""
        intents, outcomes = (sum(record["type"] == kind for record in fresh) for kind in ("INTENT", "OUTCOME"))
        sent = sets(self.server, self.before)
        assert sent <= intents, (where, "something was changed without an INTENT")
        self.killed += 1
        self.fell[fresh[-1]["type"] if fresh else "nothing yet"] += 1
        self.begun += any(record["type"] == "RUN_START" for record in fresh)
        self.changed += bool(sent)
        self.in_doubt += intents > outcomes

    def settle(self, where, chance=None):
        """After a kill: whatever it left is resumed, or begun anew where nobody knows of it; with `chance` one in four is killed again."""
        fresh = self.records()
        self.note(fresh, where)
        while not any(record["type"] == "RUN_END" for record in fresh):
            runs = [record["run"] for record in fresh if record["type"] == "RUN_START"]
            words = [*(["resume", runs[-1]] if runs else ["run", "three"]), "--yes"]
            if chance and chance.random() < 0.25:
                killed = self.kill_in(chance, *words)
            else:
                done, killed = self.project.run(*words), False
                assert done.code == 0, (where, done)
            fresh += self.records()
            if killed:
                self.note(fresh, f"{where}, and again")
        assert settings(self.server) == SETTINGS, where
        assert sets(self.server, self.before) == 3, (where, "something was sent twice, or never")
        settled = {record["data"]["intent"] for record in fresh if record["type"] == "OUTCOME"}
        assert {record["n"] for record in fresh if record["type"] == "INTENT"} <= settled, where
        if self.killed >= self.log_from + ONE_LOG:
            self.verify()
            self.begin_a_log()
        if self.killed >= self.told + TOLD:
            self.tell("so far")

    def verify(self):
        verified = self.project.run("audit", "verify")
        assert verified.code == 0, verified

    def tell(self, what):
        """Says how many kills there were, and what each came after."""
        self.told = self.killed
        self.verify()
        after = ", ".join(f"{count} {kind}" for kind, count in sorted(self.fell.items()))
        with self.capsys.disabled():
            print(f"\n{what}: {self.killed} kills, {self.begun} with a run begun, {self.changed} with something changed, {self.in_doubt} in doubt;"
                  f" the last record was {after}", flush=True)


@pytest.fixture
def kills(project, three, capsys):
    return Kills(project, three, capsys)


class SystemCalls:
    """Kills a run at the n-th of its calls of one name, as strace counts them: the third openat, the seventh write."""

    def __init__(self, project, kills, trace):
        self.project, self.kills, self.trace = project, kills, trace

    def made(self):
        """Those that a run makes that nobody kills, in their order, each with its number."""
        self.kills.begin_a_log()
        self.kills.prepare()
        whole = self.project.run("run", "three", "--yes", before=["strace", "-qq", "-o", str(self.trace)])
        assert whole.code == 0, whole
        self.kills.records()
        names = [line.split("(")[0] for line in self.trace.read_text().splitlines() if re.match(r"\w+\(", line)]
        return [(name, names[:at + 1].count(name)) for at, name in enumerate(names)]

    def kill_at(self, name, number):
        """Whether a run was killed there and held what it promises. How often a run polls, say, differs: it has three tries to make so many calls."""
        inject = ["-e", f"trace={name}", "-e", f"inject={name}:signal=SIGKILL:when={number}"]
        for _ in range(3):
            self.kills.verify()
            self.kills.begin_a_log()  # a later run finds evidence stored that the first one stores
            self.kills.prepare()
            killed = self.project.run("run", "three", "--yes", before=["strace", "-qq", "-o", str(self.trace), *inject])
            if killed.code != 0:
                assert "SIGKILL" in self.trace.read_text(), killed
                self.kills.settle(f"{name} number {number}")
                return True
            self.kills.records()
        return False

    def kill_at_some(self, made):
        positions = made[random.Random(2).randrange(SAMPLED)::SAMPLED]
        reached = sum(self.kill_at(name, number) for name, number in positions)
        self.kills.tell(f"{reached} of {len(positions)} system calls reached, of {len(made)} that a run makes")
        assert reached > len(positions) * 0.8

    def kill_at_every(self, made):
        """The first of each name, the second, and so on, until three runs in a row come to their end without making so many: then there is none left."""
        names = sorted({name for name, _ in made})
        reached = {name: next(number for number in itertools.count() if not self.kill_at(name, number + 1)) for name in names}
        self.kills.tell(f"every one of {sum(reached.values())} system calls reached; a run that was traced made {len(made)}")
        # The run that was traced may have looked once more than those that followed. execve: strace begins behind the first.
        assert sum(reached.values()) > len(made) * 0.98 and {name for name in reached if not reached[name]} <= {"execve"}, reached


def test_killed_at_a_system_call_of_the_engine(project, kills, tmp_path):
    calls = SystemCalls(project, kills, tmp_path / "trace")
    (calls.kill_at_every if LONG else calls.kill_at_some)(calls.made())
    assert kills.begun > 0 and kills.changed > 0


def test_killed_at_any_instant(project, kills):
    """And in one of four also while it is resumed."""
    chance = random.Random(3)
    kills.measure()
    while kills.killed < INSTANTS:
        kills.prepare()
        if kills.kill_in(chance, "run", "three", "--yes"):
            kills.settle(f"kill {kills.killed}", chance)
        else:
            kills.records()
    kills.tell("instants")
    assert kills.begun > 0


def test_its_worker_killed_at_any_instant_the_run_says_what_stands(project, kills, three):
    """The worker is needed for looking and planning only: with it gone the run ends, with what stands changed said."""
    chance = random.Random(4)
    ended = collections.Counter()
    for number in range(INSTANTS // 4):
        if number % ONE_LOG == 0:
            kills.verify()
            kills.begin_a_log()
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
        ended[process.returncode] += 1
        if process.returncode != 0:
            changed = sets(three, kills.before)
            assert process.returncode in ((5,) if changed else (1, 11)), (process.returncode, changed, out, err)
            assert project.run("run", "three", "--yes").code == 0
            kills.records()
        assert settings(three) == SETTINGS
    kills.verify()
    with kills.capsys.disabled():
        print("\nthe worker killed: " + ", ".join(f"{count} runs ended with {code}" for code, count in sorted(ended.items())))
    assert sum(ended.values()) > ended[0]


def worker_in(children):
    try:
        for pid in children.read_text().split():
            if re.search(r"runbook-worker", pathlib.Path(f"/proc/{pid}/cmdline").read_text()):
                return int(pid)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None
