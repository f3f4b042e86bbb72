"""Looking at services over HTTP: what they answer, what they say of their health, and that nothing leaves for anywhere else."""

import json
import socket

import pytest

from http_servers import Service, nginx
from servers import Certificates, free_port

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { api = input.http "the api" },
  evidence = function(see, arg) local api, health = see.http(arg.api), see.health(arg.api); return { %s } end,
  diagnose = function(found) return finding("seen", "seen") end }"""


@pytest.fixture
def start(request):
    """Starts services that are stopped at the end of the test."""
    def start(pages=None, **more):
        service = Service(pages, **more)
        request.addfinalizer(service.stop)
        return service

    return start


@pytest.fixture
def look(project):
    """What the readings of a playbook that makes them gave, by name; of one that failed, its error."""
    def look(readings, *words, program="runbook", **more):
        project.book("looks", BOOK % readings)
        done = project.run("run", "looks", "--dry-run", *words, program=program, **more)
        assert done.code in (0, 11), done
        found = {}
        for record in project.records("EVIDENCE"):
            data = record["data"]
            found[data["name"]] = data.get("error") or json.loads((project.state / "evidence" / data["sha256"]).read_bytes())
        return found

    return look


def test_an_answer_has_its_status_headers_body_and_times(project, start, look):
    page = (200, [("Content-Type", "application/json; charset=utf-8"), ("X-Two", "a"), ("X-Two", "b")], json.dumps({"n": 1, "list": [1, 2]}))
    api = start({"/base/state": page})
    project.target("api", api.url + "/base", kind="http")
    found = look('state = api:get("/state"), head = api:head("/state"), gone = api:get("/gone")')
    state = found["state"]
    assert (state["status"], state["json"], state["headers"]["x-two"], state["size"]) == (200, {"n": 1, "list": [1, 2]}, ["a", "b"], len(page[2]))
    assert set(state["timing"]) == {"resolved", "connected", "secured", "first_byte", "total"} and state["timing"]["total"] > 0
    assert (found["head"]["status"], found["head"]["body"], found["gone"]["status"]) == (200, "", 404)
    assert sorted(api.asked()) == ["GET /base/gone", "GET /base/state", "HEAD /base/state"]


def test_a_real_nginx_is_read_and_its_redirect_is_the_answer(project, look, tmp_path, request):
    server = nginx(tmp_path / "nginx", "location /old { return 301 http://127.0.0.1:1/new; }")
    request.addfinalizer(server.stop)
    project.target("api", server.url, kind="http")
    found = look('page = api:get("/"), old = api:get("/old")')
    assert (found["page"]["status"], found["page"]["body"]) == (200, "hello\n")
    assert (found["old"]["status"], found["old"]["location"]) == (301, "http://127.0.0.1:1/new")


def test_credentials_of_the_inventory_go_along_and_are_never_seen(project, start, look):
    echo = lambda request: (200, {"Set-Cookie": "session=4711abcdef"}, {"heard": request["headers"].get("Authorization"), "note": "kept"})
    api = start({"/": echo})
    project.secret("TOKEN", "env:TOKEN")
    for members, sent in (({"token": {"secret": "TOKEN"}}, "Bearer a-token-of-tests"),
                          ({"user": "ops", "password": "TOKEN"}, "Basic b3BzOmEtdG9rZW4tb2YtdGVzdHM=")):
        project.target("api", api.url, kind="http", **members)
        found = look('page = api:get("/")', env={"TOKEN": "a-token-of-tests"})
        assert api.heard[-1]["headers"]["Authorization"] == sent
        assert found["page"]["json"]["note"] == "kept"
        for path in project.state.rglob("*"):
            if path.is_file() and "keys" not in path.parts:
                kept = path.read_bytes()
                assert b"a-token-of-tests" not in kept and sent.split()[1].encode() not in kept and b"4711abcdef" not in kept, path


def test_a_service_that_no_connection_leads_to_is_asked_once(project, request):
    silent = socket.create_server(("127.0.0.1", 0))  # its handshake never comes
    request.addfinalizer(silent.close)
    project.target("api", f"https://127.0.0.1:{silent.getsockname()[1]}", kind="http")
    project.book("looks", BOOK.replace("return { %s }", """
      local first = api:get "/a"
      first:value_or(nil)
      return { first = first, second = api:get "/b", third = health:deep "/c" }"""))
    assert project.run("run", "looks", "--dry-run").code == 0
    said = [record["data"]["error"]["message"] for record in project.records("EVIDENCE")]
    assert len(said) == 3 and len(set(said)) == 1 and "no connection to https://127.0.0.1" in said[0], said
    silent.settimeout(0)
    silent.accept()
    with pytest.raises(BlockingIOError):
        silent.accept()


def test_tls_is_verified_against_the_ca_that_the_target_pins(project, start, look, tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    api = start({"/": (200, {}, "secure")}, tls=certificates)
    project.target("api", api.url, kind="http", ca_file=certificates.ca)
    found = look('page = api:get("/")')
    assert found["page"]["body"] == "secure" and found["page"]["timing"]["secured"] > 0
    project.target("api", api.url, kind="http")
    assert "certificate" in json.dumps(look('page = api:get("/")')["page"])


@pytest.mark.parametrize("path", ["/../admin", "/%2e%2E/admin", "/x/..;a/y", "//evil:1/", "/a%2f..%2fadmin", "/%252e%252e/admin", "x", "/a b",
                                  "/a\\r\\nHost: evil", "@evil/", "/a\\\\b", "/a#b", ""])
def test_a_path_of_a_playbook_does_not_leave_the_url_of_the_target(project, start, look, path):
    api = start()
    project.target("api", api.url + "/base", kind="http")
    found = look(f'page = api:get("{path}"), head = api:head("{path}")')
    assert "path" in json.dumps(found["page"]), found
    assert api.heard == []


def test_a_read_is_asked_again_only_when_that_is_wanted(project, start, look):
    def third_time(request):
        return (200, {}, "here") if len(api.asked("GET")) > 2 else (503, {}, "busy") if len(api.asked("GET")) > 1 else None

    api = start({"/": third_time})
    project.target("api", api.url, kind="http")
    found = look('page = api:get { path = "/", retries = 2 }')
    assert (found["page"]["body"], found["page"]["tries"]) == ("here", 3)
    api.heard.clear()
    assert "closed the connection" in json.dumps(look('page = api:get("/")')["page"]) and len(api.heard) == 1


def test_what_an_author_gets_wrong_is_said(project, start, look):
    api = start()
    project.target("api", api.url, kind="http")
    found = look('a = api:get { path = "/", deadline = "soon" }, b = api:get { path = "/", retries = 9 }, '
                 'c = api:get { path = "/", headers = { Authorization = "x" } }, d = api:get { path = "/", headers = { A = "b\\r\\nC: d" } }, '
                 'e = health:deep(), f = api:get { path = "/", headers = { ["X-HTTP-Method-Override"] = "DELETE" } }')
    for name, words in (("a", "deadline"), ("b", "retries"), ("c", "not a playbook's to set"), ("f", "not a playbook's to set"), ("d", "characters"), ("e", "api has no health path")):
        assert words in json.dumps(found[name]), found[name]
    assert api.heard == []


HEALTH = {"status": "DOWN", "components": {"db": {"status": "UP", "details": {"database": "PostgreSQL"}},
                                         "redis": {"status": "DOWN", "details": {"error": "Connection refused"}}}}


def test_a_health_document_says_which_component_is_down(project, start, look):
    api = start({"/deep": (503, {}, HEALTH), "/plain": (200, {}, "OK"), "/broken": (200, {"Content-Type": "application/json"}, "{")})
    project.target("api", api.url, kind="http", health="/deep")
    found = look('deep = health:deep(), plain = health:deep("/plain"), broken = health:deep("/broken")')
    deep = found["deep"]
    assert (deep["status"], deep["down"], deep["http_status"]) == ("down", ["redis"], 503)
    assert deep["components"]["redis"] == {"status": "down", "error": "Connection refused"}
    assert (found["plain"]["status"], found["plain"]["down"]) == ("up", [])
    assert "malformed JSON" in json.dumps(found["broken"])


def test_a_url_on_the_command_line_can_be_looked_at(project, start, look):
    api = start({"/": (200, {}, "hello")})
    for program in ("runbook", "runbook-dryonly"):
        assert look('page = api:get("/")', "-p", f"api={api.url}", program=program)["page"]["body"] == "hello"
    done = project.run("run", "looks", "--dry-run", "-p", "api=redis://127.0.0.1:1")
    assert done.code == 2 and "http://host:port or https://host:port" in done.err, done


def test_the_doctor_and_the_page_for_doing_it_by_hand_know_http(project, start):
    api = start({"/deep": (200, {}, HEALTH)})
    project.secret("TOKEN", "env:TOKEN")
    project.target("api", api.url + "/", kind="http", health="/deep", token={"secret": "TOKEN"})
    project.target("gone", f"http://127.0.0.1:{free_port()}", kind="http")
    done = project.run("doctor", env={"TOKEN": "a-token-of-tests"})
    assert "target api: answers" in done.out and "target gone: no connection" in done.out, done
    project.book("looks", BOOK % 'deep = health:deep(), page = api:get { path = "/deep", headers = { Accept = "*/*" } }')
    page = project.run("show", "looks", "--by-hand", "-p", "api=api").out
    lines = [line.strip() for line in page.splitlines() if "curl" in line]
    assert len(lines) == 2 and "a-token-of-tests" not in page, page
    for line in lines:
        done = project.shell(line, env={"TOKEN": "a-token-of-tests"})
        assert done.code == 0 and "Connection refused" in done.out, (line, done)
        assert api.heard[-1]["headers"]["Authorization"] == "Bearer a-token-of-tests"


def test_an_inventory_that_means_nothing_is_refused(project):
    for members, words in (({"url": "ftp://x"}, "begins with http"), ({"url": "http://u:p@x"}, "password"),
                           ({"url": "http://x/?a=1"}, "query"), ({"url": "http://x", "health": "deep"}, "slash"),
                           ({"url": "http://x", "token": {"secret": "T"}}, "the secret T is not declared"),
                           ({"kind": "redis", "url": "redis://x", "health": "/x"}, "health path")):
        project.target("api", **{"kind": "http", **members})
        done = project.run("list")
        assert done.code == 2 and words in done.err and "inventory.toml:" in done.err, (members, done)


def test_which_certificate_is_shown_is_told_whether_it_is_believed_or_not(project, start, look, tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    api, plain = start({"/": (200, {}, "secure")}, tls=certificates), start()
    readings = "pinned = see.net(arg.api):certificate()"
    project.target("api", api.url, kind="http", ca_file=certificates.ca)
    shown = look(readings)["pinned"]
    assert (shown["subject"], shown["issuer"], shown["names"], shown["trusted"]) == ("CN=localhost", "CN=test CA", ["localhost"], True), shown
    assert 1.8 < shown["days_left"] <= 2 and shown["chain"][0]["sha256"] == shown["sha256"] and shown["protocol"].startswith("TLS")
    project.target("api", api.url, kind="http")
    shown = look(readings)["pinned"]
    assert shown["subject"] == "CN=localhost" and not shown["trusted"] and "issuer" in shown["why"], shown
    project.target("api", api.url.replace("localhost", "127.0.0.1"), kind="http", ca_file=certificates.ca)
    assert "mismatch" in look(readings)["pinned"]["why"]
    project.target("api", plain.url, kind="http")
    assert look(readings)["pinned"]["code"] == "protocol"
