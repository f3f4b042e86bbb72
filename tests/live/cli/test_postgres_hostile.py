"""PostgreSQL servers that are full, silent, strange or gone, and environments that would lead a client elsewhere."""

import shutil
import socket
import threading
import time

import pytest

from postgres import AS_ROOT
from servers import Certificates, free_port, wait_until

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { db = input.postgres "where" },
  evidence = function(see, arg) local db = see.postgres(arg.db); return { %s } end,
  diagnose = function(found) return finding("seen", "seen") end }"""


@pytest.fixture
def look(project):
    return lambda readings, **inputs: project.seen(BOOK % readings, **inputs)


def one(seen):
    return " ".join(str(seen["q"].get("error")).split()), seen["q"].get("code")


def peak_memory(pid, into):
    """The most memory that a process and its like ever had, until it ends."""
    while True:
        try:
            for line in open(f"/proc/{pid}/status", encoding="ascii"):
                if line.startswith("VmHWM:"):
                    into.append(int(line.split()[1]) * 1024)
        except OSError:
            return
        time.sleep(0.01)


def test_an_answer_without_end_is_cut_in_bounded_memory_and_costs_no_other_reading(project, shop):
    project.book("looks", BOOK % '''q = db:query "select repeat('x', 60000000) as x", r = db:query "select 1 as one",
        s = db:query "select repeat('y', 5000) as y from generate_series(1, 100000)",
        t = db:query("select repeat('z', 1000000) as z from generate_series(1, 10000)", {}, 10000)''')
    process, peaks = project.start("run", "looks", "--dry-run"), []
    watch = threading.Thread(target=peak_memory, args=(process.pid, peaks))
    watch.start()
    out, err = process.communicate(timeout=60)
    watch.join(10)
    read = {record["data"]["name"]: record["data"] for record in project.records("EVIDENCE")}
    assert read["q"]["error"]["code"] == "limit" and "larger than 8 MiB" in read["q"]["error"]["message"], (out, err)
    # 10 GB: the server collects what a cursor gives before it sends the first of it, and may run out of time at that.
    assert read["t"]["error"]["code"] in ("limit", "timeout"), (out, err)
    assert "sha256" in read["r"] and "sha256" in read["s"], read
    assert max(peaks) < 150 << 20, max(peaks)


def test_a_query_that_takes_too_long_is_given_up_by_the_server(project, shop, look):
    began = time.monotonic()
    error, code = one(look('q = db:query { sql = "select count(*) from generate_series(1, 100000000000)", within = 1 }'))
    assert code == "timeout" and "57014" in error and time.monotonic() - began < 10, error
    assert shop.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runbook'") == "0"


def test_a_lock_is_not_waited_for(project, shop, look):
    shop.sql("CREATE TABLE t (id int); GRANT SELECT ON t TO looker", database="shop", role="changer")
    holder = shop.session("BEGIN;", "LOCK TABLE t;")
    try:
        error, code = one(look('q = db:query "select * from t"'))
        assert code == "timeout" and "55P03" in error, error
    finally:
        holder.kill()
        holder.wait(10)


def test_bytes_that_no_text_has_are_told_as_such(project, shop, look):
    assert one(look('q = db:query("select $1", { "a\\0b" })'))[1] == "usage"
    error, code = one(look('q = db:query("select $1::text", { "a\\255b" })'))
    assert code == "remote" and "22021" in error, error


def test_a_server_that_dies_in_the_middle_is_unreachable(project, shop):
    project.book("looks", BOOK % 'q = db:query { sql = "select count(*) from generate_series(1, 100000000000)", within = 30 }')
    process = project.start("run", "looks", "--dry-run")
    wait_until(lambda: shop.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'runbook' AND state = 'active'") == "1", "it runs")
    shop.kill()
    out, err = process.communicate(timeout=20)
    assert process.returncode in (0, 11), (out, err)
    error = project.records("EVIDENCE")[-1]["data"]["error"]
    assert error["code"] in ("unreachable", "remote"), error


def test_a_server_that_says_nothing_costs_one_deadline(project, look):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        project.target("shop-db", f"postgresql://looker@127.0.0.1:{silent.getsockname()[1]}/shop", kind="postgres", tls="off")
        began = time.monotonic()
        seen = look("q = db:server(), r = db:connections(), s = db:blocking()")
        assert {value["code"] for value in seen.values()} == {"timeout"} and time.monotonic() - began < 9, seen


def test_where_nothing_listens_it_is_said(project, look):
    project.target("shop-db", f"postgresql://looker@127.0.0.1:{free_port()}/shop", kind="postgres", tls="off")
    error, code = one(look("q = db:server()"))
    assert code == "unreachable" and "Connection refused" in error, error


def test_when_no_connection_is_left_the_role_for_rescue_looks(project, start_postgres, look):
    server = start_postgres(max_connections=6, superuser_reserved_connections=3)
    project.target("shop-db", server.url(""), kind="postgres", user="looker", env="dev")
    sessions = [server.session(role="changer") for _ in range(3)]
    try:
        error, code = one(look("q = db:connections()"))
        assert code == "limit" and "53300" in error, error
        project.target("shop-db", server.url(""), kind="postgres", user="looker", rescue_user="postgres", env="dev")
        seen = look('q = db:connections(), w = db:query "select pg_terminate_backend(1)"')
        assert seen["q"]["used"] == 4 and seen["q"]["by_role"]["changer"] == 3 and seen["w"]["code"] == "refused", seen
    finally:
        for session in sessions:
            session.kill()
            session.wait(10)


@pytest.fixture
def over_tls(project, start_postgres, tmp_path):
    """A server that speaks TLS as localhost, and asks for a password."""
    certificates = Certificates(tmp_path / "tls")
    server = start_postgres(tcp=True, start=False)
    for name, file in (("server.crt", certificates.certificate), ("server.key", certificates.key)):
        shutil.copy(file, server.data / name)
        (server.data / name).chmod(0o600)
        if AS_ROOT:
            shutil.chown(server.data / name, "postgres", "postgres")
    with open(server.data / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("ssl = on\n")
    (server.data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    server.start()
    server.sql("CREATE ROLE looker LOGIN PASSWORD 'correct horse battery'; CREATE DATABASE shop")
    project.secret("DB", f"file:{tmp_path}/password")
    (tmp_path / "password").write_text("correct horse battery\n")
    server.certificates, server.place = certificates, f"postgresql://looker@localhost:{server.port}/shop"
    return server


def test_over_tcp_the_certificate_is_verified_in_full(project, over_tls, look):
    project.target("shop-db", over_tls.place, kind="postgres", password="DB", ca_file=over_tls.certificates.ca)
    assert look('q = db:query "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"')["q"]["rows"][0]["ssl"] is True
    project.target("shop-db", over_tls.place, kind="postgres", password="DB")
    error, code = one(look("q = db:server()"))
    assert code == "unreachable" and "certificate verify failed" in error, error
    project.target("shop-db", over_tls.place.replace("localhost", "127.0.0.1"), kind="postgres", password="DB", ca_file=over_tls.certificates.ca)
    error, code = one(look("q = db:server()"))
    assert code == "unreachable" and "does not match host name" in error, error
    project.target("shop-db", over_tls.place, kind="postgres", password="DB", tls="off")
    assert look('q = db:query "select ssl from pg_stat_ssl where pid = pg_backend_pid()"')["q"]["rows"][0]["ssl"] is False


def test_a_wrong_password_or_none_is_told_and_never_shown(project, over_tls, look, tmp_path):
    (tmp_path / "password").write_text("wrong horse battery\n")
    project.target("shop-db", over_tls.place, kind="postgres", password="DB", tls="off")
    error, code = one(look("q = db:server()"))
    assert code == "auth" and "28P01" in error and "horse" not in error, error
    project.target("shop-db", over_tls.place, kind="postgres", tls="off")
    error, code = one(look("q = db:server()"))
    assert code == "auth" and "no password supplied" in error, error
    passes = tmp_path / "pgpass"
    passes.write_text("*:*:*:looker:correct horse battery\n")
    passes.chmod(0o644)
    project.target("shop-db", over_tls.place, kind="postgres", pass_file=str(passes), tls="off")
    assert "may be read or written by others" in one(look("q = db:server()"))[0]
    passes.chmod(0o600)
    assert look("q = db:server()")["q"]["role"] == "looker"


def test_a_server_without_tls_is_no_reason_to_do_without(project, start_postgres, look):
    server = start_postgres(tcp=True)
    project.target("shop-db", f"postgresql://looker@localhost:{server.port}/shop", kind="postgres")
    error, code = one(look("q = db:server()"))
    assert code == "unreachable" and "does not support SSL" in error, error


def test_variables_and_files_of_the_user_lead_nowhere_else(project, shop, look):
    (project.home / ".pg_service.conf").write_text("[other]\nhost=192.0.2.1\n")
    (project.home / ".pgpass").write_text("*:*:*:*:wrong\n")
    environment = {"PGHOST": "192.0.2.1", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "postgres", "PGDATABASE": "postgres", "PGSERVICE": "other",
                   "PGOPTIONS": "-c default_transaction_read_only=off -c work_mem=1MB", "PGTZ": "Asia/Tokyo", "PGAPPNAME": "psql", "PGSSLMODE": "require"}
    project.book("looks", BOOK % 'q = db:query "select current_user::text as role, current_database()::text as name, current_setting(\'work_mem\') as mem"')
    done = project.run("run", "looks", "--dry-run", env=environment)
    assert done.code in (0, 11), done
    row = project.evidence(project.records("EVIDENCE")[-1]["data"]["sha256"])["rows"][0]
    assert row == {"role": "looker", "name": "shop", "mem": "4MB"}


@pytest.mark.parametrize("more, said", [
    ({"url": "postgresql://a:geheim@db/shop"}, "the url carries a password"), ({"url": "postgresql://db/shop?sslmode=disable"}, "takes no option sslmode"),
    ({"url": "mysql://db/shop"}, "begins with postgresql://"), ({"tls": "prefer"}, 'tls wants "off"'), ({"user": ""}, "names no role"),
    ({"rescue_password": {"secret": "DB"}}, "needs a rescue_user"), ({"kind": "redis", "url": "redis://a", "tls": "off"}, "only targets of the kind postgres"),
])
def test_an_entry_of_the_inventory_that_cannot_be_meant_is_refused(project, more, said):
    project.secret("DB", "env:DB")
    project.target("shop-db", **{"url": "postgresql://db/shop", "kind": "postgres", "user": "looker", **more})
    done = project.run("doctor")
    assert done.code == 2 and said in " ".join(done.err.split()) and "geheim" not in done.err, done
