"""Real PostgreSQL servers for the tests, each in its own folder, on a unix socket or loopback TCP, and stopped by its pid.

They refuse to run as root, so a test run by root gives them to the user whom Debian's package makes.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from servers import free_port, wait_until

BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")
AS_ROOT = os.geteuid() == 0


def owner():
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if AS_ROOT else {}


def run(*argv, **more):
    return subprocess.run([str(word) for word in argv], check=True, capture_output=True, timeout=60, cwd="/", **owner(), **more)


class Template:
    """A fresh database cluster, made once and copied for each server: initdb takes most of a second."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="runbook-pg-"))
        if AS_ROOT:
            shutil.chown(self.folder, "postgres", "postgres")
        run(BINARIES / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-N", "--locale=C.UTF-8", "-E", "UTF8")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres:
    """A server with a superuser `postgres`, and roles `looker` (pg_monitor) and `changer` that own nothing at first; `words` stand on its command line."""

    def __init__(self, template, tcp=False, start=True, words=(), **settings):
        self.make_folder(words)
        run("cp", "-a", template.folder / "data", self.data)
        self.configure(tcp, settings)
        if start:
            self.start()
            self.sql("CREATE ROLE looker LOGIN; GRANT pg_monitor TO looker; CREATE ROLE changer LOGIN; CREATE DATABASE shop OWNER changer")

    def make_folder(self, words=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="runbook-pg-"))
        if AS_ROOT:
            shutil.chown(self.folder, "postgres", "postgres")
        self.data, self.process, self.port, self.more_words = self.folder / "data", None, free_port(), words

    def configure(self, tcp, settings):
        settings = {"unix_socket_directories": f"'{self.folder}'", "listen_addresses": "'127.0.0.1'" if tcp else "''", "port": self.port,
                    "fsync": "off", "max_connections": 40, "log_statement": "'all'", "logging_collector": "off", **settings}
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("".join(f"{name} = {value}\n" for name, value in settings.items()))

    def start(self):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([str(BINARIES / "postgres"), "-D", str(self.data), *self.more_words], stdout=log, stderr=log, cwd="/",
                                        start_new_session=True, **owner())
        log.close()
        wait_until(self.answers, f"PostgreSQL in {self.folder} answers", 30)

    def answers(self):
        assert self.process.poll() is None, self.log()
        return subprocess.run([str(BINARIES / "pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)], timeout=30).returncode == 0

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def url(self, role="looker", database="shop"):
        return f"postgresql://{role}{'@' if role else ''}/{database}?host={self.folder}&port={self.port}"

    @property
    def words(self):
        return ["psql", "-X", "-h", str(self.folder), "-p", str(self.port)]

    def sql(self, text, database="postgres", role="postgres", **more):
        """What a statement prints, unaligned; several run one after the other, each for itself."""
        done = subprocess.run([*self.words, "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1", "-At"], input=text.encode(),
                              capture_output=True, timeout=60, **more)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def session(self, *statements, database="shop", role="changer"):
        """Somebody who has sent these statements, and stays connected; `session.stdin` takes more."""
        session = subprocess.Popen([*self.words, "-U", role, "-d", database, "-At"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, bufsize=1)
        for statement in (*statements, "\\echo ready"):
            session.stdin.write(statement + "\n")
        session.stdin.flush()
        for line in session.stdout:
            if line == "ready\n":
                break
        return session

    def kill(self):
        """As a crash does: no session is told."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (self.process.pid, *map(int, children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(10)

    def stop(self, keep=False):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(20)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
