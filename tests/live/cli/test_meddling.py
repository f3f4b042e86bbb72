"""A worker that lies, or is not one: whatever comes over the channel, only what was approved is done."""

import os
import pathlib
import re
import shutil

import pytest

from project import BIN
from watching import READS

MIB = 1 << 20
ROUNDS = 400 if os.environ.get("RUNBOOK_BUDGET") else 12
GOOD, CHANGED = {0, 1, 2, 4, 5, 8, 11}, {"config|set"}


@pytest.fixture
def meddler(project, cache, tmp_path):
    """A program folder whose worker meddles; gives a function that runs `limit` with it, on the approval of the honest plan."""
    project.target("cache-1", cache.url, env="dev")
    digest = project.plan("limit", "raise-limit")
    project.configure(phase="1s", evidence="1s")
    folder = tmp_path / "program"
    folder.mkdir()
    shutil.copy(BIN / "runbook", folder / "runbook")
    shutil.copy(BIN / "runbook-worker", folder / "real-worker")
    shutil.copy(pathlib.Path(__file__).with_name("meddling_worker.py"), folder / "runbook-worker")
    (folder / "runbook-worker").chmod(0o755)

    def run(what, seed=0):
        (folder / "meddling").write_text(f"{what} {seed}")
        (folder / "meddled").unlink(missing_ok=True)
        cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
        before = cache.counts()
        words = ["run", "limit", "-p", "redis=cache-1", "--mitigate", "raise-limit", "--approve", digest]
        done = project.run(*words, program=folder / "runbook", timeout=120)
        assert done.code in GOOD, (what, seed, done)
        assert cache.arrived_since(before) <= READS | CHANGED, (what, seed, done)
        raised = cache.config("maxmemory") == str(32 * MIB)
        assert raised or cache.config("maxmemory") == str(16 * MIB), (what, seed, done)
        assert all(record["data"]["digest"].startswith(digest) for record in project.records("INTENT"))
        assert "\x1b" not in done.out + done.err and len(done.out + done.err) < 1_000_000, (what, seed, done)
        return done, raised, (folder / "meddled").exists()

    return run


def test_without_meddling_the_folder_works(project, meddler):
    done, raised, meddled = meddler("swap", 1)  # there is no redis.pong; the ping alone is lost
    assert meddled and "redis.pong" in done.out + done.err, done


@pytest.mark.parametrize("what", ["flip", "swap", "length", "noise"])
def test_whatever_the_worker_says_only_what_was_approved_is_done(project, meddler, what):
    meddlings = outcomes = 0
    for seed in range(ROUNDS):
        done, raised, meddled = meddler(what, seed)
        meddlings += meddled
        outcomes += done.code != 0
    assert meddlings > ROUNDS // 3 and outcomes > 0, (meddlings, outcomes)
    assert project.run("audit", "verify").code == 0


@pytest.mark.parametrize("what", ["twice", "flood", "nothing"])
def test_a_worker_that_speaks_out_of_turn_floods_or_dies_is_told(project, meddler, what):
    done, raised, meddled = meddler(what)
    assert meddled and not raised and done.code in (1, 2), done
    assert re.search(r"the standard library failed|sent more than 10000 messages|took longer than 1 s|worker", done.err), done
