"""Real redis-servers for the tests, each in its own folder, on loopback or a unix socket, and stopped by its pid."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import time


def wait_until(condition, what, seconds=10):
    """Polls the condition until it is true, and gives what it gave; fails after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisError(Exception):
    pass


class Connection:
    """A connection that speaks RESP2: just enough to ask a server for its own truth."""

    def __init__(self, where):
        family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(10)
        self.socket.connect(where)
        self.stream = self.socket.makefile("rb")

    def close(self):
        self.stream.close()
        self.socket.close()

    def send(self, *argv):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in argv]
        frame = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        self.socket.sendall(frame)

    def receive(self):
        line = self.stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.stream.read(int(rest) + 2)[:-2]
        assert kind == b"*", line
        return None if rest == b"-1" else [self.receive() for _ in range(int(rest))]

    def ask(self, *argv):
        self.send(*argv)
        reply = self.receive()
        if isinstance(reply, RedisError):
            raise reply
        return reply


class Redis:
    """A redis-server on a unix socket; with `port` on loopback TCP too, with `tls` (a Certificates) on TLS instead."""

    def __init__(self, folder, *options, port=None, tls=None, password=None, config=None, wait=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = str(self.folder / "redis.sock")
        self.port, self.tls, self.password = port, tls, password
        # By its whole path: a server tells where it was started, and worlds are recorded from these.
        argv = [shutil.which("redis-server"), *([str(config)] if config else []), "--unixsocket", self.socket, "--dir", str(self.folder),
                "--save", "", "--daemonize", "no"]
        argv += ["--bind", "127.0.0.1", "--port", str(port or 0) if not tls else "0"]
        if tls:
            argv += ["--tls-port", str(port), "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key]
            argv += ["--tls-ca-cert-file", tls.ca, "--tls-auth-clients", "no"]
        if password:
            argv += ["--requirepass", password]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([*argv, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.own = None
        wait_until(self._answers if wait else self._accepts, f"redis-server in {self.folder} is up")

    def _accepts(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError):
            Connection(self.socket).close()
            return True
        return False

    def _answers(self):
        if not self._accepts():
            return False
        self.own = self.connect()
        return True

    @property
    def url(self):
        if self.tls:
            return f"rediss://localhost:{self.port}"
        return f"redis://127.0.0.1:{self.port}" if self.port else f"unix://{self.socket}"

    def connect(self):
        connection = Connection(self.socket)
        if self.password:
            connection.ask("AUTH", self.password)
        return connection

    def ask(self, *argv):
        return self.own.ask(*argv)

    def config(self, name="*"):
        """A setting as text, or all of them by name."""
        flat = [word.decode() for word in self.ask("CONFIG", "GET", name)]
        settings = dict(zip(flat[::2], flat[1::2]))
        return settings if name == "*" else settings[name]

    def counts(self):
        """How often each command arrived, also those that failed or were rejected: {"config|get": 3, …}."""
        counts = {}
        for line in self.ask("INFO", "commandstats").decode().splitlines():
            if line.startswith("cmdstat_"):
                name, fields = line[len("cmdstat_"):].split(":", 1)
                numbers = dict(field.split("=") for field in fields.split(","))
                counts[name] = int(numbers["calls"]) + int(numbers["rejected_calls"])
        return counts

    def arrived_since(self, before):
        """The names of the commands that arrived since `before` (an earlier counts()); INFO is always among them."""
        return {name for name, count in self.counts().items() if count > before.get(name, 0)}

    def fill_up(self):
        """Writes 8 KiB values, many at a time, until the server refuses them."""
        connection, value, refused, key = self.connect(), b"v" * 8192, False, 0
        while not refused:
            assert key < 10_000, "it is never full"
            for _ in range(50):
                connection.send("SET", f"session:{key}", value)
                key += 1
            refused = any(isinstance(connection.receive(), RedisError) for _ in range(50))
        connection.close()

    def stop(self):
        if self.own:
            self.own.close()
        self.process.kill()
        self.process.wait(timeout=10)


class Certificates:
    """A CA of our own and a certificate for localhost."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.ca, self.certificate, self.key = (str(folder / name) for name in ("ca.crt", "server.crt", "server.key"))
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        run = lambda *argv: subprocess.run(["openssl", *argv], check=True, capture_output=True, timeout=20)
        run("req", "-x509", *new_key, "-days", "2", "-subj", "/CN=test CA", "-keyout", str(folder / "ca.key"), "-out", self.ca)
        run("req", *new_key, "-subj", "/CN=localhost", "-keyout", self.key, "-out", str(folder / "server.csr"))
        (folder / "names").write_text("subjectAltName=DNS:localhost\n")
        run("x509", "-req", "-in", str(folder / "server.csr"), "-CA", self.ca, "-CAkey", str(folder / "ca.key"), "-CAcreateserial",
            "-days", "2", "-extfile", str(folder / "names"), "-out", self.certificate)
