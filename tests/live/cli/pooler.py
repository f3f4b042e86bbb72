"""A real pgbouncer before a PostgreSQL, in its own folder, stopped by its pid. It refuses to run as root, as PostgreSQL does."""

import pathlib
import shutil
import signal
import subprocess
import tempfile

from postgres import AS_ROOT, owner
from servers import free_port, wait_until


class Pooler:
    """Listens on its own socket, or on loopback; `mode` is pgbouncer's pool_mode."""

    def __init__(self, server, mode="transaction", tcp=False, **settings):
        self.server, self.port, self.process = server, free_port(), None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="runbook-pooler-"))
        settings = {"listen_addr": "127.0.0.1" if tcp else "", "listen_port": self.port, "unix_socket_dir": self.folder, "auth_type": "trust",
                    "auth_file": self.folder / "users",
                    "pool_mode": mode, "logfile": self.folder / "log", "server_login_retry": 1, **settings}
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.folder / "pgbouncer.ini").write_text(f"[databases]\n* = host={server.folder} port={server.port}\n[pgbouncer]\n{lines}")
        (self.folder / "users").write_text("".join(f'"{role}" ""\n' for role in ("looker", "changer", "postgres")))
        if AS_ROOT:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", str(self.folder / "pgbouncer.ini")], cwd="/", start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner())
        wait_until(self.answers, f"pgbouncer in {self.folder} answers", 30)

    def answers(self):
        assert self.process.poll() is None, self.log()
        return subprocess.run(["/usr/lib/postgresql/15/bin/pg_isready", "-q", "-h", str(self.folder), "-p", str(self.port)], timeout=30).returncode == 0

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database="shop"):
        return f"postgresql:///{database}?host={self.folder}&port={self.port}"

    def fill(self, role, count):
        """Has it keep so many sessions of the server's for a role: as many transactions are open at once."""
        words = ["psql", "-X", "-h", str(self.folder), "-p", str(self.port), "-U", role, "-d", "shop", "-At"]
        sessions = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(count)]
        for session in sessions:
            session.stdin.write("BEGIN;\nSELECT 'open';\n")
            while session.stdout.readline() != "open\n":
                assert session.poll() is None, self.log()
        for session in sessions:
            session.communicate("COMMIT;\n", timeout=20)

    def in_public(self, text):
        return text.replace(str(self.folder), "/run/pgbouncer")

    def stop(self, keep=False):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
