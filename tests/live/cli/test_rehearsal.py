"""Recorded worlds: a run becomes a test, and the test goes through everything that a run goes through but the world."""

import xml.etree.ElementTree

import pytest

from project import CATALOGUE

MIB = 1 << 20


def plan_of(project, book, mitigation):
    return project.run("run", book, "--dry-run", "--mitigate", mitigation, "-o", "json").json["plans"][0]


@pytest.fixture
def recorded(project, cache):
    """The run of `limit` that raised the limit, recorded as the world `small`; gives the plan's digest."""
    plan = plan_of(project, "limit", "raise-limit")
    assert project.run("run", "limit", "--mitigate", "raise-limit", "--approve", plan["digest"]).code == 0
    done = project.run("test", "--record", project.records("RUN_START")[-1]["run"], "--as", "small")
    assert done.code == 0, done
    return plan["digest"]


def world(project, book="limit", name="small"):
    return project.books / "worlds" / book / f"{name}.toml"


def replace(path, before, after):
    text = path.read_text()
    assert before in text, text
    path.write_text(text.replace(before, after))


def test_the_shipped_playbooks_hold_in_their_worlds(project):
    done = project.run("test", *sorted(CATALOGUE.glob("*.lua")), timeout=300)
    assert done.code == 0 and " 0 failed" in done.out, done.out


def test_a_module_that_a_star_of_the_shell_brings_along_is_no_playbook(project, recorded):
    project.book("_shared", "return {}")
    both = [project.books / "_shared.lua", project.books / "limit.lua"]
    tested, checked = project.run("test", *both), project.run("check", *both)
    assert tested.code == 0 and "_shared" not in tested.out and "_shared" not in checked.out, (tested, checked)
    for command in ("test", "check", "doc"):
        alone = project.run(command, both[0])
        assert alone.code == 2 and "is a module, which playbooks load, and no playbook" in alone.err, alone


def test_a_rehearsed_run_makes_the_plan_of_the_run_it_was_recorded_from_to_the_digest(project, recorded):
    found = project.run("test", "limit", "-o", "json").json
    assert (found["failed"], found["cases"][0]["case"]) == (0, "as recorded")
    assert found["cases"][0]["plans"] == [{"mitigation": "raise-limit", "digest": recorded, "level": 2}]
    assert "[asks]" not in world(project).read_text()  # what was chosen is what comes out by itself
    names = [case["case"] for case in found["cases"]]
    assert names[1:] == ["4 reads, each of them failing once", "raise-limit: the checks never hold",
                         "raise-limit: the checks never hold, and it is undone", "raise-limit: the undo is refused",
                         "raise-limit: the first change is refused", "raise-limit: somebody else did it meanwhile"]


def test_nothing_leaves_a_rehearsal(project, cache, recorded, tmp_path):
    before, log = cache.counts(), project.log.read_bytes()
    trace = tmp_path / "trace"
    done = project.run("test", "limit", before=["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=connect,bind,openat"])
    assert done.code == 0, done
    calls = trace.read_text().splitlines()
    assert not [line for line in calls if ("connect(" in line and "nscd" not in line) or "bind(" in line]
    written = [line for line in calls if "openat(" in line and ("O_WRONLY" in line or "O_RDWR" in line) and "/proc/self/fd/" not in line]
    assert all("/dev/null" in line for line in written), written
    assert cache.arrived_since(before) == {"info"} and project.log.read_bytes() == log


def test_a_rehearsal_needs_no_server_no_inventory_and_no_secret(project, start_redis):
    server = start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction", password="a-long-password")
    project.target("cache-1", server.url, env="dev", password="CACHE")
    project.secret("CACHE", "env:CACHE")
    assert project.run("run", "limit", "--yes", env={"CACHE": "a-long-password"}).code == 0
    run = project.records("RUN_START")[-1]["run"]
    assert project.run("test", "--record", run, "--as", "small").code == 0
    server.stop()
    project.targets, project.secrets = {}, {}
    project.write_inventory()
    assert project.run("test", "limit").code == 0
    folder = world(project).parent
    assert "a-long-password" not in "".join(file.read_text() for file in folder.rglob("*") if file.is_file())


def test_what_the_playbook_says_otherwise_is_told(project, recorded):
    book = project.books / "limit.lua"
    replace(book, "32 * 1024 * 1024 and", "8 * 1024 * 1024 and")
    done = project.run("test", "limit")
    assert done.code == 1 and "verdict: expected small, got healthy" in done.out, done.out
    replace(book, "8 * 1024 * 1024 and", "32 * 1024 * 1024 and")
    replace(book, 'maxmemory is %d"', 'maxmemory is only %d"')
    done = project.run("test", "limit")
    assert done.code == 1
    assert "-   small            maxmemory is 16777216" in done.out and "+   small            maxmemory is only 16777216" in done.out
    shown = project.run("test", "limit", "--update")
    assert shown.code == 0 and "+   small            maxmemory is only 16777216" in shown.out
    assert project.run("test", "limit").code == 0


def test_a_diagnose_that_does_not_survive_an_unread_reading_is_found_and_the_reading_named(project, recorded):
    replace(project.books / "limit.lua", 'if not found.limit then return unclear("the limit could not be read: " .. found:why "limit") end', "")
    done = project.run("test", "limit")
    assert done.code == 1, done
    assert "redis.config maxmemory of cache-1 fails: diagnose failed: " in done.out and "limit.lua:" in done.out, done.out


def test_checks_that_cannot_fail_are_found(project, recorded):
    replace(project.books / "limit.lua", 'return { check.redis(arg.redis):config("maxmemory"):is(chosen.limit) }', "return {}")
    done = project.run("test", "limit")
    assert done.code == 1 and "raise-limit: the checks never hold" in done.out and "exit: expected 5, got 0" in done.out, done.out


def test_a_reading_that_the_world_does_not_know_is_named(project, recorded):
    replace(project.books / "limit.lua", "ping = redis:ping(),", 'ping = redis:ping(), clients = redis:info "clients",')
    done = project.run("test", "limit")
    assert done.code == 1 and "the world has no answer to redis.info clients on cache-1" in done.out, done.out


BY_HAND = """
about = "a Redis that is too small, written by hand"
now = "2026-11-20T23:31:07Z"

[inputs]
redis = "cache-9"

[targets.cache-9]
kind = "redis"
url = "redis://cache-9:6379"
env = "staging"

[expect]
verdict = "small"
mitigation = "raise-limit"
level = 1
exit = 0

[[reads]]
call = "redis.ping"
on = "cache-9"
answer = "PONG"

[[reads]]
call = "redis.config"
on = "cache-9"
args = { key = "maxmemory" }
answer = 16777216

[[reads]]
call = "redis.config"
on = "cache-9"
args = { key = "maxmemory-policy" }
answer = "noeviction"
"""


def test_a_world_written_by_hand_works_and_what_is_set_reads_back_as_set(project):
    file = world(project, name="by-hand")
    file.parent.mkdir(parents=True)
    file.write_text(BY_HAND)
    first = project.run("test", "limit")
    assert first.code == 1 and "it has no transcript yet" in first.out, first.out
    assert project.run("test", "limit", "--update").code == 0
    assert project.run("test", "limit").code == 0, project.run("test", "limit").out
    assert "reads back as 33554432" in file.with_suffix(".txt").read_text()


@pytest.mark.parametrize("before,after,says", [
    ('now = "2026-11-20T23:31:07Z"', 'now = "yesterday"', "by-hand.toml:3: now wants the time when the run begins"),
    ('answer = "PONG"', "", "by-hand.toml:19: a read has exactly one of answer, answer_file, error, nothing, got 0"),
    ('answer = "PONG"', 'answer = "PONG"\nnothing = true', "by-hand.toml:19: a read has exactly one of answer, answer_file, error, nothing, got 2"),
    ('answer = "PONG"', 'anser = "PONG"', "by-hand.toml:22: a recorded world has no anser here (did you mean answer?)"),
    ('answer = "PONG"', 'error = { code = "gone", message = "x" }', "by-hand.toml:22: there is no error code gone (known: "),
    ('answer = "PONG"', 'error = { code = "unreachble", message = "x" }', "by-hand.toml:22: there is no error code unreachble (did you mean unreachable?)"),
    ('answer = "PONG"', 'answer_file = "none.json"', "by-hand.toml:22: there is no "),
    ('call = "redis.ping"\non = "cache-9"', 'call = "redis.ping"\non = "cache-8"', "by-hand.toml:21: this world has no target cache-8 (declare it: [targets.cache-8])"),
    ('call = "redis.ping"', "", "by-hand.toml:19: call is missing: a text"),
    ('"redis.ping"', '"redis.pong"', "by-hand.toml: the world has no answer to redis.ping on cache-9: "),
    ('"redis.ping"', '"redis.pong"', "it has one that nobody asks for, to redis.pong {} on cache-9"),
    ('verdict = "small"', "", "by-hand.toml:13: expect.verdict is missing"),
    ("[expect]", "[expects]", "by-hand.toml:13: a recorded world has no expects here (did you mean expect?)"),
    ("verdict =", "verdit =", "by-hand.toml:14: a recorded world has no verdit here (did you mean verdict?)"),
    ("exit = 0", "", "by-hand.toml:13: expect.exit is missing"),
    ("exit = 0", 'exit = "0"', "by-hand.toml:17: exit wants a whole number from 0 to 255, without quotes"),
    ("level = 1", "level = true", "by-hand.toml:16: level wants a whole number from 0 to 255, without quotes"),
    ('"raise-limit"', '"raise-limt"', "by-hand.toml: limit has no mitigation raise-limt (did you mean raise-limit?)"),
    ("[expect]", '[asks]\n"raise-limit.limt" = "5"\n[expect]', "by-hand.toml: raise-limit does not ask for limt"),
    ('kind = "redis"', 'kind = "radish"', "by-hand.toml:9: unknown kind radish"),
    ("[inputs]", "[inputs", "by-hand.toml:5: "),
    ('redis = "cache-9"', "redis = 9", "by-hand.toml:6: redis wants a text, as -p gives it"),
    ('redis = "cache-9"', 'rediss = "cache-9"', "by-hand.toml: limit has no input rediss (did you mean redis?)"),
])
def test_a_world_that_is_wrong_is_told_with_its_line(project, before, after, says):
    file = world(project, name="by-hand")
    file.parent.mkdir(parents=True)
    assert before in BY_HAND
    file.write_text(BY_HAND.replace(before, after, 1))
    done = project.run("test", "limit")
    assert done.code == 1 and says in done.out, done.out


def test_junit_and_json_carry_each_case(project, recorded, tmp_path):
    replace(project.books / "limit.lua", "maxmemory is %d", "it says <%d> & more")
    done = project.run("test", "limit", "--junit", tmp_path / "out.xml", "-o", "json")
    suite = xml.etree.ElementTree.parse(tmp_path / "out.xml").getroot().find("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("limit", "7", "1")
    assert "it says <16777216> & more" in suite.find("testcase/failure").get("message")
    assert (done.code, done.json["passed"], done.json["failed"]) == (1, 6, 1)


def test_what_cannot_be_recorded_says_why(project, recorded):
    run = project.records("RUN_START")[-1]["run"]
    again = project.run("test", "--record", run, "--as", "small")
    assert again.code == 8 and "there is a world of that name already" in again.err, again
    outside = project.run("test", "--record", run, "--as", "../small")
    assert outside.code == 2 and "--as wants the name of a world" in outside.err, outside
    nothing = project.run("test", "--record", "no-such-run")
    assert nothing.code == 2 and "the log has no run no-such-run" in nothing.err, nothing
    assert project.run("test", "--as", "small").code == 2


def test_what_could_not_be_read_is_recorded_as_such(project):
    project.target("cache-1", f"unix://{project.root}/no.sock", env="dev")
    assert project.run("run", "limit", "--dry-run").code == 0
    run = project.records("RUN_START")[-1]["run"]
    assert project.run("test", "--record", run, "--as", "gone").code == 0
    text = world(project, name="gone").read_text()
    assert 'error = { code = "unreachable"' in text and 'verdict = "unclear"' in text, text
    assert project.run("test", "limit").code == 0


def test_what_a_diagnose_may_have_meant_is_named(project, recorded):
    book = project.books / "limit.lua"
    replace(book, "ping = redis:ping(),", 'ping = redis:ping(), memory = redis:info "memory",')
    replace(book, "found.limit < 32", "found.memory.usd < 32")
    replace(world(project), '[[reads]]\ncall = "redis.config"', '[[reads]]\ncall = "redis.info"\non = "cache-1"\nargs = { section = "memory" }\n'
            'answer = { used = 5 }\n\n[[reads]]\ncall = "redis.config"')
    done = project.run("test", "limit")
    assert done.code == 1 and "nothing that was read has usd; did you mean used?" in done.out, done.out


def test_a_recorded_change_that_is_not_made_is_named(project, recorded):
    replace(project.books / "limit.lua", 'config("maxmemory"):is(chosen.limit)', 'config("maxmemory-policy"):is "allkeys-lru"')
    replace(world(project), '[[after]]\nchange = "redis.config"', '[[after]]\nchange = "redis.confg"')
    done = project.run("test", "limit")
    assert done.code == 1 and "[[after]] for a change that was not made: redis.confg maxmemory on cache-1" in done.out, done.out


def test_a_run_that_changed_nothing_is_recorded_up_to_its_plan(project, cache):
    replace(project.books / "limit.lua", 'config("maxmemory"):is(chosen.limit)', 'info("memory").maxmemory:is(chosen.limit)')
    assert project.run("run", "limit", "--dry-run").code == 0
    done = project.run("test", "--record", project.last_run(), "--as", "small")
    assert done.code == 0 and "that run changed nothing: what comes after the plan is not in it" in done.out, done
    assert "mitigation" not in world(project).read_text()
    assert project.run("test", "limit").code == 0


def test_a_world_may_expect_that_the_plan_is_refused(project):
    project.books.joinpath("worlds/limit").mkdir(parents=True)
    refused = BY_HAND.replace("answer = 16777216", 'answer = 16777216\n[[reads]]\ncall = "redis.config"\non = "cache-9"\nargs = { key = "x" }\nanswer = 1')
    world(project, name="refused").write_text(refused.replace("level = 1\nexit = 0", "exit = 8"))
    done = project.run("test", "limit")
    assert done.code == 1 and "level: expected none, and no plan, got 1" in done.out, done
    replace(project.books / "limit.lua", 'redis_config(arg.redis, "maxmemory", {', 'redis_config(arg.redis, "maxmemory-clients", {')
    replace(world(project, name="refused"), 'key = "x" }\nanswer = 1', 'key = "maxmemory-clients" }\nerror = { code = "remote", message = "ERR not now" }')
    assert "cannot be read: ERR not now" in project.run("test", "limit", "--update").out
    done = project.run("test", "limit")
    assert done.code == 0 and "small, raise-limit, no plan, exit 8" in done.out, done
    replace(world(project, name="refused"), "exit = 8", "level = 1\nexit = 8")
    done = project.run("test", "limit")
    assert done.code == 1 and "no plan of raise-limit was made: cache-9: what would be changed cannot be read" in done.out, done


@pytest.mark.parametrize("undo, ends", [("", 11), (', undo = manual "Take it off hold" { expects = "off hold" }', 5)])
def test_a_plan_that_only_a_person_carries_out_has_its_roads(project, undo, ends):
    book = project.books / "limit.lua"
    replace(book, 'change.redis_config(arg.redis, "maxmemory", { to = chosen.limit })', 'manual "Put it on hold" { expects = "on hold"%s }' % undo)
    replace(book, 'config("maxmemory"):is(chosen.limit)', 'config("maxmemory"):is(16 * 1024 * 1024)')
    project.books.joinpath("worlds/limit").mkdir(parents=True)
    world(project).write_text(BY_HAND.replace("exit = 0", f"exit = {ends}"))  # what a person did is not seen in it
    project.run("test", "limit", "--update")
    assert project.run("test", "limit").code == 0, project.run("test", "limit").out
    cases = {case["case"]: case for case in project.run("test", "limit", "-o", "json").json["cases"]}
    assert list(cases)[2:] == ["raise-limit: the checks never hold", "raise-limit: the operator sees something else"]


def test_a_check_that_proves_nothing_of_what_a_person_did_is_found(project):
    test_a_plan_that_only_a_person_carries_out_has_its_roads(project, "", 11)
    replace(project.books / "limit.lua", "verify = function(arg, chosen) return {", "verify = function(arg, chosen) if true then return {} end return {")
    done = project.run("test", "limit")
    assert done.code == 1 and "the checks never hold" in done.out and "exit: expected 1, got 11" in done.out, done
