"""What servers say of secrets: it comes in hidden, and nothing that is shown or kept holds it in any form."""

import base64
import html
import json
import shlex
import urllib.parse

import pytest

PASSWORD = "s3cr3t/+pass \"word\" 'äö'&<4711>"
TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"

BOOK = """
return playbook "nosy" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    local forms = {}
    for i = 1, %d do forms[i] = "form:" .. i end
    return { pass = redis:config "requirepass", all = redis:read { "CONFIG", "GET", "*" }, who = redis:clients(), list = redis:read { "CLIENT", "LIST" },
             url = redis:read { "GET", "url" }, hash = redis:read { "HGETALL", "user" }, slow = redis:slowlog(), bad = redis:read { "GET", "hash" },
             first = redis:read { "GET", "form:1" }, memory = redis:info "memory",
             forms = parallel.map(forms, function(key) return redis:read { "GET", key } end) }
  end,
  diagnose = function(found)
    print(found.pass, found.url, found.first)
    return finding("nosy", "%%s and %%s, %%d bytes", found.pass, found.url, found.memory.used)
  end }"""


def forms_of(secret):
    """Each form with something around it, as a log or a document has it."""
    plain = secret.encode()
    shifted = [base64.b64encode(b"x" * n + plain + b"yy") for n in range(3)]
    texts = [secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), json.dumps(json.dumps(secret)), urllib.parse.quote(secret),
             urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), html.escape(secret), shlex.quote(secret),
             plain.hex(), plain.hex().upper()]
    return [text.encode() for text in texts] + shifted + [text.replace(b"+", b"-").replace(b"/", b"_") for text in shifted]


def cores_of(secret):
    """What of each form is the secret alone: none of it may be found anywhere."""
    cores = {form.strip(b"'\"\\") for form in forms_of(secret)[:-6]}
    return cores | {form[4:-6] for form in forms_of(secret)[-6:]}


def everything_kept(project):
    return b"".join(path.read_bytes() for path in project.root.rglob("*") if path.is_file())


@pytest.fixture
def telltale(project, start_redis):
    """A server that says its own password, and a token that nobody declared, in many ways."""
    server = start_redis(password=PASSWORD)
    for number, form in enumerate(forms_of(PASSWORD), 1):
        server.ask("SET", f"form:{number}", b"before " + form + b" after")
    server.ask("SET", "url", "postgres://app:hunter22-unknown@db:5432/x and " + TOKEN)
    server.ask("HSET", "user", "name", "bob", "password", "hunter22-unknown")
    server.ask("LPUSH", "hash", PASSWORD)
    server.ask("CLIENT", "SETNAME", "x" + base64.b64encode(PASSWORD.encode()).decode())
    server.ask("CONFIG", "SET", "slowlog-log-slower-than", "0")
    server.ask("EVAL", f"return #[[{PASSWORD}]]", "0")
    server.ask("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    project.target("cache-1", server.url, password="CACHE")
    project.secret("CACHE", "env:CACHE_PASSWORD")
    project.book("nosy", BOOK % len(forms_of(PASSWORD)))
    return {"CACHE_PASSWORD": PASSWORD}


def everything_said(project, env, program="runbook"):
    said = ""
    for words in (["run", "nosy", "-n"], ["run", "nosy", "-n", "-o", "json"], ["run", "nosy", "-n", "-o", "ndjson"]):
        done = project.run(*words, env=env, program=program)
        assert done.code in (0, 11), done
        said += done.out + done.err
    run = project.last_run()
    for words in (["report", run], *(["evidence", run, name] for name in ("pass", "all", "list", "first", "forms", "url", "hash", "slow"))):
        done = project.run(*words, env=env, program=program)
        assert done.code == 0, done
        said += done.out + done.err
    assert project.run("test", "--record", run, "--as", "told", env=env, program=program).code == 0
    return said.encode()


def assert_nowhere(text):
    assert len(text) > 5_000
    for core in cores_of(PASSWORD):
        assert core not in text, core
    assert b"hunter22-unknown" not in text and TOKEN.encode() not in text


def test_no_form_of_a_secret_that_a_server_tells_is_shown_or_kept(project, telltale):
    said = everything_said(project, telltale)
    assert_nowhere(said)
    assert_nowhere(everything_kept(project))
    assert "‹secret:CACHE›" in said.decode() and "postgres://app:‹redacted:" in said.decode()
    reading = project.run("evidence", project.last_run(), "first", env=telltale).out
    assert "before ‹secret:CACHE› after" in reading, reading
    memory = project.run("evidence", project.last_run(), "memory", env=telltale).out
    assert "redacted" not in memory and '"used"' in memory


def test_without_the_door_the_nets_keep_it_from_output_and_log_but_not_from_evidence(project, telltale):
    said = everything_said(project, telltale, program="runbook-no-redaction")
    log = b"".join(path.read_bytes() for path in (project.root / "state" / "audit").iterdir())
    for core in cores_of(PASSWORD):
        assert core not in said and core not in log, core
    assert PASSWORD.split('"')[0].encode() in everything_kept(project), "or this test could not fail"


def test_without_door_and_nets_it_is_shown(project, telltale):
    said = everything_said(project, telltale, program="runbook-no-redaction-no-nets")
    assert any(core in said for core in cores_of(PASSWORD))


def test_a_short_secret_is_refused_with_its_line(project, cache):
    project.target("cache-1", cache.url, password="CACHE")
    project.secret("CACHE", "env:CACHE_PASSWORD")
    done = project.run("run", "limit", "-n", env={"CACHE_PASSWORD": "short"})
    assert done.code == 2 and "inventory.toml:" in done.err and "shorter than 8 bytes" in done.err and "take it out of [secrets]" in done.err, done
    assert cache.counts().get("ping", 0) == 0


def test_what_was_hidden_cannot_be_planned_with(project, cache):
    """A key whose value holds the secret cannot be kept for the undo, and an input that is one is not taken."""
    project.target("cache-1", cache.url)
    project.secret("API", "env:API")
    env = {"API": "correct-horse-battery"}
    cache.ask("SET", "session:1", "token of correct-horse-battery")
    done = project.run("run", "redis-cache-key", "-p", "key=session:1", "-n", env=env)
    assert done.code == 8 and "holds the secret API" in done.out + done.err, done
    done = project.run("run", "redis-cache-key", "-p", "key=correct-horse-battery", "-n", env=env)
    assert done.code == 2 and "-p holds the secret API" in done.err, done
    assert b"correct-horse" not in everything_kept(project)


def test_what_an_author_wrote_into_a_playbook_is_hidden_too(project, cache):
    project.target("cache-1", cache.url)
    project.secret("API", "env:API")
    project.book("careless", """
return playbook "careless" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { ping = see.redis(arg.redis):ping() } end,
  diagnose = function(found) print "correct-horse-battery" return finding("careless", "use correct-horse-battery") end }""")
    done = project.run("run", "careless", "-n", env={"API": "correct-horse-battery"})
    assert "use ‹secret:API›" in done.out and "| ‹secret:API›" in done.err, done
    log = b"".join(path.read_bytes() for path in (project.root / "state" / "audit").iterdir())
    assert b"correct-horse" not in log and b"correct-horse" not in (done.out + done.err).encode()
