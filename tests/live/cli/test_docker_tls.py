"""A Docker Engine that asks for a certificate: which one is shown, and what is said when it is not taken."""

import os

import pytest

from dockerd import Docker
from servers import Certificates, free_port

BOOK = """
return playbook "look" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.docker "the engine" },
  evidence = function(see, arg) return { version = see.docker(arg.it):version() } end,
  diagnose = function(found) return healthy "looked" end,
}
"""


@pytest.fixture
def ours(tmp_path):
    return Certificates(tmp_path / "ours")


@pytest.fixture
def url(tmp_path_factory, ours):
    """Where an engine listens that lets in who shows a certificate of its authority."""
    port = free_port()
    engine = Docker(tmp_path_factory.mktemp("tls"), "-H", f"tcp://127.0.0.1:{port}", "--tlsverify", "--tlscacert", ours.ca,
                    "--tlscert", ours.certificate, "--tlskey", ours.key)
    yield f"tcp://localhost:{port}"
    engine.stop()


def test_an_engine_that_asks_for_a_certificate_is_shown_ours(project, tmp_path, ours, url):
    def version(**members):
        project.target("docker-1", url, kind="docker", ca_file=ours.ca, **members)
        return project.seen(BOOK, it="docker-1")["version"]

    assert version(cert_file=ours.certificate, key_file=ours.key)["api"] == "1.41"
    assert "error" in version()
    told = " ".join(project.run("doctor").out.split())
    assert "does it ask for a certificate (cert_file and key_file)?" in told, told
    other = Certificates(tmp_path / "other")
    assert "error" in version(cert_file=other.certificate, key_file=other.key)
    assert "cannot be used" in version(cert_file=ours.certificate, key_file=other.key)["error"]
    os.chmod(ours.key, 0o644)
    assert "may be read or written by others" in version(cert_file=ours.certificate, key_file=ours.key)["error"]


def test_a_certificate_without_its_key_and_one_for_what_is_no_engine_are_refused(project, ours):
    project.target("docker-1", "tcp://localhost:1", kind="docker", cert_file=ours.certificate)
    project.book("look", BOOK)
    done = project.run("run", "look", "--dry-run", "-p", "it=docker-1")
    assert done.code == 2 and "has cert_file without the other" in done.err, done
    project.target("docker-1", "redis://localhost:1", kind="redis", cert_file=ours.certificate, key_file=ours.key)
    done = project.run("run", "look", "--dry-run", "-p", "it=docker-1")
    assert done.code == 2 and "is shown to a Docker Engine only" in done.err, done
