"""The audit log goes on in the next file when one has grown: its chain, what is in doubt, and what an archive takes away."""

import json
import shutil
import subprocess

import pytest

from project import CATALOGUE
from test_crash import undo
from watching import READS

MIB = 1 << 20
VERIFY_AUDIT = CATALOGUE.parent / "scripts" / "verify-audit"
INJECTED = ["openat", "ftruncate", "fdatasync", "fsync", "pwrite64"]


def fill(project, files):
    """Dry runs until the log has so many files."""
    while len(project.logs) < files:
        assert project.run("run", "limit", "--dry-run").code == 0


def verified(project, *words):
    """Exit code and words of both verifiers."""
    ours = project.run("audit", "verify", *words)
    other = subprocess.run([VERIFY_AUDIT, project.state, *words], capture_output=True, text=True, timeout=60)
    assert (ours.code, "not the whole log" in ours.out) == (other.returncode, "not the whole log" in other.stdout), (ours, other)
    return ours.code, ours.out + ours.err


@pytest.fixture
def long(project, cache):
    """A project whose first run changed something, and whose log has three files."""
    project.configure(rotate_at="64kb")
    project.target("cache-1", cache.url, env="dev")
    assert project.run("run", "limit", "--yes").code == 0
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
    fill(project, 3)
    return project


def test_all_of_a_long_log_is_there_and_verifies(long):
    records = long.records()
    assert [record["n"] for record in records] == list(range(1, len(records) + 1))
    assert [(record["type"], record["prev"]) for record in records if record["data"].get("format")] == [
        ("LOG_START", "0" * 64), *(("LOG_GOES_ON", before["hash"]) for before, record in zip(records, records[1:]) if record["type"] == "LOG_GOES_ON")]
    code, said = verified(long)
    assert (code, f"{len(records)} records" in said) == (0, True), said
    assert len(long.run("runs", "-o", "json").json) == len(long.records("RUN_START"))
    first = long.records("RUN_START")[0]["run"]
    assert "maxmemory" in long.run("report", first).out


def test_the_list_of_runs_is_the_same_whatever_becomes_of_what_is_kept_beside_the_log(long):
    """<state>/runs can be thrown away; what is wrong in it, or of another log, does not count."""
    def listed():
        return long.run("runs", "-o", "json").json

    kept = long.state / "runs"
    assert not kept.exists()
    first = listed()
    assert [path.name for path in sorted(kept.iterdir())] == ["001.json", "002.json"]
    assert first == listed() and {item["status"] for item in first} == {"verified", "planned"}
    sound = (kept / "001.json").read_bytes()
    for content in (b"", b"{}", sound[:-20], sound.replace(b'"hash":"', b'"hash":"0'), (kept / "002.json").read_bytes()):
        (kept / "001.json").write_bytes(content)
        assert listed() == first and (kept / "001.json").read_bytes() == sound
    shutil.rmtree(kept)
    kept.write_text("in the way")
    assert listed() == first


def test_what_a_run_changed_is_undone_from_a_later_file(long, cache):
    cache.ask("CONFIG", "SET", "maxmemory", 32 * MIB)
    done = undo(long, long.records("RUN_START")[0]["run"])
    assert (done.code, cache.config("maxmemory")) == (0, str(16 * MIB)), done


def test_a_change_in_doubt_blocks_others_from_a_later_file(project, cache, tmp_path):
    """The run dies after CONFIG SET and before OUTCOME; the log goes on in two more files."""
    project.configure(rotate_at="64kb")
    project.target("cache-1", cache.url, env="dev")
    for number in range(1, 30):
        words = ["strace", "-f", "-qq", "-P", str(project.log), "-o", str(tmp_path / "trace"), "-e", "trace=write", "-e",
                 f"inject=write:signal=SIGKILL:when={number}"]
        assert project.run("run", "limit", "--yes", before=words).code != 0
        if cache.config("maxmemory") == str(32 * MIB):
            break
    intent = project.records("INTENT")[-1]
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
    fill(project, 3)
    assert [item["n"] for item in project.records("LOG_GOES_ON")[-1]["data"]["open"]] == [intent["n"]]
    aside = tmp_path / "001.log"
    shutil.move(project.logs[0], aside)
    before = cache.counts()
    done = project.run("run", "limit", "--yes")
    assert (done.code, "001.log" in done.err, "bring this log back" in done.err) == (9, True, True), done
    assert cache.arrived_since(before) <= READS
    shutil.move(aside, project.state / "audit" / "001.log")
    done = project.run("run", "limit", "--yes")
    assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done
    assert intent["n"] in [record["data"]["intent"] for record in project.records("OUTCOME")]
    assert verified(project)[0] == 0


def test_archived_files_are_missed_until_one_says_so_and_changes_go_on_without_them(long, cache, tmp_path):
    runs = len(long.run("runs", "-o", "json").json)
    shutil.move(long.logs[0], tmp_path / "001.log")
    code, said = verified(long)
    assert (code, "001.log: this log is missing" in said, "audit verify --from 002.log" in said) == (9, True, True), said
    code, said = verified(long, "--from", "002.log")
    assert (code, "verifies from 002.log on" in said, "not the whole log" in said) == (0, True, True), said
    assert verified(long, "--from", "001.log")[0] == 9
    done = long.run("run", "limit", "--yes")
    assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done
    assert 0 < len(long.run("runs", "-o", "json").json) < runs
    content = bytearray(long.logs[0].read_bytes())
    content[len(content) // 2] ^= 1
    long.logs[0].write_bytes(content)
    code, said = verified(long, "--from", "002.log")
    assert (code, "002.log:" in said) == (9, True), said


@pytest.mark.parametrize("call", INJECTED)
def test_killed_at_any_call_where_the_log_goes_on_it_verifies_and_the_next_run_goes_on(project, cache, tmp_path, call):
    project.configure(rotate_at="64kb")
    while not project.log.exists() or project.log.stat().st_size < 64 << 10:
        assert project.run("run", "limit", "--dry-run").code == 0
    full = tmp_path / "full"
    shutil.copytree(project.state, full)
    killed = 0
    for number in range(1, 60):
        shutil.rmtree(project.state)
        shutil.copytree(full, project.state)
        trace = tmp_path / "trace"
        words = ["strace", "-f", "-qq", "-P", str(project.state / "audit"), "-o", str(trace), "-e", f"trace={call}", "-e",
                 f"inject={call}:signal=SIGKILL:when={number}"]
        for path in ("audit/001.log", "audit/002.log", "audit/HEAD"):
            words[3:3] = ["-P", str(project.state / path)]
        done = project.run("run", "limit", "--dry-run", before=words)
        if done.code == 0:
            break
        killed += 1
        assert "SIGKILL" in trace.read_text(), done
        assert verified(project)[0] == 0
        assert project.run("run", "limit", "--dry-run").code == 0
        assert verified(project)[0] == 0 and len(project.logs) == 2
        assert len({json.dumps(record["n"]) for record in project.records()}) == len(project.records())
    assert 0 < killed < 59
