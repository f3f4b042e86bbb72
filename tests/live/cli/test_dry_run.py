"""Promise 1: a dry run changes nothing, neither on the server nor on the disk outside the state directory."""

import json
import subprocess

import pytest

from project import BIN
from servers import Connection
from watching import READS, strace, tree, writes_in

PROGRAMS = ["runbook", "runbook-dryonly"]
BOOKS = [("redis-down", []), ("redis-maxmemory", []), ("redis-cache-key", ["-p", "key=session:1"]), ("limit", [])]


@pytest.fixture
def broken(cache):
    """cache-1, full and refusing writes."""
    cache.fill_up()
    return cache


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("book,words", BOOKS)
def test_only_commands_of_the_read_list_reach_the_server(project, broken, program, book, words):
    before, settings, keys = broken.counts(), broken.config(), broken.ask("DBSIZE")
    done = project.run("run", book, "--dry-run", *words, program=program)
    assert done.code == 0, done
    assert done.digests, "a dry run without a plan shows nothing"
    arrived = broken.arrived_since(before)
    assert {"ping", "acl|dryrun"} <= arrived
    assert arrived <= READS, arrived - READS
    assert broken.config() == settings
    assert broken.ask("DBSIZE") == keys


def test_a_user_that_may_only_read_is_never_refused_anything(project, cache):
    reads = [f"+{name}" for name in READS if name not in ("hello", "auth")]
    cache.ask("ACL", "SETUSER", "looker", "on", ">looker-password", "~*", "&*", "-@all", *reads)
    project.target("cache-1", cache.url, user="looker", password="LOOKER")
    project.secret("LOOKER", "env:LOOKER")
    done = project.run("run", "looking-only", "--dry-run", env={"LOOKER": "looker-password"})
    assert (done.code, "Healthy" in done.out) == (0, True), done
    assert cache.ask("ACL", "LOG") == []


def test_the_acl_log_would_show_what_a_reader_may_not_do(cache):
    cache.ask("ACL", "SETUSER", "looker", "on", ">looker-password", "-@all", "+ping")
    other = Connection(cache.socket)
    other.ask("AUTH", "looker", "looker-password")
    other.send("FLUSHALL")
    assert "NOPERM" in str(other.receive())
    assert len(cache.ask("ACL", "LOG")) == 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_written_outside_the_state_directory(project, broken, tmp_path, program):
    before = tree(project.root, project.home, broken.folder, without=[project.state])
    trace = tmp_path / "trace"
    done = project.run("run", "redis-down", "--dry-run", program=program, before=strace(trace))
    assert done.code == 0, done
    assert tree(project.root, project.home, broken.folder, without=[project.state]) == before
    calls, written = writes_in(trace)
    assert calls > 50, "strace recorded nothing"
    assert any(path.endswith("audit/001.log") for path in written), "strace did not see the log being written"
    assert any("runbook-worker" in line for line in trace.read_text().splitlines() if "execve(" in line)
    outside = {path for path in written if not path.startswith(str(project.state)) and path != "/dev/null"}
    assert outside == set()


def test_the_state_directory_is_for_its_owner_alone(project, cache):
    project.run("run", "limit", "--dry-run")
    assert project.state.stat().st_mode & 0o777 == 0o700
    readable = [path for path in project.state.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert [path for path in readable if path.name != "audit.pub"] == []


def test_the_dry_program_contains_nothing_that_could_change_anything():
    symbols = subprocess.run(["nm", "-C", BIN / "runbook-dryonly"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "DryExecutor" in symbols
    for forbidden in ("LiveExecutor", "redis_appliers", "Permit::Permit", "runbook::live::"):
        assert forbidden not in symbols, forbidden
    live = subprocess.run(["nm", "-C", BIN / "runbook"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "LiveExecutor" in live and "redis_appliers" in live


def test_the_dry_program_does_no_live_run_and_no_live_undo(project, cache):
    digest = project.plan("limit", "raise-limit")
    done = project.run("run", "limit", "--approve", digest, program="runbook-dryonly")
    assert (done.code, "dry runs only" in done.err) == (2, True), done
    assert project.run("run", "limit", "--approve", digest).code == 0
    undo = project.run("undo", project.last_run(), "--yes", program="runbook-dryonly")
    assert (undo.code, "dry runs only" in undo.err) == (2, True), undo
    assert cache.config("maxmemory") == str(32 << 20)


def test_detailed_exitcode_tells_that_something_would_change(project, cache):
    assert project.run("run", "limit", "--dry-run", "--detailed-exitcode").code == 10
    cache.ask("CONFIG", "SET", "maxmemory", "64mb")
    assert project.run("run", "limit", "--dry-run", "--detailed-exitcode").code == 0


def test_a_dry_undo_only_reads_too(project, cache):
    digest = project.plan("limit", "raise-limit")
    assert project.run("run", "limit", "--approve", digest).code == 0
    before = cache.counts()
    done = project.run("undo", project.last_run(), "--dry-run", "-o", "json")
    assert done.code == 0, done
    assert done.json["plans"][0]["changes"][0]["calls"] == [["CONFIG", "SET", "maxmemory", "16777216"]]
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(32 << 20)


def test_looking_at_a_url_needs_no_inventory_and_can_change_nothing(project, redis):
    before = redis.counts()
    done = project.run("run", "limit", "-p", f"redis={redis.url}", "--yes", "--mitigate", "raise-limit")
    assert done.code in (8, 11), done
    assert redis.arrived_since(before) <= READS
    assert redis.config("maxmemory") == str(16 << 20)
    assert json.loads(project.run("run", "limit", "-p", f"redis={redis.url}", "-n", "-o", "json").out)["mode"] == "dry"
