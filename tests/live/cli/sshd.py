"""Real sshds for the tests: on loopback, with host keys, users' keys and known hosts of their own, stopped by their pid."""

import getpass
import os
import pathlib
import signal
import socket
import subprocess

from servers import free_port, wait_until

USER = getpass.getuser()


def keygen(path, kind="ed25519", passphrase=""):
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def fingerprint(public_key):
    return subprocess.run(["ssh-keygen", "-lf", str(public_key)], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]


class Sshd:
    """An sshd on one port of several addresses; `settings` are lines of its sshd_config. Who has the key `user` may log in.

    `path` is where its commands are looked for. The level keeps bash from reading ~/.bashrc, which is not the tests' to know.
    """

    def __init__(self, folder, *settings, addresses=("127.0.0.1",), host_keys=("ed25519",), user_key="ed25519", path="/usr/bin:/bin", before=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.addresses, self.port, self.settings = addresses, free_port(), (f"SetEnv SHLVL=2 PATH={path}", *settings)
        self.host_keys = [keygen(self.folder / f"host_{kind}", kind) for kind in host_keys]
        self.user_key = keygen(self.folder / "user", user_key)
        (self.folder / "authorized_keys").write_text((self.folder / "user.pub").read_text())
        self.write_known_hosts()
        self.write_client_config()
        self.before = list(before)  # the program that it is started through
        self.process = None
        self.start()

    def write_known_hosts(self):
        lines = [f"[{address}]:{self.port} {key.with_suffix('.pub').read_text()}" for address in self.addresses for key in self.host_keys]
        (self.folder / "known_hosts").write_text("".join(lines))

    def write_client_config(self, *lines):
        (self.folder / "ssh_config").write_text("\n".join([
            f"UserKnownHostsFile {self.folder}/known_hosts", "GlobalKnownHostsFile none", f"IdentityFile {self.user_key}", "IdentitiesOnly yes",
            f"Port {self.port}", f"User {USER}", "IdentityAgent none", *lines, ""]))

    def start(self):
        if os.getuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)  # where its children are locked in
        config = [f"Port {self.port}", *(f"ListenAddress {address}" for address in self.addresses), *(f"HostKey {key}" for key in self.host_keys),
                  f"AuthorizedKeysFile {self.folder}/authorized_keys", "StrictModes no", "UsePAM no", "PasswordAuthentication no", "PidFile none",
                  "PermitRootLogin yes", "MaxStartups 600", "UseDNS no", "PrintMotd no", "PrintLastLog no", "LogLevel VERBOSE", *self.settings]
        (self.folder / "sshd_config").write_text("\n".join(config) + "\n")
        log = open(self.folder / "sshd.log", "ab")
        self.process = subprocess.Popen([*self.before, "/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "sshd_config")], stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log)
        log.close()
        for address in self.addresses:
            wait_until(lambda address=address: self.listens(address), f"sshd on {address}:{self.port}\n{self.log()}")

    def listens(self, address):
        with socket.socket() as probe:
            return probe.connect_ex((address, self.port)) == 0

    def log(self):
        return (self.folder / "sshd.log").read_text(errors="replace")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def end_sessions(self):
        """Ends every connection there is, as a host does that dies; new ones come about."""
        pid = self.process.pid
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def entry(self, name, address=None, **members):
        """The target in an inventory."""
        more = "".join(f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}\n" for key, value in members.items())
        return f'[targets.{name}]\nkind = "ssh"\naddress = "{address or self.addresses[0]}"\nssh_config = "{self.folder}/ssh_config"\n{more}\n'


class Fleet:
    """Many addresses of loopback on one port, with one host key and one user; an sshd listens on at most 16 of them."""

    def __init__(self, folder, addresses, *settings):
        self.first = Sshd(folder, *settings, addresses=addresses[:16])
        self.folder, self.port, self.user_key, self.addresses = self.first.folder, self.first.port, self.first.user_key, addresses
        key = self.first.host_keys[0].with_suffix(".pub").read_text()
        (self.folder / "known_hosts").write_text("".join(f"[{address}]:{self.port} {key}" for address in addresses))
        self.others = [self.another(number, addresses[number:number + 16]) for number in range(16, len(addresses), 16)]

    def another(self, number, addresses):
        config = [line for line in (self.folder / "sshd_config").read_text().splitlines() if not line.startswith("ListenAddress")]
        path = self.folder / f"sshd_config_{number}"
        path.write_text("\n".join([*config, *(f"ListenAddress {address}" for address in addresses), ""]))
        process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        for address in addresses:
            wait_until(lambda address=address: self.first.listens(address), f"sshd on {address}:{self.port}")
        return process

    def entry(self, name, address):
        return self.first.entry(name, address)

    def stop(self):
        self.first.stop()
        for process in self.others:
            process.terminate()
            process.wait()
