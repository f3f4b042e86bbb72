"""By hand: the operator types the commands in another terminal, runbook says which, and checks what came of them."""

import pytest

from terminal import APPROVE, CHOOSE, Terminal
from watching import READS

MIB = 1 << 20
DONE = "Type done when it is (q to stop here): "


@pytest.fixture
def at(project):
    """Opens a session at a terminal, and at the end looks after the process."""
    sessions = []

    def open_session(*words):
        sessions.append(Terminal(project, *words))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.child.close(force=True)


def commands(project, nth=-1):
    return project.records("BY_HAND")[nth]["data"]["commands"]


def begun(at, mitigation="raise-limit"):
    session = at("run", "limit").see(CHOOSE).answer("b").see("Which of them by hand?").see(CHOOSE).answer(mitigation)
    if mitigation == "raise-limit":
        session.see("new maxmemory").answer()
    return session.see(DONE)


def shown_commands(session):
    """The lines that stood between the last "Do this by hand" and its question."""
    text = session.text.replace("\r", "")
    return [line.strip() for line in text[text.rindex("Do this by hand"):text.rindex("Type done")].splitlines() if "redis-cli" in line]


def test_the_commands_that_are_shown_do_what_the_plan_says_and_the_checks_are_made(project, cache, at):
    before = cache.counts()
    session = begun(at)
    line, = shown_commands(session)
    assert line == f"redis-cli -s {cache.url[7:]} CONFIG SET maxmemory {32 * MIB}", line
    assert cache.arrived_since(before) <= READS
    assert project.shell(line).out == "OK\n"
    session.answer("done").see("done by hand, reads back as 33554432").see("Verified")
    assert session.end() == 0, session.text
    plan, record = project.records("PLAN")[-1]["data"], project.records("BY_HAND")[-1]["data"]
    assert (record["digest"], record["mitigation"], record["stands"]) == (plan["digest"], "raise-limit", True)
    assert project.records("INTENT", "OUTCOME", "GATE") == []
    assert "to type: " in project.run("report", project.last_run()).out
    assert project.run("audit", "verify").code == 0


def test_what_was_done_by_hand_is_taken_back_by_hand(project, cache, at):
    session = begun(at)
    assert project.shell(*shown_commands(session)).code == 0
    assert session.answer("done").see("runbook undo").end() == 0, session.text
    run = project.last_run()
    undo = at("undo", run).see(APPROVE).answer("y").see(DONE)
    line, = shown_commands(undo)
    assert project.shell(line).code == 0
    assert undo.answer("done").end() == 0, undo.text
    assert cache.config("maxmemory") == str(16 * MIB)
    assert "nothing of run" in project.run("undo", run).out
    assert project.records("INTENT") == []


def test_saying_done_without_doing_it_is_noticed(project, cache, at):
    session = begun(at).answer("done").see("not done, reads back as 16777216").see("What now?").see(CHOOSE).answer("s")
    assert session.end() == 11, session.text
    assert "nothing of run" in project.run("undo", project.last_run()).out


def test_stopping_in_the_middle_goes_back_to_the_choice(project, cache, at):
    session = begun(at).answer("q").see("What now?").see(CHOOSE).answer("1").see("new maxmemory").answer().see(APPROVE).answer("yes")
    assert session.end() == 0, session.text
    assert project.records("BY_HAND")[-1]["data"]["stands"] is False


def test_checks_that_do_not_come_true_offer_the_way_back_as_commands(project, cache, at):
    session = begun(at)
    project.shell(shown_commands(session)[0].replace(str(32 * MIB), str(20 * MIB)))
    session.answer("done").see("NOT verified").see(CHOOSE).answer("u").see(APPROVE).answer("y").see(DONE)
    assert project.shell(*shown_commands(session)).code == 0
    assert session.answer("done").end() == 6, session.text
    assert cache.config("maxmemory") == str(16 * MIB)


def test_nobody_else_changes_the_target_meanwhile(project, cache, at):
    session = begun(at)
    done = project.run("run", "limit", "--mitigate", "raise-limit", "--approve", project.plan("limit", "raise-limit"))
    assert (done.code, "raise-limit" in done.err) == (8, True), done
    assert "run " + project.records("RUN_START")[0]["run"] in done.err, done
    session.answer("q").see(CHOOSE).answer("s")
    assert session.end() == 11, session.text


def test_a_deleted_key_is_kept_in_a_file_and_restored_from_it(project, cache, at):
    value = b"a\n\x00b'\xff" * 20
    cache.ask("SET", "feed:1 'x'", value, "PX", 3600000)
    expires = cache.ask("PEXPIRETIME", "feed:1 'x'")
    session = at("run", "redis-cache-key", "-p", "key=feed:1 'x'").see(CHOOSE).answer("b").see("Which of them").see(CHOOSE).answer("1").see(DONE)
    for line in shown_commands(session):
        assert project.shell(line).code == 0
    assert cache.ask("EXISTS", "feed:1 'x'") == 0
    session.answer("done").see("done by hand")
    session.end()
    for line in project.records("BY_HAND")[-1]["data"]["undo"]["commands"]:
        done = project.shell(line)
        assert (done.code, done.err) == (0, ""), done
    assert cache.ask("GET", "feed:1 'x'") == value
    assert cache.ask("PEXPIRETIME", "feed:1 'x'") == expires


def test_a_password_is_referred_to_and_never_shown(project, start_redis, at):
    server = start_redis("--maxmemory", "16mb", password="right-password")
    project.target("cache-1", server.url, password="CACHE")
    project.secret("CACHE", "file:" + str(project.root / "password"))
    (project.root / "password").write_text("right-password\n")
    session = begun(at)
    line, = shown_commands(session)
    assert line.startswith(f'REDISCLI_AUTH="$(cat {project.root}/password)" redis-cli -s ')
    assert project.shell(line).out == "OK\n"
    assert session.answer("done").end() == 0, session.text
    assert "right-password" not in session.text + project.log.read_text()


def test_barriers_hold_back_what_is_done_by_hand_too(project, cache, at):
    path = project.books / "limit.lua"
    path.write_text(path.read_text().replace('return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }', """return {
          change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }),
          barrier { check.redis(arg.redis):config("hz"):is(20), within = "200ms" },
          change.redis_config(arg.redis, "timeout", { to = 300 }) }"""))
    session = begun(at)
    assert project.shell(*shown_commands(session)).code == 0
    session.answer("done").see("Barrier does NOT hold").see("What now?").see(CHOOSE)
    assert "CONFIG SET timeout" not in "".join(shown_commands(session))
    session.answer("u").see(APPROVE).answer("y").see(DONE)
    assert project.shell(*shown_commands(session)).code == 0
    assert session.answer("done").end() == 6, session.text


# ---- show BOOK --by-hand


def page(project, book, *words):
    done = project.run("show", book, "--by-hand", *words, "-o", "json")
    assert done.code == 0, done
    return done.json


def test_the_page_makes_no_connection_and_records_no_run(project, cache):
    before = cache.counts()
    done = project.run("show", "redis-down", "--by-hand")
    assert done.code == 0 and "CONFIG SET maxmemory '<new maxmemory, in bytes or as 5gb>'" in done.out, done
    assert cache.arrived_since(before) <= {"info"}  # of looking at the counts
    assert project.records("RUN_START", "EVIDENCE") == []
    gone = project.run("show", "redis-down", "--by-hand", "-p", "redis=redis://127.0.0.1:1")
    assert gone.code == 0 and "may be looked at, not changed" in gone.out, gone


@pytest.mark.parametrize("book,words", [("redis-down", []), ("redis-maxmemory", []), ("redis-cache-key", ["-p", "key=it's 1"])])
def test_every_line_for_looking_works_in_a_shell(project, cache, book, words):
    cache.ask("SET", "it's 1", "v")
    before = cache.counts()
    for reading in page(project, book, *words)["look"]:
        assert reading["command"], reading
        if not reading["command"].startswith("nc "):
            done = project.shell(reading["command"])
            assert done.code == 0 and "ERR" not in done.out + done.err, (reading, done)
    assert cache.arrived_since(before) <= READS | {"command|docs"}


def test_the_lines_for_changing_work_once_they_are_filled_in(project, cache):
    raising = page(project, "redis-maxmemory", "-p", "raise.limit=64mb")["mitigations"][0]
    step, = raising["steps"]
    assert project.shell(step["before"]).out.split() == ["maxmemory", str(16 * MIB)]
    assert project.shell(step["commands"][0]).out == "OK\n"
    assert cache.config("maxmemory") == str(64 * MIB)
    assert project.shell(step["undo"][0].replace("<what it is before>", str(16 * MIB))).out == "OK\n"
    assert cache.config("maxmemory") == str(16 * MIB)
    assert [check["text"] for check in raising["checks"]] == ["redis.ping is PONG", "redis.errors OOM stays flat"]


def test_a_plan_that_depends_on_what_is_found_says_so(project, cache):
    path = project.books / "limit.lua"
    source = path.read_text().replace("{ to = chosen.limit }", "{ to = found.limit * 2 }")
    path.write_text(source)
    assert "CONFIG SET maxmemory '<limit * 2>'" in project.run("show", "limit", "--by-hand").out
    path.write_text(source.replace("return { change.redis_config", "if found.limit > 5 then return {} end return { change.redis_config"))
    done = project.run("show", "limit", "--by-hand")
    assert (done.code, "cannot be told without looking" in done.out) == (0, True), done


def test_inputs_and_asks_are_checked_as_for_a_run(project, cache):
    done = project.run("show", "redis-cache-key", "--by-hand")
    assert done.code == 0 and "'<" in done.out, done
    for words, says in ((["-p", "raise-limit.limt=3"], "it asks for limit"), (["-p", "rdis=x"], "did you mean redis?")):
        done = project.run("show", "limit", "--by-hand", *words)
        assert (done.code, says in done.err) == (2, True), done
    assert project.run("show", "limit", "-p", "redis=cache-1").code == 2
