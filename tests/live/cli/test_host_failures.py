"""Hosts that die, hang and cut the connection: told within the deadline, and no other host waits for them."""

import socket
import struct
import threading
import time

import pytest

from cut_wire import CutWire
from servers import free_port
from sshd import Sshd

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { hosts = input.ssh("the hosts"):many():default "kind:ssh" },
  evidence = function(see, arg) return { loads = parallel.map(arg.hosts, function(host) return see.host(host):load() end) } end,
  diagnose = function() return finding("seen", "seen") end }"""


@pytest.fixture
def server(tmp_path, request):
    server = Sshd(tmp_path / "sshd")
    request.addfinalizer(server.stop)
    return server


@pytest.fixture
def declare(project, server):
    """Declares hosts: name → port, each of which shows the sshd's key."""
    def declare(**ports):
        config = server.folder / "ssh_config"
        config.write_text(config.read_text().replace(f"Port {server.port}\n", ""))
        key = server.host_keys[0].with_suffix(".pub").read_text()
        (server.folder / "known_hosts").write_text("".join(f"[127.0.0.1]:{port} {key}" for port in ports.values()))
        for name, port in ports.items():
            project.target(name, f"ssh://127.0.0.1:{port}", kind="ssh", ssh_config=str(config))
        project.book("looks", BOOK)

    return declare


@pytest.fixture
def loads(project):
    """What was read of each host: its load, or the code of the error; and how long the run took."""
    def loads():
        begin = time.monotonic()
        done = project.run("run", "looks", "--dry-run")
        assert done.code in (0, 11), done
        records = [record["data"] for record in project.records("EVIDENCE")]
        return {data["target"]: data["error"]["code"] if "error" in data else "read" for data in records}, time.monotonic() - begin

    return loads


# Of what an sshd says: banner, keys, its key exchange, logins, the channel, the command's output, its end.
@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
def test_a_host_that_breaks_off_anywhere_is_told_and_another_is_read(project, server, declare, loads, request, silent):
    whole = CutWire(server.port)
    request.addfinalizer(whole.close)
    declare(host=whole.port)
    assert loads()[0] == {"host": "read"}
    limit = 1 if silent else 5
    project.configure(evidence=f"{limit}s")
    # How much there is differs by some hundred bytes from one login to the next.
    for after in [0, 1, 21, 100, *range(500, whole.passed - 300, 1000 if silent else 250)]:
        wire = CutWire(server.port, after, silent)
        project.targets.clear()
        declare(bad=wire.port, good=server.port)
        found, took = loads()
        wire.close()
        assert wire.reached.is_set(), f"{after} of {whole.passed} bytes"
        assert found["good"] == "read", (after, found)
        assert found["bad"] in ({"timeout", "cancelled"} if silent else {"unreachable"}), (after, found)
        assert took < limit + 4, (after, took)


def test_hosts_that_hang_keep_no_other_host_waiting(project, server, declare, loads, request):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)  # accepts, by the kernel, and says nothing
    request.addfinalizer(listener.close)
    hanging = {f"a{number:02}": CutWire(listener.getsockname()[1]) for number in range(20)}
    for wire in hanging.values():
        request.addfinalizer(wire.close)
    project.configure(evidence="6s")
    declare(**{name: wire.port for name, wire in hanging.items()}, **{f"z{number}": port for number, port in enumerate([server.port])})
    found, took = loads()
    assert found["z0"] == "read", found
    assert {found[name] for name in hanging} <= {"timeout", "cancelled"} and took < 10, (found, took)


def test_a_host_at_which_nobody_listens_costs_no_time(server, declare, loads):
    declare(dead=free_port(), good=server.port)
    found, took = loads()
    assert found == {"dead": "unreachable", "good": "read"} and took < 5, (found, took)


def disagreeable():
    """A host that says which algorithms it has, none of which anybody knows, and closes at once."""
    lists = b"".join(struct.pack(">I", len(name)) + name for name in [b"none-of-yours"] * 8 + [b"", b""])
    payload = b"\x14" + bytes(16) + lists + bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 4
    packet = struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                peer.sendall(b"SSH-2.0-odd\r\n" + packet)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass

    threading.Thread(target=answer, daemon=True).start()
    return server


def test_a_host_that_closes_for_want_of_a_common_algorithm_is_tried_by_the_systems_ssh(project, server, declare, loads):
    with disagreeable() as host:
        declare(odd=host.getsockname()[1])
        loads()
        error = project.records("EVIDENCE")[-1]["data"]["error"]
    assert error["message"].startswith("ssh to 127.0.0.1"), error
