"""A host behind a real ufw: a network of its own, which one reaches by one wire, with a real sshd and a real systemd in it.

Its /etc/ufw, /etc/systemd/system and /run are its own, too, so that nothing of this machine's is touched. systemd runs there as a user's
manager, so systemctl and systemd-run are small programs on the PATH that ask that one (systemd.py); what its timers start is
in the same network.
"""

import itertools
import os
import pathlib
import re
import shutil
import subprocess

from servers import free_port, wait_until
from sshd import Sshd
from systemd import Systemd

BEGIN = """
set -e
mount -t tmpfs tmpfs /run
mkdir /run/sshd
mount --bind $UFW /etc/ufw
mount --bind $UNITS /etc/systemd/system
ip link set lo up
echo ready
exec cat
"""

WEB = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "3"); self.end_headers(); self.wfile.write(b"ok\\n")
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Answer).serve_forever()
"""

NUMBERS = itertools.count(os.getpid())


class WalledHost:
    """`here` is the address that this machine has on the wire, `address` that of the host, which lets in who comes to its sshd.

    Without `active` ufw is there and not enabled; without `systemd` no systemd runs there.
    """

    def __init__(self, folder, active=True, systemd=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        shutil.copytree("/etc/ufw", self.folder / "ufw")
        (self.folder / "systemd" / "units").mkdir(parents=True)
        number = next(NUMBERS)
        net, self.wire = f"10.{98 + number // 250 % 100}.{number % 250}", f"rb{number}"
        self.here, self.address = f"{net}.1", f"{net}.2"
        self.keeper = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-c", BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       env={**os.environ, "UFW": str(self.folder / "ufw"), "UNITS": str(self.folder / "systemd" / "units"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        assert self.keeper.stdout.readline() == "ready\n"
        self.words = ["nsenter", f"--target={self.keeper.pid}", "--net", "--mount"]
        subprocess.run(["ip", "link", "add", self.wire, "type", "veth", "peer", "name", "eth0", "netns", str(self.keeper.pid)], check=True)
        subprocess.run(["ip", "address", "add", f"{self.here}/24", "dev", self.wire], check=True)
        subprocess.run(["ip", "link", "set", self.wire, "up"], check=True)
        self.shell(f"ip address add {self.address}/24 dev eth0 && ip link set eth0 up")
        self.systemd = Systemd(self.folder / "systemd", before=self.words) if systemd else None
        before = f"{self.systemd.bin}:" if systemd else ""
        self.sshd = Sshd(self.folder / "sshd", addresses=(self.address,), path=f"{before}/usr/sbin:/usr/bin:/sbin:/bin", before=self.words)
        self.others, self.ports = [], []
        self.ufw("allow", f"{self.sshd.port}/tcp")
        if active:
            self.ufw("--force", "enable")

    def shell(self, command):
        done = subprocess.run([*self.words, "sh", "-c", command], capture_output=True, text=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        assert done.returncode == 0, done
        return done.stdout

    def ufw(self, *words):
        return self.shell(" ".join(["ufw", *(f"'{word}'" for word in words)]))

    @property
    def rules(self):
        """As ufw keeps them: [what stands in its file for IPv4, what in that for IPv6]."""
        return [re.findall(r"^### tuple ### (.*)$", (self.folder / "ufw" / name).read_text(), re.MULTILINE) for name in ("user.rules", "user6.rules")]

    def timers(self):
        """The units of this program that its systemd knows."""
        return re.findall(r"runbook-ufw-\S+", self.systemd.ctl("list-units", "--all", "--plain", "--no-legend", "runbook-ufw-*").stdout)

    def declare(self, project, **members):
        """It is web-1 of the inventory."""
        project.targets["web-1"] = {"kind": "ssh", "address": self.address, "ssh_config": str(self.sshd.folder / "ssh_config"), **members}
        project.write_inventory()

    def web(self, port=None):
        """A service of its own that answers to HTTP, if ufw lets who asks; its port."""
        port = port or free_port()
        self.others.append(subprocess.Popen([*self.words, "python3", "-c", WEB, str(port)], stdin=subprocess.DEVNULL))
        wait_until(lambda: f":{port} " in self.shell("ss -ltn"), "it listens")
        return port

    def in_public(self, text):
        """The same with the addresses and ports of a host like any."""
        for number, port in enumerate(self.ports):
            text = text.replace(str(port), str(8080 + number)) if port > 1024 else text
        text = text.replace(str(self.sshd.folder), "/etc/ssh").replace(str(self.sshd.port), "22")
        return text.replace(self.address, "10.0.0.2").replace(self.here, "10.0.0.1")

    def stop(self):
        for process in self.others:
            process.terminate()
            process.wait()
        self.sshd.stop()
        if self.systemd:
            self.systemd.stop()
        subprocess.run(["ip", "link", "delete", self.wire], check=True)
        self.keeper.kill()
        self.keeper.wait()
