"""A host whose logs lie on a small disk of their own: a real sshd in a mount namespace, with a tmpfs at /var/log."""

import pathlib
import subprocess

from sshd import Sshd

MIB = 1 << 20

# As journalctl of a host whose journal is a file of that disk; the one that belongs to this machine is not the tests' to shorten.
JOURNAL = r"""#!/bin/sh
journal=/var/log/journal/system.journal
case "$*" in
  *--vacuum-size=*) : >$journal; echo "Vacuuming done, freed 12.0M of archived journals." >&2 ;;
  *--disk-usage*) echo "Archived and active journals take up $(( $(stat -c %s $journal 2>/dev/null || echo 0) / 1048576 )).0M in the file system." ;;
esac
"""


class SmallHost:
    """`size` and `inodes`: of the disk at /var/log, which nobody but this host sees."""

    def __init__(self, folder, size="16m", inodes=1000):
        bin = pathlib.Path(folder) / "bin"
        bin.mkdir(parents=True)
        (bin / "journalctl").write_text(JOURNAL)
        (bin / "journalctl").chmod(0o755)
        mount = f"mount -t tmpfs -o size={size},nr_inodes={inodes},mode=755 tmpfs /var/log && echo mounted && exec cat"
        self.keeper = subprocess.Popen(["unshare", "--mount", "sh", "-c", mount], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.keeper.stdout.readline() == "mounted\n"
        self.words = ["nsenter", f"--target={self.keeper.pid}", "--mount"]
        self.sshd = Sshd(pathlib.Path(folder) / "sshd", path=f"{bin}:/usr/bin:/bin", before=self.words)
        self.folder = self.sshd.folder

    def shell(self, command):
        return subprocess.run([*self.words, "sh", "-c", command], capture_output=True, text=True, check=True).stdout

    def write(self, name, mib, last="the last line"):
        """A file below /var/log of so many MiB, of lines."""
        self.shell(f"mkdir -p $(dirname /var/log/{name}); yes 'a line of what somebody says' | head -c {int(mib * MIB)} >/var/log/{name}; echo >>/var/log/{name}; echo '{last}' >>/var/log/{name}")

    def size(self, name):
        return int(self.shell(f"stat -c %s /var/log/{name}"))

    def stop(self):
        self.sshd.stop()
        self.keeper.kill()
        self.keeper.wait()
