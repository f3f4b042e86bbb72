"""One run of the audit log as one file, for somebody who has nothing else."""

import json
import subprocess

import pytest

from project import CATALOGUE
from terminal import APPROVE, CHOOSE, LIMIT, Terminal

MIB = 1 << 20
VERIFY_EXPORT = CATALOGUE.parent / "scripts" / "verify-export"


@pytest.fixture
def exported(project, cache, tmp_path):
    """A run that changed something while another one looked; and its export with evidence, far from the state directory."""
    session = Terminal(project, "run", "limit").see(CHOOSE).answer("1").see(LIMIT).answer().see(APPROVE)
    project.run_id = project.last_run()
    assert project.run("run", "limit", "--dry-run").code == 0
    assert session.answer("yes").end() == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.file = elsewhere / "run.jsonl"
    done = project.run("audit", "export", project.run_id, "--with-evidence", "--to", project.file)
    assert done.code == 0, done
    project.elsewhere = elsewhere
    return project


def verified(project, file, *words):
    """Exit code and words of both verifiers, of which neither has the state directory."""
    ours = project.run("audit", "verify", "--export", file, "--state", project.elsewhere / "none", *words)
    other = subprocess.run([VERIFY_EXPORT, file], capture_output=True, text=True, timeout=60)
    assert ours.code == other.returncode, (ours, other)
    return ours


def test_an_export_verifies_alone_and_holds_the_run_and_no_other(exported):
    done = verified(exported, exported.file)
    own = [record for record in exported.records() if record["run"] == exported.run_id]
    assert (done.code, f"{len(own)} records of run {exported.run_id}" in done.out, "the run ended: verified" in done.out) == (0, True, True), done
    told = verified(exported, exported.file, "-o", "json").json
    assert (told["records"], told["first"], told["until"], told["hash"]) == (len(own), own[0]["n"], own[-1]["n"], own[-1]["hash"])
    assert told["others"] == own[-1]["n"] - own[0]["n"] + 1 - len(own) > 0
    assert told["evidence"] == len({record["data"]["sha256"] for record in own if record["type"] == "EVIDENCE"}) > 0
    lines = [json.loads(line) for line in exported.file.read_text().splitlines()]
    assert [line for line in lines if isinstance(line.get("data"), dict)] == own
    assert all(isinstance(line["data"], str) for line in lines if line.get("run") not in (exported.run_id, None))
    assert not (exported.elsewhere / "none").exists()


def test_without_evidence_it_goes_to_stdout(exported):
    done = exported.run("audit", "export", exported.run_id)
    plain = exported.elsewhere / "plain.jsonl"
    plain.write_text(done.out)
    assert verified(exported, plain).code == 0 and '"base64"' not in done.out


def test_a_change_of_any_line_and_a_cut_at_any_line_is_seen_by_both(exported):
    """Each byte: tests/unit/safety/export_test.cc; with the key at hand: tests/fault/test_verifiers.py."""
    sound = exported.file.read_bytes()
    lines = sound.splitlines(keepends=True)
    damaged = exported.elsewhere / "damaged.jsonl"
    for at in range(0, len(lines), 3):
        line = bytearray(lines[at])
        line[len(line) // 2] ^= 1
        for content in (b"".join(lines[:at]), b"".join([*lines[:at], bytes(line), *lines[at + 1:]])):
            damaged.write_bytes(content)
            done = verified(exported, damaged)
            assert (done.code, "damaged.jsonl" in done.err) == (9, True), done


def test_what_is_not_there_is_told(exported):
    for words, said in ((["audit", "export", "no-such-run"], "the log has no run no-such-run"),
                        (["audit", "export", exported.run_id, "--to", exported.file], "File exists"),
                        (["audit", "verify", "--export", exported.elsewhere / "none"], "No such file")):
        done = exported.run(*words)
        assert (done.code in (1, 2), said in done.err) == (True, True), done
    piece = next(record["data"]["sha256"] for record in exported.records("EVIDENCE"))
    (exported.state / "evidence" / piece).unlink()
    done = exported.run("audit", "export", exported.records("RUN_START")[0]["run"], "--with-evidence")
    assert (done.code != 0, done.out, piece[:12] in done.err) == (True, "", True), done
