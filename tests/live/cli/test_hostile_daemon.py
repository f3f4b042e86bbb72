"""A Docker Engine that lies: what it answers costs bounded memory and time, and nothing of it reaches a terminal as it is."""

import contextlib
import itertools
import json
import os
import socket
import struct
import threading
import time

import pytest

from project import HERE

VERSION = json.dumps({"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10.24"}).encode()
INSPECT = json.dumps({"Id": "1", "Name": "/web", "State": {"Status": "running", "Running": True}, "Config": {"Tty": False, "Env": ["A=b"]},
                      "HostConfig": {"LogConfig": {"Type": "json-file"}, "NetworkMode": "none"}}).encode()


class Daemon:
    """Answers requests over a unix socket from a table: path without version and query → bytes, or an iterator of them."""

    def __init__(self, folder, answers):
        self.path, self.asked = str(folder / "docker.sock"), []
        self.answers = {"/version": VERSION, "/containers/web/json": INSPECT, "/_ping": b"OK", **answers}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client, client.makefile("rb") as stream:
            while line := stream.readline():
                method, target, _ = line.decode().split(" ", 2)
                size = 0
                while (header := stream.readline().strip()):
                    if header.lower().startswith(b"content-length:"):
                        size = int(header.split(b":")[1])
                stream.read(size)
                path = target.split("?")[0].removeprefix("/v1.41")
                self.asked.append(f"{method} {path}")
                answer = self.answers.get(path, b'{"message":"no such thing"}')
                client.sendall(b"HTTP/1.1 %d X\r\nContent-Type: x\r\nDate: Sat, 21 Nov 2026 12:40:01 GMT\r\n" % (200 if path in self.answers else 404))
                if isinstance(answer, bytes):
                    client.sendall(b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
                    continue
                client.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
                for piece in answer():
                    client.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
                client.sendall(b"0\r\n\r\n")

    def close(self):
        self.listener.close()


@pytest.fixture
def lying(project, tmp_path):
    """Starts such a daemon as docker-1, with the container web; gives it."""
    started = []

    def start(answers):
        daemon = Daemon(tmp_path, answers)
        started.append(daemon)
        project.target("docker-1", f"unix://{daemon.path}", kind="docker")
        project.targets["web"] = {"kind": "container", "engine": "docker-1", "name": "web", "env": "prod"}
        project.write_inventory()
        return daemon

    yield start
    for daemon in started:
        daemon.close()


LOOK = """
return playbook "look" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { web = input.container "c", docker = input.docker "d" },
  evidence = function(see, arg) local web, docker = see.container(arg.web), see.docker(arg.docker) return { it = %s } end,
  diagnose = function(found) print(inspect(found.it)) return healthy "looked" end,
}
"""


def frame(text, size=None):
    return struct.pack(">BxxxI", 1, len(text) if size is None else size) + text


def endless():
    line = frame(b"2026-11-21T12:40:01.000000000Z " + b"x" * 8000 + b"\n")
    return itertools.repeat(line * 16)


def stalls():
    yield frame(b"2026-11-21T12:40:01.000000000Z begun\n")
    time.sleep(60)


def looked(project, reading):
    """What one reading came to: (value or error, seconds, MiB that the engine needed at most)."""
    project.book("look", LOOK % reading)
    peak, begun = project.root / "peak", time.monotonic()
    done = project.run("run", "look", "--dry-run", before=["/usr/bin/python3", str(HERE / "peak.py"), str(peak)], timeout=120)
    took = time.monotonic() - begun
    assert done.code in (0, 11), done
    records = [record["data"] for record in project.records("EVIDENCE") if record["run"] == project.last_run()]
    seen = project.evidence(records[0]["sha256"]) if "sha256" in records[0] else records[0]["error"]["message"]
    return seen, took, int(peak.read_text()) / 1024, (done.out + done.err).encode()


@pytest.mark.parametrize("what,log,says,seconds", [
    ("a frame of 4 GiB", frame(b"ten bytes!", size=2**32 - 1), "ended in the middle of a frame", 5),
    ("no frames", b"plain text that has no frames at all", "no stream of docker's frames", 5),
    ("a log without end", endless, "its log is larger than 48 MiB", 15),
    ("a log that stalls", stalls, "said nothing for 5", 8)], ids=["4-gib", "no-frames", "endless", "stalls"])
def test_a_log_that_lies_costs_bounded_memory_and_time(project, lying, what, log, says, seconds):
    lying({"/containers/web/logs": log})
    error, took, mebibytes, _ = looked(project, "web:logs()")
    assert says in error, what
    assert took < seconds and mebibytes < (1500 if "asan" in os.environ.get("RUNBOOK_BIN", "") else 300)


@pytest.mark.parametrize("body", [b"[" * 10**6, b'{"State":' * 10**6, b'{"a":"' + b"x" * (9 << 20) + b'"}', b"not json", b"", b"\xff\xfe{}"],
                         ids=["lists", "tables", "large", "text", "empty", "bytes"])
def test_json_that_lies_is_an_error(project, lying, body):
    lying({"/containers/web/json": body})
    error, took, mebibytes, _ = looked(project, "web:state()")
    assert isinstance(error, str) and took < 5 and mebibytes < 300


def test_a_state_of_other_types_is_a_state(project, lying):
    lying({"/containers/web/json": b'{"State":[],"Config":7,"HostConfig":{"Memory":"x"},"Mounts":{},"Name":{}}'})
    state, _, _, _ = looked(project, "web:state()")
    assert state["running"] is False and state["mounts"] == []


def test_names_with_escapes_do_not_reach_the_terminal(project, lying):
    evil = "\x1b]0;owned\x07\x1b[2J\u202ename"
    lying({"/containers/json": json.dumps([{"Names": ["/" + evil], "State": evil, "Command": evil}]).encode()})
    seen, _, _, said = looked(project, "docker:ps()")
    assert seen["containers"][0]["name"] == evil
    assert b"\x1b]" not in said and b"\x07" not in said and "\u202e".encode() not in said


@pytest.mark.parametrize("name", ["../../containers/web/kill", "a/start?x=", "x\r\nX-Evil: 1", "", "%2e%2e"])
def test_an_id_that_is_a_path_leads_nowhere(project, lying, name):
    daemon = lying({"/containers/web/exec": json.dumps({"Id": name}).encode()})
    error, _, _, _ = looked(project, 'web:exec_read { "ps" }')
    assert isinstance(error, str)
    assert [asked for asked in daemon.asked if asked.startswith("POST")] == ["POST /containers/web/exec"]


@pytest.mark.parametrize("version,says", [
    (b'{"ApiVersion":"1.52","MinAPIVersion":"1.44"}', "speaks versions 1.44 to 1.52 of Docker's API; here 1.35 to 1.41 are spoken"),
    (b'{"ApiVersion":"1.24"}', "speaks versions 1.0 to 1.24"), (b"<html>", "this is no Docker Engine"),
    (b'{"ApiVersion":"1.41/../.."}', "this is no Docker Engine")])
def test_a_version_that_is_not_spoken_is_an_error_that_says_so(project, lying, version, says):
    daemon = lying({"/version": version})
    error, _, _, _ = looked(project, "web:state()")
    assert says in error
    assert daemon.asked == ["GET /version"]
