"""Promise 4: nothing happens unrecorded, and the log shows tampering."""

import json
import os
import shutil
import subprocess

import pytest

from project import CATALOGUE
from watching import READS

MIB = 1 << 20
VERIFY_AUDIT = CATALOGUE.parent / "scripts" / "verify-audit"


@pytest.fixture
def recorded(project, cache):
    """A state directory with a dry run and a live run in it."""
    assert project.run("run", "limit", "--mitigate", "raise-limit", "--approve", project.plan("limit", "raise-limit")).code == 0
    return project


def test_the_log_of_a_live_run_verifies(recorded):
    done = recorded.run("audit", "verify")
    assert (done.code, f"{len(recorded.records())} records of 2 runs" in done.out) == (0, True), done
    assert recorded.run("audit", "verify", "-o", "json").json["records"] == len(recorded.records())


def test_the_second_verifier_comes_to_the_same_end(recorded):
    """It is one file and needs nothing of runbook's."""
    def judged():
        done = subprocess.run([VERIFY_AUDIT, recorded.state], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    code, said = judged()
    assert (code, f"{len(recorded.records())} records" in said, recorded.records()[-1]["hash"] in said) == (0, True, True), said
    damage(recorded, change_an_exit_code)
    code, said = judged()
    assert (code, f"001.log:{len(recorded.log.read_bytes().splitlines())}: does not match its hash" in said) == (9, True), said
    assert subprocess.run([VERIFY_AUDIT], capture_output=True, timeout=60).returncode == 2
    assert subprocess.run([VERIFY_AUDIT, recorded.root / "nothing"], capture_output=True, timeout=60).returncode == 9


def test_intent_comes_before_outcome_and_both_before_the_end(recorded):
    types = [record["type"] for record in recorded.records() if record["run"] == recorded.last_run()]
    wanted = ["RUN_START", "VERDICT", "PLAN", "GATE", "INTENT", "OUTCOME", "VERIFY", "VERDICT", "RUN_END"]
    assert [name for name in types if name != "EVIDENCE"] == wanted
    assert types.index("EVIDENCE") < types.index("INTENT")


def middle(lines):
    return len(lines) // 2


def flip_a_bit(lines):
    line = bytearray(lines[middle(lines)])
    line[len(line) // 3] ^= 1
    lines[middle(lines)] = bytes(line)


def swap_two_lines(lines):
    at = middle(lines)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]


def remove_a_line(lines):
    del lines[middle(lines)]


def double_a_line(lines):
    lines.insert(middle(lines), lines[middle(lines)])


def change_an_exit_code(lines):
    end = json.loads(lines[-1])
    end["data"]["exit"] = 11
    lines[-1] = json.dumps(end, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def cut_the_last_record(lines):
    del lines[-1]


def cut_half_of_the_log(lines):
    del lines[middle(lines):]


def cut_within_the_last_durable_record(lines):
    lines[-1] = lines[-1][:50]


DAMAGES = [flip_a_bit, swap_two_lines, remove_a_line, double_a_line, change_an_exit_code, cut_the_last_record, cut_half_of_the_log,
           cut_within_the_last_durable_record]


def damage(project, how):
    lines = project.log.read_bytes().splitlines(keepends=True)
    how(lines)
    project.log.write_bytes(b"".join(lines))
    return lines


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__)
def test_verify_finds_damage_and_names_the_place(recorded, how):
    before = len(recorded.records())
    damage(recorded, how)
    done = recorded.run("audit", "verify")
    assert done.code == 9, done
    at = {flip_a_bit: before // 2 + 1, swap_two_lines: before // 2 + 1, remove_a_line: before // 2 + 1, double_a_line: before // 2 + 2}.get(how)
    assert "001.log" in done.err or "HEAD" in done.err, done
    if at:
        assert f"001.log:{at}" in done.err, done
    elif how is change_an_exit_code:
        assert f"001.log:{before}" in done.err, done


@pytest.mark.parametrize("how", [change_an_exit_code, cut_the_last_record, cut_half_of_the_log, cut_within_the_last_durable_record],
                         ids=lambda how: how.__name__)
def test_a_live_run_on_a_damaged_log_looks_and_changes_nothing(recorded, cache, how):
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
    recorded.target("cache-1", cache.url, env="dev")
    damage(recorded, how)
    before = cache.counts()
    done = recorded.run("run", "limit", "--yes")
    assert done.code == 9, done
    assert "small" in done.out, done
    assert {"config|get"} <= cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(16 * MIB)


def test_damage_in_the_middle_stops_a_live_run_too(recorded, cache):
    """Opening looks at the end of the log only; a flipped bit far from it is found by verify, or by whoever reads the log."""
    cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
    recorded.target("cache-1", cache.url, env="dev")
    damage(recorded, swap_two_lines)
    done = recorded.run("run", "limit", "--yes")
    assert done.code == 9, done
    assert cache.config("maxmemory") == str(16 * MIB)


def test_an_incomplete_last_line_is_cut_and_kept(recorded):
    with open(recorded.log, "ab") as log:
        log.write(b'{"boot_id":"torn')
    done = recorded.run("audit", "verify")
    assert (done.code, "a crash left 16 bytes" in done.out) == (0, True), done
    assert recorded.run("run", "limit", "--dry-run").code == 0
    assert recorded.records("RECOVERED")[-1]["data"]["bytes"] == 16
    assert recorded.run("audit", "verify").code == 0


def test_holes_that_a_power_cut_left_behind_head_are_cut_by_the_next_run(recorded):
    """HEAD is as it was before the last run, and in the middle of that run's records are zeros."""
    head = recorded.state / "audit" / "HEAD"
    before, size = head.read_bytes(), recorded.log.stat().st_size
    assert recorded.run("run", "limit", "--dry-run").code == 0
    content = recorded.log.read_bytes()
    middle_of_run = (size + len(content)) // 2
    recorded.log.write_bytes(content[:middle_of_run] + bytes(300) + content[middle_of_run + 300:])
    head.write_bytes(before)
    done = recorded.run("audit", "verify")
    assert (done.code, "a crash left" in done.out) == (0, True), done
    assert subprocess.run([VERIFY_AUDIT, recorded.state], capture_output=True, timeout=60).returncode == 0
    assert recorded.run("run", "limit", "--dry-run").code == 0
    assert len(recorded.records("RECOVERED")) == 1
    done = recorded.run("audit", "verify")
    assert (done.code, "a crash left" in done.out) == (0, False), done


def test_a_foreign_file_and_another_key_are_found(recorded):
    foreign = recorded.state / "audit" / "notes.txt"
    foreign.write_text("x")
    assert recorded.run("audit", "verify").code == 9
    foreign.unlink()
    assert recorded.run("audit", "verify").code == 0
    other = recorded.root / "other"
    recorded.run("run", "limit", "--dry-run", "--state", other)
    shutil.copy(other / "keys" / "audit.pub", recorded.state / "keys" / "audit.pub")
    assert recorded.run("audit", "verify").code == 9


def test_altered_evidence_is_not_shown(recorded):
    run = recorded.last_run()
    item = next(record["data"] for record in recorded.records("EVIDENCE") if record["run"] == run and record["data"]["name"] == "policy")
    path = recorded.state / "evidence" / item["sha256"]
    path.chmod(0o600)
    path.write_bytes(b'"allkeys-lru"')
    done = recorded.run("evidence", run, "policy")
    assert (done.code, "altered" in done.err, "allkeys" in done.out) == (9, True, False), done


def test_without_a_log_to_write_looking_goes_on_and_changes_do_not(project, cache):
    """The folder of the log is a file."""
    project.state.mkdir()
    (project.state / "audit").write_text("not a folder")
    project.target("cache-1", cache.url, env="dev")
    dry = project.run("run", "limit", "--dry-run")
    assert (dry.code, "small" in dry.out, "NOT RECORDED" in dry.err) == (0, True, True), dry
    before = cache.counts()
    live = project.run("run", "limit", "--yes")
    assert (live.code, "small" in live.out) == (9, True), live
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(16 * MIB)


@pytest.fixture
def as_nobody(project, cache, tmp_path):
    """Words that start a program as a user who may read the project and the server, and write nothing."""
    if os.getuid() != 0:
        return []
    os.chmod(cache.socket, 0o777)
    for folder in [*project.root.parents, project.root, cache.folder]:
        if str(folder).startswith(str(tmp_path.parent.parent)):
            folder.chmod(folder.stat().st_mode | 0o555)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def test_in_a_read_only_state_directory_looking_goes_on_and_changes_do_not(project, cache, as_nobody):
    project.target("cache-1", cache.url, env="dev")
    project.state.mkdir(mode=0o555)
    dry = project.run("run", "limit", "--dry-run", before=as_nobody)
    assert (dry.code, "small" in dry.out, "NOT RECORDED" in dry.err) == (0, True, True), dry
    before = cache.counts()
    live = project.run("run", "limit", "--yes", before=as_nobody)
    assert (live.code, "small" in live.out) == (9, True), live
    assert cache.arrived_since(before) <= READS
    assert list(project.state.iterdir()) == []


def test_without_a_place_for_evidence_looking_goes_on_and_changes_do_not(project, cache):
    project.target("cache-1", cache.url, env="dev")
    cache.ask("SET", "feed:1", "v")
    project.state.mkdir()
    (project.state / "evidence").write_text("not a folder")
    for book, words in (("limit", []), ("redis-cache-key", ["-p", "key=feed:1"])):
        dry = project.run("run", book, "--dry-run", *words)
        assert (dry.code, "Plan " in dry.out, dry.err.count("EVIDENCE NOT STORED")) == (0, True, 1), dry
        live = project.run("run", book, "--yes", *words)
        assert live.code == 8 and "no evidence of cache-1 was stored" in live.err, live
    assert (cache.config("maxmemory"), cache.ask("DBSIZE")) == (str(16 * MIB), 1)


def injected(tmp_path, call, error, when="1+"):
    """Words that start a program whose `call` fails; and a function that says whether it ever did."""
    trace = tmp_path / "injected"
    words = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]
    return words, lambda: "(INJECTED)" in trace.read_text()


@pytest.mark.parametrize("call,error", [("fallocate", "ENOSPC"), ("fdatasync", "EIO")])
def test_a_disk_that_fails_stops_changes_and_not_looking(project, cache, tmp_path, call, error):
    project.target("cache-1", cache.url, env="dev")
    assert project.run("run", "limit", "--dry-run").code == 0
    before = cache.counts()
    words, fired = injected(tmp_path, call, error)
    done = project.run("run", "limit", "--yes", before=words)
    assert fired(), "the fault was not injected"
    assert (done.code, "small" in done.out) == (9, True), done
    assert cache.arrived_since(before) <= READS
    assert cache.config("maxmemory") == str(16 * MIB)


def test_verifying_writes_nothing_and_makes_no_log(recorded, project):
    from watching import tree
    before = tree(recorded.state)
    assert recorded.run("audit", "verify").code == 0
    assert tree(recorded.state) == before
    missing = recorded.root / "no-such-state"
    done = recorded.run("audit", "verify", "--state", missing)
    assert done.code in (2, 9), done
    assert not missing.exists()


def test_a_state_directory_may_stand_where_its_owner_cannot_list(project, cache, as_nobody):
    project.target("cache-1", cache.url, env="dev")
    closed = project.root / "closed"
    (closed / "state").mkdir(parents=True)
    if as_nobody:
        shutil.chown(closed / "state", 65534, 65534)
    closed.chmod(0o711 if as_nobody else 0o311)
    done = project.run("run", "limit", "--yes", "--state", closed / "state", before=as_nobody)
    closed.chmod(0o755)
    assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done
