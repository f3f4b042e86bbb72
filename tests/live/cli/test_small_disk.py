"""A real file system that is full to the last block: a tmpfs of 4 MiB in a mount namespace of its own."""

import json
import os
import subprocess

import pytest

from terminal import APPROVE, CHOOSE, LIMIT, Terminal
from watching import READS

MIB = 1 << 20


class SmallDisk:
    """The project's state directory, on a disk that can be filled. Only what is started through `words` sees it."""

    def __init__(self, project):
        self.project = project
        project.state.mkdir()
        own_user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        mount = f"mount -t tmpfs -o size=4m,mode=700 tmpfs '{project.state}' && echo mounted && exec cat"
        self.keeper = subprocess.Popen(["unshare", "--mount", *own_user, "sh", "-c", mount], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
        assert self.keeper.stdout.readline() == "mounted\n", "neither root nor a user namespace can mount a tmpfs here"
        joined = ["--user", "--preserve-credentials"] if own_user else []
        self.words = ["nsenter", f"--target={self.keeper.pid}", "--mount", *joined, "env", f"--chdir={project.root}"]

    def shell(self, command):
        return subprocess.run([*self.words, "sh", "-c", command], capture_output=True, text=True, timeout=60)

    def fill(self):
        for size in ("64k", "4k", "1"):
            done = self.shell(f"dd if=/dev/zero of=state/filler bs={size} oflag=append conv=notrunc")
            assert "No space left on device" in done.stderr, done
        assert self.free() == 0

    def free(self):
        return int(self.shell("stat -f -c %a state").stdout)

    def records(self, *types):
        records = [json.loads(line) for line in self.shell("cat state/audit/001.log").stdout.splitlines()]
        return [record for record in records if record["type"] in types]

    def run(self, *words):
        return self.project.run(*words, before=self.words)

    def end(self):
        self.keeper.stdin.close()
        self.keeper.wait(timeout=10)


@pytest.fixture
def disk(project):
    disk = SmallDisk(project)
    yield disk
    disk.end()


@pytest.mark.parametrize("used_before", [False, True])
def test_on_a_full_disk_looking_goes_on_and_changes_do_not(project, cache, disk, used_before):
    project.target("cache-1", cache.url, env="dev")
    if used_before:
        assert disk.run("run", "limit", "--dry-run").code == 0
    disk.fill()
    before = cache.counts()
    live = disk.run("run", "limit", "--yes")
    assert live.code in (8, 9) and "small" in live.out and "No space left on device" in live.err, live
    assert cache.arrived_since(before) <= READS and cache.config("maxmemory") == str(16 * MIB)
    dry = disk.run("run", "limit", "--dry-run")
    # What was seen before is stored already, and its records lie in the reserve.
    assert (dry.code, "small" in dry.out, "NOT" in dry.err) == (0, True, not used_before), dry
    disk.shell("rm state/filler")
    assert disk.run("run", "limit", "--yes").code == 0 and cache.config("maxmemory") == str(32 * MIB)
    assert disk.run("audit", "verify").code == 0


def test_a_change_that_was_approved_before_the_disk_filled_up_is_recorded_to_its_end(project, cache, disk):
    """INTENT and OUTCOME lie in the reserve that was taken before the question."""
    session = Terminal(project, program=project.argv("run", "limit", before=disk.words))
    session.see(CHOOSE).answer("1").see(LIMIT).answer().see(APPROVE)
    disk.fill()
    code = session.answer("yes").end()
    assert cache.config("maxmemory") == str(32 * MIB), session.text
    assert [record["data"]["status"] for record in disk.records("OUTCOME")] == ["applied"] and len(disk.records("INTENT")) == 1
    assert code == 0 and "NOT STORED" in session.text, session.text
    assert disk.free() == 0 and disk.run("audit", "verify").code == 0
