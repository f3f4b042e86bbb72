"""TCP, unix sockets and TLS, end to end; and what is said when the way is barred."""

import pytest

from servers import Certificates, free_port

MIB = 1 << 20
FULL = ["--maxmemory", "16mb"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def dry_live_undo(project, server):
    before = server.config()
    digest = project.plan("limit", "raise-limit")
    assert project.run("run", "limit", "--approve", digest).code == 0
    assert server.config("maxmemory") == str(32 * MIB)
    run = project.last_run()
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert project.run("undo", run, "--approve", plan["digest"], "--confirm", "cache-1", "--reason", "a test").code == 0
    assert server.config() == before


def test_a_unix_socket_works_end_to_end(project, start_redis):
    server = start_redis(*FULL)
    project.target("cache-1", server.url)
    dry_live_undo(project, server)


def test_tcp_works_end_to_end(project, start_redis):
    server = start_redis(*FULL, port=free_port())
    project.target("cache-1", server.url)
    dry_live_undo(project, server)


def test_tls_with_a_pinned_ca_works_end_to_end(project, start_redis, certificates):
    server = start_redis(*FULL, port=free_port(), tls=certificates)
    project.target("cache-1", server.url, ca_file=certificates.ca)
    dry_live_undo(project, server)


def test_tls_with_a_password_and_a_user_works(project, start_redis, certificates):
    server = start_redis(*FULL, port=free_port(), tls=certificates, password="right-password")
    project.target("cache-1", server.url, ca_file=certificates.ca, password="CACHE", user="default")
    project.secret("CACHE", "env:CACHE")
    done = project.run("run", "limit", "--dry-run", env={"CACHE": "right-password"})
    assert (done.code, "Plan raise-limit" in done.out) == (0, True), done


def test_a_certificate_of_another_ca_is_refused(project, start_redis, certificates, tmp_path):
    server = start_redis(*FULL, port=free_port(), tls=certificates)
    other = Certificates(tmp_path / "other")
    for members in ({"ca_file": other.ca}, {}):
        project.target("cache-1", server.url, password="CACHE", **members)
        project.secret("CACHE", "env:CACHE")
        before = server.counts()
        done = project.run("run", "limit", "--dry-run", env={"CACHE": "never-sent-to-strangers"})
        assert "certificate" in done.out and "unclear" in done.out, done
        assert server.arrived_since(before) == {"info"}


def test_a_certificate_for_another_name_is_refused(project, start_redis, certificates):
    server = start_redis(*FULL, port=free_port(), tls=certificates)
    project.target("cache-1", f"rediss://127.0.0.1:{server.port}", ca_file=certificates.ca)
    before = server.counts()
    done = project.run("run", "limit", "--dry-run")
    assert "certificate" in done.out or "name" in done.out, done
    assert server.arrived_since(before) == {"info"}


def test_a_ca_file_that_is_not_there_is_named(project, start_redis, certificates):
    server = start_redis(*FULL, port=free_port(), tls=certificates)
    project.target("cache-1", server.url, ca_file="/no/such/ca.crt")
    done = project.run("run", "limit", "--dry-run")
    assert "/no/such/ca.crt" in done.out + done.err, done


def test_plain_text_to_a_tls_port_and_tls_to_a_plain_one_end_in_words(project, start_redis, certificates):
    secure, plain = start_redis(port=free_port(), tls=certificates), start_redis(port=free_port())
    for url in (f"redis://127.0.0.1:{secure.port}", f"rediss://localhost:{plain.port}"):
        project.target("cache-1", url, ca_file=certificates.ca)
        done = project.run("run", "limit", "--dry-run")
        assert (done.code, "Unclear" in done.out) == (0, True), done


def test_a_database_of_its_own_is_selected(project, start_redis):
    server = start_redis(port=free_port())
    connection = server.connect()
    connection.ask("SELECT", "3")
    connection.ask("SET", "feed:1", "v")
    project.target("cache-1", server.url + "/3")
    found = project.run("run", "redis-cache-key", "-p", "key=feed:1", "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in found["findings"]] == ["present"]
