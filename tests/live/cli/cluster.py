"""Two nodes of a cluster: one sshd on two addresses, with a real systemd, whose network between nodes can be cut."""

from http_servers import Service
from servers import free_port
from sshd import Sshd
from systemd import Systemd

NODES = {"node-1": "127.0.0.1", "node-2": "127.0.0.2"}

# Each command knows by the address that was connected to which node it is on.
WHERE = 'node=$(echo $SSH_CONNECTION | cut -d" " -f3)\n'

NC = """[ ! -e {folder}/cut-$node -a ! -e {folder}/cut-off-$node ] || {{ echo "nc: connect to $4 port $5 (tcp) timed out" >&2; exit 1; }}
exec bash -c "exec 3<>/dev/tcp/$4/$5"
"""

IP = """[ -e {folder}/cut-$node ] && {{ echo 'Device "flannel.1" does not exist.' >&2; exit 1; }}
echo "flannel.1        UNKNOWN        7a:1c:9f:00:00:01 <BROADCAST,MULTICAST,UP,LOWER_UP>"
"""


class Cluster:
    """The inventory knows `node-1`, `node-2`, and `pod`, which both must reach. To restart k3s.service mends the network."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.systemd = Systemd(folder / "systemd")
        self.systemd.unit("k3s.service", Service={"ExecStartPre": f"/bin/sh -c 'rm -f {folder}/cut-*'", "ExecStart": "/bin/sleep 1000"})
        self.systemd.ctl("daemon-reload")
        self.systemd.ctl("start", "k3s.service")
        for name, text in (("nc", NC), ("ip", IP)):
            self.systemd.write_program(name, WHERE + text.format(folder=folder))
        self.pod = Service({"/": (200, {}, "here")})
        self.sshd = Sshd(folder / "sshd", addresses=tuple(NODES.values()), path=f"{self.systemd.bin}:/usr/bin:/bin")

    def declare(self, project, **members):
        for name, address in NODES.items():
            project.target(name, kind="ssh", address=address, ssh_config=str(self.sshd.folder / "ssh_config"), **members)
            del project.targets[name]["url"]
        project.target("pod", self.pod.url, kind="http", **members)

    inputs = ["-p", "nodes=node-1,node-2"]

    def cut(self, *names):
        for name in names:
            (self.folder / f"cut-{NODES[name]}").touch()

    def cut_with_link(self, name):
        """Its link is there, and nothing comes through."""
        (self.folder / f"cut-off-{NODES[name]}").touch()

    def stop_pod(self, project, **members):
        """Nothing listens any more where the pod was."""
        project.target("pod", f"http://127.0.0.1:{free_port()}", kind="http", **members)

    def in_public(self, text):
        place = self.pod.url.removeprefix("http://")
        return text.replace(place, "10.42.1.7:8080").replace(place.replace(":", " port "), "10.42.1.7 port 8080").replace(str(self.folder), "/etc/node")

    def stop(self):
        self.pod.stop()
        self.sshd.stop()
        self.systemd.stop()
