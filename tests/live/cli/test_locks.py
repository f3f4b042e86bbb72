"""Two runs do not work on one target at the same time."""

import os
import signal

from terminal import APPROVE, Terminal
from watching import READS

MIB = 1 << 20


def test_the_second_run_is_refused_and_told_who_holds_the_lock(project, cache, holder):
    before = cache.counts()
    done = project.run("run", "limit", "--approve", project.plan("limit", "raise-limit"))
    assert done.code == 8, done
    assert "cache-1 is being worked on by" in done.err and holder.run in done.err and "since 20" in done.err and "limit" in done.err, done
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(16 * MIB)


def test_a_dry_run_takes_no_lock_and_names_the_holder(project, holder):
    done = project.run("run", "limit", "--dry-run")
    assert (done.code, holder.run in done.out + done.err) == (0, True), done


def test_after_the_first_run_the_lock_is_free(project, cache, holder):
    assert holder.answer("no").end() == 3
    assert project.run("run", "limit", "--approve", project.plan("limit", "raise-limit")).code == 0


def test_a_killed_holder_holds_nothing(project, cache, holder):
    os.kill(holder.child.pid, signal.SIGKILL)
    assert holder.end() == 128 + signal.SIGKILL
    done = project.run("run", "limit", "--approve", project.plan("limit", "raise-limit"))
    assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done


def test_another_target_is_free(project, cache, holder, start_redis):
    project.target("cache-2", start_redis("--maxmemory", "16mb").url)
    words = ["-p", "redis=cache-2"]
    done = project.run("run", "limit", "--approve", project.plan("limit", "raise-limit", *words), *words)
    assert done.code == 0, done


def test_an_undo_is_locked_out_too(project, cache, start_redis):
    assert project.run("run", "limit", "--approve", project.plan("limit", "raise-limit")).code == 0
    run = project.last_run()
    session = Terminal(project, "undo", run).see(APPROVE)
    done = project.run("undo", run, "--yes")
    assert (done.code, "is being worked on by" in done.err) == (8, True), done
    assert session.answer("no").end() == 3
