"""A real systemd for the tests: a manager of its own, as of a user who is logged in, with units that the test writes."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from servers import wait_until

# systemd takes the control group that it is in, with all that is in it, for its own: so it gets one. It runs as a user's
# manager only where the system seems to have been booted with one.
BEGIN = """
[ -e /sys/fs/cgroup/cgroup.procs ] && trees=/sys/fs/cgroup || trees=$(echo /sys/fs/cgroup/*)
for tree in $trees; do
  [ -e $tree/cgroup.procs ] && mkdir -p $tree/$GROUP && echo $$ >$tree/$GROUP/cgroup.procs
done
grep -E '(name=systemd|^0:):' /proc/self/cgroup | grep -qv "/$GROUP$" && echo "it would take in what is not its own" && exit 1
mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && mkdir /run/systemd/system
exec /usr/lib/systemd/systemd --user --unit=basic.target
"""


CGROUPS = pathlib.Path("/sys/fs/cgroup")
TREES = [CGROUPS] if (CGROUPS / "cgroup.procs").exists() else [tree for tree in CGROUPS.iterdir() if tree.is_dir()]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Systemd:
    """`bin` holds a systemctl and a systemd-run that ask this manager, and a journalctl whose journal is empty.

    `before` is the program that it is started through: what it starts itself is where that leads.
    """

    def __init__(self, folder, before=()):
        self.folder = pathlib.Path(folder)
        self.units, self.bin, self.run = (self.folder / name for name in ("units", "bin", "run"))
        for place in (self.units, self.bin, self.run):
            place.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)
        self.group = f"runbook-test-{os.getpid()}"
        self.unit("basic.target", Unit={"Description": "all there is"})
        where = f"export XDG_RUNTIME_DIR={self.run} SYSTEMD_UNIT_PATH={self.units}:{self.run}/systemd/transient HOME={self.folder}"
        self.write_program("systemctl", f'{where}\nexec /usr/bin/systemctl --user "$@"')
        self.write_program("systemd-run", f'export XDG_RUNTIME_DIR={self.run}\nexec /usr/bin/systemd-run --user "$@"')
        self.write_program("journalctl", "exit 0")
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.run), "SYSTEMD_UNIT_PATH": f"{self.units}:{self.run}/systemd/transient", "GROUP": self.group}
        log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([*before, "unshare", "--mount", "sh", "-c", BEGIN], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_until(lambda: self.ctl("is-active", "basic.target").stdout == "active\n", f"systemd: {(self.folder / 'log').read_text()}")

    def write_program(self, name, text):
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.bin / name).chmod(0o755)

    def unit(self, name, **sections):
        """Writes a unit: {section: {key: value}}."""
        text = "".join(f"[{section}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()) for section, keys in sections.items())
        (self.units / name).write_text(text)

    def redis(self, name, port, *options):
        """A redis-server as a unit, which answers when this returns."""
        words = " ".join(["/usr/bin/redis-server", "--port", str(port), "--save", '""', *options])
        self.unit(name, Service={"ExecStart": words, "WorkingDirectory": str(self.folder)})
        self.ctl("daemon-reload")
        assert self.ctl("start", name).returncode == 0
        wait_until(lambda: listens(port), "the unit answers")

    def says(self, *entries):
        """What its journal says from now on, to whoever asks for what: {a word of the question: an entry}."""
        lines = "".join(f"  *'{word}'*) echo '{json.dumps(entry)}' ;;\n" for word, entry in entries)
        self.write_program("journalctl", f'case " $* " in\n{lines}esac')

    def ctl(self, *words):
        return subprocess.run([self.bin / "systemctl", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def show(self, unit, name):
        return self.ctl("show", "-P", name, unit).stdout.strip()

    def stop(self):
        """It and all that it started, which is what is in its control group."""
        self.process.kill()
        self.process.wait()
        for tree in TREES:
            for _ in range(100):
                left = [int(pid) for file in (tree / self.group).rglob("cgroup.procs") for pid in file.read_text().split()]
                if not left:
                    break
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.02)
            for folder in sorted((tree / self.group).rglob("*/"), reverse=True) if (tree / self.group).exists() else []:
                folder.rmdir()
            with contextlib.suppress(FileNotFoundError):
                (tree / self.group).rmdir()
