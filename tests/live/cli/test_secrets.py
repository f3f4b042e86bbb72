"""Users with few rights, and passwords that nobody ever sees."""

import pytest

from watching import READS

MIB = 1 << 20
PASSWORD = "s3cr3t/+pass word-4711"
READER = ["on", f">{PASSWORD}", "~*", "&*", "-@all", *(f"+{name}" for name in READS if name not in ("hello", "auth"))]


def everything_kept(project):
    """The bytes of every file below the project, the state directory included."""
    return b"".join(path.read_bytes() for path in project.root.rglob("*") if path.is_file() and path.name != "password")


def forms_of(secret):
    import base64
    import json
    import urllib.parse
    plain = secret.encode()
    return {plain, json.dumps(secret)[1:-1].encode(), urllib.parse.quote(secret).encode(), base64.b64encode(plain), plain.hex().encode()}


@pytest.fixture
def as_user(project, cache):
    """cache-1 as the user `runbook` with these rules; the password comes from the environment."""
    def declare(*rules, reference="env:CACHE_PASSWORD"):
        cache.ask("ACL", "SETUSER", "runbook", *rules)
        project.target("cache-1", cache.url, user="runbook", password="CACHE")
        project.secret("CACHE", reference)
        return {"CACHE_PASSWORD": PASSWORD}
    return declare


def test_a_user_that_may_not_change_it_is_told_so_before_the_gate(project, cache, as_user):
    env = as_user(*READER)
    before = cache.counts()
    for words in (["--dry-run"], [], ["--yes"]):
        done = project.run("run", "limit", "--mitigate", "raise-limit", *words, env=env)
        assert done.code == 8, done
        assert "would refuse CONFIG SET maxmemory 33554432 to the user runbook" in done.err, done
    assert cache.arrived_since(before) <= READS
    assert project.records("GATE") == []
    assert cache.ask("ACL", "LOG") == []


def test_the_right_to_do_it_is_enough(project, cache, as_user):
    env = as_user(*READER, "+config|set")
    dry = project.run("run", "limit", "--dry-run", env=env)
    done = project.run("run", "limit", "--approve", dry.digests["raise-limit"], env=env)
    assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done
    assert cache.ask("ACL", "LOG") == []


def test_a_user_that_may_not_even_ask_is_told_by_the_server(project, cache, as_user):
    """Without ACL DRYRUN nobody knows beforehand; the server's own refusal ends the run, and nothing stands changed."""
    rules = [rule for rule in READER if not rule.startswith("+acl")]
    env = as_user(*rules)
    dry = project.run("run", "limit", "--dry-run", env=env)
    assert dry.code == 0, dry
    done = project.run("run", "limit", "--approve", dry.digests["raise-limit"], env=env)
    assert (done.code, "nothing changed" in done.out) == (1, True), done
    assert "NOPERM" in done.out + done.err, done
    assert cache.config("maxmemory") == str(16 * MIB)
    assert project.run("undo", project.last_run()).out.startswith("nothing of run")


def test_deleting_a_key_needs_every_command_of_the_way(project, cache, as_user):
    cache.ask("SET", "feed:1", "v")
    env = as_user(*READER, "+watch", "+multi", "+exec")
    done = project.run("run", "redis-cache-key", "-p", "key=feed:1", "--dry-run", env=env)
    assert (done.code, "UNLINK feed:1" in done.err) == (8, True), done


@pytest.mark.parametrize("reference", ["env", "file"])
def test_the_password_is_never_shown_nor_kept(project, cache, as_user, reference):
    file = project.root / "password"
    file.write_text(PASSWORD + "\n")
    env = as_user(*READER, "+config|set", reference="env:CACHE_PASSWORD" if reference == "env" else f"file:{file}")
    if reference == "file":
        env = {}
    said = ""
    dry = project.run("run", "limit", "--dry-run", env=env)
    live = project.run("run", "limit", "--approve", dry.digests["raise-limit"], env=env)
    assert live.code == 0, live
    run = project.last_run()
    for words in (["report", run], ["evidence", run, "limit"], ["run", "redis-down", "-n", "-o", "json"], ["doctor"], ["run", "looking-only", "-n"]):
        done = project.run(*words, env=env)
        said += done.out + done.err
    said += dry.out + dry.err + live.out + live.err
    kept = everything_kept(project)
    assert len(kept) > 10_000
    for form in forms_of(PASSWORD):
        assert form not in said.encode() and form not in kept, form


def test_a_wrong_password_is_not_shown_either(project, cache, as_user):
    as_user(*READER)
    done = project.run("run", "redis-down", "--dry-run", env={"CACHE_PASSWORD": "wrong-but-secret"})
    assert "auth-mismatch" in done.out, done
    assert "wrong-but-secret" not in done.out + done.err and b"wrong-but-secret" not in everything_kept(project)


def test_the_password_is_in_no_childs_environment_nor_arguments(project, cache, as_user, tmp_path):
    env = as_user(*READER)
    trace = tmp_path / "trace"
    done = project.run("run", "limit", "-n", "--mitigate", "evict", env=env, before=["strace", "-f", "-qq", "-v", "-s", "9999", "-o", str(trace), "-e", "trace=execve"])
    assert done.code == 8, done
    calls = [line for line in trace.read_text().splitlines() if "runbook-worker" in line]
    assert calls and all("[]" in line.split("runbook-worker", 1)[1] or "NULL" in line for line in calls), calls
    assert PASSWORD not in "".join(calls)


def test_a_setting_that_is_a_secret_is_read_as_redacted(project, start_redis):
    server = start_redis("--masterauth", "replica-secret-1", password=PASSWORD)
    project.target("cache-1", server.url, password="CACHE")
    project.secret("CACHE", "env:CACHE_PASSWORD")
    project.book("nosy", """
return playbook "nosy" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { a = redis:config "requirepass", b = redis:config "masterauth", c = redis:read { "CONFIG", "GET", "requirepass" },
             d = redis:read { "CONFIG", "GET", "*auth*" }, e = redis:read { "CONFIG", "GET", "*" } }
  end,
  diagnose = function(found) print(found.a, found.b) return healthy "ok" end }""")
    done = project.run("run", "nosy", "--dry-run", env={"CACHE_PASSWORD": PASSWORD})
    assert done.code == 0, done
    assert "redacted" in done.err
    kept = everything_kept(project)
    for secret in (PASSWORD, "replica-secret-1"):
        assert secret not in done.out + done.err and secret.encode() not in kept


@pytest.mark.parametrize("env,says", [({}, "CACHE_PASSWORD is not set"), ({"CACHE_PASSWORD": "short"}, "shorter than 8")])
def test_a_secret_that_is_missing_or_too_short_is_named(project, cache, as_user, env, says):
    as_user(*READER)
    done = project.run("run", "limit", "--dry-run", env=env)
    assert says in done.out + done.err, done
    assert "short\"" not in done.out


def test_the_doctor_names_a_secret_that_is_not_there(project, cache, as_user):
    as_user(*READER)
    done = project.run("doctor")
    assert done.code == 1 and "secrets: the secret CACHE is not there: the variable CACHE_PASSWORD is not set" in " ".join(done.out.split()), done
    done = project.run("doctor", env={"CACHE_PASSWORD": PASSWORD})
    assert "secrets: CACHE is there" in done.out and PASSWORD not in done.out, done
