"""Fixtures for tests that look at hosts: sshds, the inventory that names them, and what a playbook read of them."""

import json

import pytest

from sshd import Sshd

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { host = input.ssh "the host" },
  evidence = function(see, arg) local host = see.host(arg.host); return { %s } end,
  diagnose = function() return finding("seen", "seen") end }"""


@pytest.fixture
def start(tmp_path, request):
    """Starts sshds that are stopped at the end of the test."""
    def start(*settings, name="sshd", **more):
        server = Sshd(tmp_path / name, *settings, **more)
        request.addfinalizer(server.stop)
        return server

    return start


@pytest.fixture
def declare(project):
    """Declares a host of that sshd in the inventory."""
    def declare(server, name="cache-host", address="127.0.0.1", **members):
        project.target(name, kind="ssh", address=address, ssh_config=str(server.folder / "ssh_config"), **members)
        del project.targets[name]["url"]
        project.write_inventory()

    return declare


@pytest.fixture
def look(project):
    """What the readings gave, by name; of one that failed, its error."""
    def look(readings, *words, book=BOOK, **more):
        project.book("looks", book % readings)
        done = project.run("run", "looks", "--dry-run", *words, **more)
        assert done.code in (0, 11), done
        found = {}
        for record in project.records("EVIDENCE"):
            data = record["data"]
            found[data["name"]] = data.get("error") or json.loads((project.state / "evidence" / data["sha256"]).read_bytes())
        return found

    return look
