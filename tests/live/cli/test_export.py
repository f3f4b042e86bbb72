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


@pytest.fixture
def careless(project, cache):
    """A run that kept, before it was declared, what is a secret now; and one word that nobody can tell."""
    cache.ask("SET", "note", "it is open-sesame-4711, or qT7xW2mP9vK4nR8sL1dZ6cB3")
    project.book("nosy", """
return playbook "nosy" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { note = see.redis(arg.redis):read { "GET", "note" } } end,
  diagnose = function(found) return healthy "ok" end }""")
    assert project.run("run", "nosy", "-n").code == 0
    project.secret("CAVE", "env:CAVE")
    project.run_id = project.last_run()
    return {"CAVE": "open-sesame-4711"}


def test_what_looks_like_a_secret_in_what_was_kept_is_listed_and_never_shown(project, careless):
    for words in (["evidence", "--scan"], ["evidence", project.run_id, "--scan"]):
        done = project.run(*words, env=careless)
        assert done.code == 11, done
        assert f"{project.run_id}  the reading note of cache-1: the secret CAVE" in done.out, done
        assert "open-sesame" not in done.out and "qT7xW2" not in done.out
    told = project.run("evidence", "--scan", "-o", "json", env=careless).json
    assert {one["shape"] for one in told} == {"the secret CAVE"} and all(one["run"] == project.run_id for one in told)
    told = project.run("evidence", "--scan", "-o", "json").json
    assert {one["shape"] for one in told} == {"a word that looks random"}, "while nobody knows that secret"


def test_a_scan_that_finds_nothing_ends_well(project, cache):
    assert project.run("run", "limit", "--dry-run").code == 0
    done = project.run("evidence", "--scan")
    assert (done.code, done.out, "nothing in 1 run looks like a secret" in done.err) == (0, "", True), done
    assert project.run("evidence", "--scan", "no-such-run").code == 2


def test_a_file_that_verifies_is_not_made_of_what_looks_like_a_secret(project, careless, tmp_path):
    file = tmp_path / "run.jsonl"
    words = ["audit", "export", project.run_id, "--with-evidence", "--to", file]
    done = project.run(*words, env=careless)
    assert done.code == 8 and not file.exists() and "2 things look like secrets, the first of them the secret CAVE in" in " ".join(done.err.split()), done
    assert "open-sesame" not in done.err and "--with-findings" in done.err
    assert project.run(*words, "--with-findings").code == 0 and project.run("audit", "verify", "--export", file).code == 0


def test_what_was_read_is_handed_on_as_it_may_be_seen_now(project, careless, tmp_path):
    folder = tmp_path / "handed-on"
    done = project.run("evidence", project.run_id, "--export", folder, env=careless)
    assert done.code == 8 and not folder.exists() and "a word that looks random in the reading note" in " ".join(done.err.split()), done
    done = project.run("evidence", project.run_id, "--export", folder, "--with-findings", env=careless)
    assert done.code == 0, done
    index = json.loads((folder / "index.json").read_text())
    entry, = index["readings"]
    assert (entry["name"], entry["as_it_was_kept"], len(entry["sha256"])) == ("note", False, 64)
    assert json.loads((folder / entry["file"]).read_text()) == "it is ‹secret:CAVE›, or qT7xW2mP9vK4nR8sL1dZ6cB3"
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    again = project.run("evidence", project.run_id, "--export", folder, "--with-findings", env=careless)
    assert again.code == 1 and "File exists" in again.err, again
