"""Many runs at once: one works on a target, the others say who; all of them share one audit log.

40 runs; 200 with RUNBOOK_BUDGET."""

import fcntl
import os
import signal
import struct
import time

MIB = 1 << 20
MANY = 200 if "RUNBOOK_BUDGET" in os.environ else 40
AT_ONCE = 20


def start_many(project, *words):
    """Starts MANY runs, AT_ONCE at a time; gives exit code and stderr of each."""
    running, done = [], []
    for number in range(MANY + AT_ONCE):
        if number < MANY:
            running.append(project.start(*words))
        if number >= AT_ONCE:
            process = running.pop(0)
            _, err = process.communicate(timeout=120)
            done.append((process.returncode, err.decode()))
    return done


def test_of_many_starts_on_one_target_one_holds_the_lock_and_all_others_name_it(project, cache, holder):
    done = start_many(project, "run", "limit", "--approve", project.plan("limit", "raise-limit"))
    strange = [(code, err) for code, err in done if code != 8 or f"cache-1 is being worked on by run {holder.run}" not in err]
    assert not strange, strange[0]
    assert cache.config("maxmemory") == str(16 * MIB) and not project.records("INTENT")
    assert holder.answer("yes").end() == 0
    assert cache.config("maxmemory") == str(32 * MIB) and len(project.records("INTENT")) == 1


def test_many_starts_at_once_make_one_change_and_one_log(project, cache):
    """Its files grow full meanwhile: who goes on in the next one meets others that still write to the last one."""
    project.configure(rotate_at="64kb")
    project.target("cache-1", cache.url, env="dev")
    done = start_many(project, "run", "limit", "--yes")
    # Who comes too late is refused by the lock or the plan's state, or finds nothing to do.
    assert {code for code, _ in done} <= {0, 8} and 0 in {code for code, _ in done}, done
    applied = [record for record in project.records("OUTCOME") if record["data"]["status"] == "applied"]
    assert len(applied) == 1 and cache.config("maxmemory") == str(32 * MIB)
    runs = [record["run"] for record in project.records() if record["run"]]
    assert len(set(runs)) == len(project.records("RUN_START")) == len(project.records("RUN_END")) == MANY
    turns = sum(one != other for one, other in zip(runs, runs[1:]))
    assert turns > MANY, "the runs did not write at the same time"
    assert len(project.logs) > 1, "no file grew full"
    verified = project.run("audit", "verify", "-o", "json")
    assert (verified.code, verified.json["torn"], verified.json["runs"]) == (0, 0, MANY), verified


def take_lock(path):
    """Whether nobody holds the lock of this file: takes it for a moment, as the engine does."""
    with open(path, "rb+") as file:
        whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        try:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, whole)
        except (BlockingIOError, PermissionError):
            return False
    return True


def test_the_death_of_its_holder_frees_the_lock_within_a_second(project, holder):
    lock = project.state / "locks" / "cache-1.lock"
    assert not take_lock(lock)
    died = time.monotonic()
    os.kill(holder.child.pid, signal.SIGKILL)
    while not take_lock(lock):
        assert time.monotonic() < died + 1, "it is still locked after a second"
    assert holder.end() == 128 + signal.SIGKILL


def test_runs_that_are_killed_at_random_leave_a_log_that_others_go_on_writing(project, cache):
    """The survivors' records stand whole beside what the dead left."""
    project.target("cache-1", cache.url, env="dev")
    running = [project.start("run", "limit", "--dry-run") for _ in range(AT_ONCE)]
    for number, process in enumerate(running):
        if number % 2:
            time.sleep(0.01 * number)
            process.kill()
    for process in running:
        process.communicate(timeout=120)
    survivors = [process.returncode for process in running[::2]]
    assert survivors == [0] * len(survivors)
    assert project.run("run", "limit", "--yes").code == 0
    assert project.run("audit", "verify").code == 0
    ended = {record["run"] for record in project.records("RUN_END")}
    assert len(ended) >= len(survivors) + 1
