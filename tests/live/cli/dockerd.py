"""A real Docker Engine for the tests: its own folder, its own socket, images made here, all of it gone at the end.

No registry is asked and no network is touched: containers share the host's network or have none. It needs root, and
the packages docker.io and busybox-static."""

import contextlib
import ctypes
import functools
import http.client
import io
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import tarfile
import time
import urllib.parse
import urllib.request

from servers import free_port, wait_until

LAB = pathlib.Path(__file__).resolve().parent / "lab"
NAMESPACE_OF_TESTS = "runbook-tests"
TOOLS = ("sh", "cat", "echo", "sleep", "wget", "ps", "df", "ls", "env", "head", "touch", "yes", "mv", "rm", "wc")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class DockerError(Exception):
    pass


class Docker:
    """dockerd, and what the tests themselves ask of it: plain requests, no client."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = str(self.folder / "docker.sock")
        (self.folder / "daemon.json").write_text("{}")
        argv = ["/usr/sbin/dockerd", "-H", self.url, "--data-root", str(self.folder / "data"), "--exec-root", str(self.folder / "exec"),
                "--pidfile", str(self.folder / "pid"), "--config-file", str(self.folder / "daemon.json"), "--bridge=none",
                "--iptables=false", "--ip-masq=false", "--shutdown-timeout", "1", "--containerd-namespace", NAMESPACE_OF_TESTS,
                "--containerd-plugins-namespace", NAMESPACE_OF_TESTS + "-plugins", *map(str, options)]
        self.argv = argv
        self.start()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            preexec_fn=_end_with_the_tests)
        wait_until(self._answers, "dockerd is up", 30)

    def kill(self):
        """It dies where it stands. Its containers run on, until it is there again."""
        self.process.kill()
        self.process.wait(timeout=10)

    def revive(self):
        """It is there again. Its containerd may need a second try, as systemd would give it."""
        for _ in range(3):
            if self.process.poll() is None:
                return
            with contextlib.suppress(AssertionError):
                self.start()

    @property
    def url(self):
        return f"unix://{self.socket}"

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError, http.client.HTTPException, DockerError):
            return self.ask("GET", "/_ping") == b"OK"

    def ask(self, method, path, body=None, **query):
        """The answer: of JSON its value, of anything else its bytes. Raises DockerError when it is none of 2xx."""
        headers = {}
        if isinstance(body, dict):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        connection = _UnixConnection(self.socket)
        try:
            connection.request(method, path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else ""), body, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise DockerError(f"{method} {path}: {response.status} {answer.decode(errors='replace')}")
        with contextlib.suppress(ValueError):
            return json.loads(answer)
        return answer

    def add_image(self, name, files, env=(), command=None, labels=None):
        """Imports an image `repository:tag` of {path in it: file, bytes or, to link to, a text}; gives its id."""
        repository, tag = name.rsplit(":", 1)
        changes = [f"ENV {pair}" for pair in env] + [f"LABEL {key}={value}" for key, value in (labels or {}).items()]
        changes += [f"CMD {json.dumps(command)}"] if command else []
        done = self.ask("POST", "/images/create", _tar(files), fromSrc="-", repo=repository, tag=tag, changes=changes)
        assert b"error" not in (done if isinstance(done, bytes) else json.dumps(done).encode()), done
        return self.ask("GET", f"/images/{name}/json")["Id"]

    def run(self, name, image="lab/service:1", *, command=None, env=None, labels=None, memory=0, health=None, restart="no", tty=False,
            log_driver="json-file", network="host", mounts=(), start=True):
        """Creates and starts a container. `health`: the argv of a health check that runs each second. One of that name is replaced."""
        with contextlib.suppress(DockerError):
            self.ask("DELETE", f"/containers/{name}", force=1)
        host = {"NetworkMode": network, "Memory": memory, "RestartPolicy": {"Name": restart}, "LogConfig": {"Type": log_driver},
                "Binds": list(mounts)}
        body = {"Image": image, "Env": [f"{key}={value}" for key, value in (env or {}).items()], "Labels": labels or {}, "Tty": tty,
                "HostConfig": host}
        if command:
            body["Cmd"] = list(command)
        if health:
            body["Healthcheck"] = {"Test": ["CMD", *health], "Interval": 10**9, "Timeout": 10**9, "Retries": 1}
        self.ask("POST", "/containers/create", body, name=name)
        container = Container(self, name)
        if start:
            container.start()
        return container

    def service(self, name, image="lab/service:1", *, env=None, health=True, port=None, **more):
        """A container with the lab's service, which answers at `.url`. With a health check of its own."""
        port = port or free_port()
        probe = ["/bin/wget", "-q", "-O", "-", f"http://127.0.0.1:{port}/health"]
        container = self.run(name, image, env={"PORT": port, **(env or {})}, health=probe if health else None, **more)
        container.port, container.url = port, f"http://127.0.0.1:{port}"
        if more.get("start", True):
            wait_until(container.listens, f"{name} listens")
        return container

    def redis(self, name, *options, **more):
        """A container with a Redis on loopback, which answers at `.url`."""
        port = free_port()
        argv = ["redis-server", "--save", "", "--bind", "127.0.0.1", "--port", str(port), *options]
        container = self.run(name, "lab/redis:7", command=argv, **more)
        container.port, container.url = port, f"redis://127.0.0.1:{port}"
        wait_until(container.listens, f"{name} listens")
        return container

    def clear(self):
        """Removes every container and network, and every image that is not the lab's."""
        for container in self.ask("GET", "/containers/json", all=1):
            with contextlib.suppress(DockerError):
                self.ask("DELETE", f"/containers/{container['Id']}", force=1, v=1)
        for network in self.ask("GET", "/networks"):
            with contextlib.suppress(DockerError):  # those that docker has by itself stay
                self.ask("DELETE", f"/networks/{network['Id']}")
        for image in self.ask("GET", "/images/json"):
            for tag in [tag for tag in image["RepoTags"] or [] if tag != "<none>:<none>"] or [image["Id"]]:
                if tag not in self.lab:
                    with contextlib.suppress(DockerError):
                        self.ask("DELETE", f"/images/{tag}", force=1)

    def stop(self):
        with contextlib.suppress(OSError, DockerError):
            self.lab = ()
            self.clear()
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
        mounts = [line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((mount for mount in mounts if mount.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    lab = ("lab/service:1", "lab/service:2", "lab/bare:1", "lab/redis:7")

    def _seconds_of(self, image):
        """When it was made; the engine lists images by whole seconds."""
        return self.ask("GET", f"/images/{image}/json")["Created"][:19]

    def add_service(self, name, env=(), newer_than=None):
        """An image with the lab's service and busybox; its tag is its VERSION."""
        tag = name.rsplit(":", 1)[1]
        files = {**self.tools(), "service": self.folder / "service"}
        make = functools.partial(self.add_image, name, files, [f"VERSION={tag}", *env], ["/service"], {"org.opencontainers.image.version": tag})
        make()
        if newer_than:
            wait_until(lambda: self._seconds_of(name) > self._seconds_of(newer_than) or not make(), f"{name} is newer than {newer_than}")

    def tools(self):
        tools = {"bin/busybox": pathlib.Path("/bin/busybox"), "bin/nc": self.folder / "nc", "etc/passwd": b"root:x:0:0::/:/bin/sh\n", "tmp/.keep": b""}
        return tools | {f"bin/{tool}": "busybox" for tool in TOOLS}

    def make_lab(self):
        """lab/service:1 and :2 differ in VERSION and have busybox; lab/bare:1 is the service and nothing else; lab/redis:7 a Redis."""
        program = self.folder / "service"
        for name in ("service", "nc"):
            argv = ["g++", "-std=c++20", "-O1", "-static", "-o", str(self.folder / name), str(LAB / f"{name}.cc"), "-lcrypto"]
            made = subprocess.run(argv, capture_output=True, text=True, timeout=60)
            assert made.returncode == 0, made.stderr  # that a static program looks names up through shared libraries is said, too
        self.add_service("lab/service:1")
        self.add_service("lab/service:2", newer_than="lab/service:1")
        self.add_image("lab/bare:1", {"service": program}, command=["/service"])
        redis = {path.lstrip("/"): pathlib.Path(path) for path in _with_libraries("redis-server", "redis-cli")}
        self.add_image("lab/redis:7", {**self.tools(), **redis}, command=["redis-server", "--save", ""])
        self.clear()  # images that lost their name to a newer one


class Container:
    """A container by its name, which stays when it is replaced."""

    def __init__(self, docker, name):
        self.docker, self.name = docker, name

    def ask(self, method, what, body=None, **query):
        return self.docker.ask(method, f"/containers/{self.name}/{what}", body, **query)

    def start(self):
        self.ask("POST", "start")

    def stop(self, seconds=1):
        self.ask("POST", "stop", t=seconds)

    def remove(self):
        self.docker.ask("DELETE", f"/containers/{self.name}", force=1)

    def inspect(self):
        return self.ask("GET", "json")

    def logs(self):
        """What it wrote, with the frames' headers still in between."""
        said = self.ask("GET", "logs", stdout=1, stderr=1)
        return said.decode(errors="replace") if isinstance(said, bytes) else str(said)

    def state(self):
        return self.inspect()["State"]

    def wait(self, status, seconds=15):
        """Until its status ("exited") or its health ("unhealthy") is this."""
        def reached():
            state = self.state()
            return status in (state["Status"], state.get("Health", {}).get("Status"))
        wait_until(reached, f"{self.name} is {status}", seconds)
        return self

    def says(self, *argv):
        """What a command inside it writes."""
        made = self.ask("POST", "exec", {"AttachStdout": True, "AttachStderr": True, "Tty": True, "Cmd": list(argv)})["Id"]
        said = self.docker.ask("POST", f"/exec/{made}/start", {"Detach": False, "Tty": True})
        return said.decode().replace("\r", "")

    def listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True

    def get(self, path):
        """The status and the body that its service answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def _end_with_the_tests():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: dockerd ends in order, and its containers with it


def _tar(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = 0o755, int(time.time())
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                tar.addfile(entry)
                continue
            data = content if isinstance(content, bytes) else pathlib.Path(content).resolve().read_bytes()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _with_libraries(*programs):
    """The paths of these programs, of the libraries they load and of the loader."""
    for program in programs:
        path = shutil.which(program)
        yield path
        listed = subprocess.run(["ldd", path], check=True, capture_output=True, text=True, timeout=20).stdout
        yield from {word for line in listed.splitlines() for word in line.split() if word.startswith("/")}
