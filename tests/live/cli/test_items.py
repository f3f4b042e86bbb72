"""What a plan holds besides changes: barriers, guards, what a person does, what makes a change count, a watch."""

import pytest

from terminal import APPROVE, CHOOSE, Terminal

MIB = 1 << 20
SEEN = "What do you see? (q to stop here) "

BOOK = """
local function set(redis, key, to, more)
  more = more or {}
  more.to = to
  return change.redis_config(redis, key, more)
end

return playbook "items" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { redis = input.redis "the instance" },
  evidence = function(see, arg) return { hz = see.redis(arg.redis):config "hz" } end,
  diagnose = function(found)
    if found.hz == 20 then return healthy "fast" end
    return found.hz and finding("slow", "hz is %%d", found.hz) or unclear "unread"
  end,
  mitigations = {
    mitigation "speed-up" {
      answers = { "slow" },
      plan = function(found, arg)
        local redis = check.redis(arg.redis)
        return { %(plan)s }
      end,
      verify = function(arg) return { check.redis(arg.redis):config("hz"):is(20) } end,
      within = "1s",
    },
  },
  %(more)s
}
"""
BARRIER = 'set(arg.redis, "hz", 20), barrier { redis:config("timeout"):is(300), within = "300ms" }, set(arg.redis, "maxclients", 5000)'
GUARDED = 'set(arg.redis, "maxclients", 5000), set(arg.redis, "hz", 20, { guard = { redis:config("timeout"):is(300) } })'
MANUAL = 'manual "Look at the rack" { expects = "green" }, set(arg.redis, "hz", 20)'


@pytest.fixture
def book(project, cache):
    def write(plan, more=""):
        project.book("items", BOOK % {"plan": plan, "more": more})
        return "items"

    return write


def carried_out(project, *more):
    return project.run("run", "items", "--approve", project.plan("items", "speed-up"), *more)


def at_the_gate(project):
    return Terminal(project, "run", "items").see(CHOOSE).answer("speed-up").see(APPROVE)


def keys(project, kind="INTENT"):
    return [record["data"]["args"]["key"] for record in project.records(kind)]


def test_a_barrier_that_holds_lets_the_plan_go_on(project, cache, book):
    book(BARRIER)
    cache.ask("CONFIG", "SET", "timeout", 300)
    done = carried_out(project)
    assert done.code == 0, done
    assert keys(project) == ["hz", "maxclients"]
    assert project.records("BARRIER")[0]["data"]["holds"] is True


def test_a_barrier_that_does_not_hold_stops_the_plan_and_what_stands_is_said(project, cache, book):
    book(BARRIER)
    done = carried_out(project)
    assert done.code == 5, done
    assert "Barrier does NOT hold" in done.out and "runbook undo" in done.out, done
    assert keys(project) == ["hz"]


def test_at_a_terminal_a_barrier_can_be_tried_once_more(project, cache, book):
    book(BARRIER)
    session = at_the_gate(project).answer("yes").see("Barrier does NOT hold").see("stopped on its way").see(CHOOSE)
    cache.ask("CONFIG", "SET", "timeout", 300)
    session.answer("wait").see("Barrier held").see("Verified")
    assert session.end() == 0, session.text
    assert keys(project) == ["hz", "maxclients"]
    assert len(project.records("GATE")) == 1


def test_a_guard_that_does_not_hold_stops_before_anything_is_sent(project, cache, book):
    book('set(arg.redis, "hz", 20, { guard = { redis:config("timeout"):is(300) } })')
    done = carried_out(project)
    assert done.code == 8, done
    assert "its guard does not hold: cache-1: redis.config timeout is 300, found 0; nothing was sent" in " ".join(done.out.split()), done
    assert project.records("INTENT") == [] and cache.config("hz") == "10"


def test_a_guard_that_does_not_hold_stops_what_began(project, cache, book):
    book(GUARDED)
    done = carried_out(project)
    assert done.code == 5, done
    assert keys(project) == ["maxclients"]


def test_a_guard_that_holds_lets_the_change_be_made(project, cache, book):
    book(GUARDED)
    cache.ask("CONFIG", "SET", "timeout", 300)
    assert carried_out(project).code == 0


@pytest.mark.parametrize("check", ['redis:errors("OOM"):stays_flat()', 'redis:ping():is("PONG"):lasting "5s"'])
def test_a_guard_that_would_have_to_wait_is_refused_when_the_plan_is_made(project, cache, book, check):
    book('set(arg.redis, "hz", 20, { guard = { %s } })' % check)
    done = project.run("run", "items", "--dry-run")
    assert (done.code, "a guard is looked at once" in done.err, "items.lua:" in done.err) == (2, True, True), done


def test_what_a_person_does_is_asked_for_and_recorded(project, cache, book):
    book(MANUAL)
    session = at_the_gate(project).answer("yes").see("Look at the rack").see(SEEN).answer("").see(SEEN).answer("green")
    assert session.end() == 0, session.text
    manual = project.records("MANUAL")[0]["data"]
    assert (manual["what"], manual["saw"], manual["good"]) == ("Look at the rack", "green", True)
    assert cache.config("hz") == "20"


def test_what_a_person_does_and_what_guards_it_is_rehearsed_too(project, cache, book):
    book('set(arg.redis, "hz", 20, { guard = { redis:config("timeout"):is(0) } }), manual "Look at the rack" { expects = "green" }')
    assert at_the_gate(project).answer("yes").see(SEEN).answer("green").end() == 0
    played = project.rehearsed("items")
    assert set(played.values()) == {"good"}, played
    assert {"speed-up: a guard does not hold", "speed-up: the operator sees something else"} <= set(played)


@pytest.mark.parametrize("answer,code", [("q", 3), ("red", 8), ("Green", 8)])
def test_seeing_something_else_stops_the_plan(project, cache, book, answer, code):
    book(MANUAL)
    session = at_the_gate(project).answer("yes").see(SEEN).answer(answer)
    assert session.end() == code, session.text
    assert project.records("MANUAL")[0]["data"]["good"] is False
    assert project.records("INTENT") == [] and cache.config("hz") == "10"


def test_seeing_something_else_behind_a_change_leaves_the_choice_to_the_operator(project, cache, book):
    book('set(arg.redis, "maxclients", 5000), ' + MANUAL)
    session = at_the_gate(project).answer("yes").see(SEEN).answer("red").see("stopped on its way").see(CHOOSE)
    session.answer("wait").see(SEEN).answer("green").see("Verified")
    assert session.end() == 0, session.text


def test_what_a_person_did_is_taken_back_by_a_person_in_its_turn(project, cache, book):
    by_hand = 'manual "Pull the plug" { expects = "dark", undo = manual "Put the plug in" { expects = "light" } }'
    book('set(arg.redis, "maxclients", 5000), ' + by_hand + ', set(arg.redis, "hz", 20)')
    session = at_the_gate(project).answer("yes").see(SEEN).answer("dark").see("Verified")
    assert session.end() == 0, session.text
    run = project.last_run()
    dry = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert [item.get("what", item["kind"]) for item in dry["items"]] == ["change", "Put the plug in", "change"]
    assert project.run("undo", run, "--approve", dry["digest"]).code == 4
    session = Terminal(project, "undo", run).see(APPROVE).answer("yes").see("Put the plug in").see(SEEN).answer("light")
    assert session.end() == 0, session.text
    assert (cache.config("hz"), cache.config("maxclients")) == ("10", "10000")
    assert project.run("undo", run).out.startswith("nothing of run")


def test_nobody_there_to_do_it_is_exit_4_before_anything_happens(project, cache, book):
    book(MANUAL)
    done = carried_out(project)
    assert (done.code, "done by a person: Look at the rack" in done.err) == (4, True), done
    assert project.records("MANUAL", "INTENT") == []


def test_stopping_at_a_barrier_leaves_what_stands_and_says_so(project, cache, book):
    book(BARRIER.replace("300ms", "1h"))
    session = at_the_gate(project).answer("yes").see("at a barrier").interrupt()
    assert session.end() == 130, session.text
    assert "runbook undo" in session.text and keys(project) == ["hz"]


def test_stopping_at_what_is_done_by_hand_leaves_what_stands_and_says_so(project, cache, book):
    book('set(arg.redis, "maxclients", 5000), ' + MANUAL)
    session = at_the_gate(project).answer("yes").see(SEEN).interrupt()
    assert session.end() == 130, session.text
    assert "runbook undo" in session.text and keys(project) == ["maxclients"]


ACTIVATED = """set(arg.redis, "hz", 20, { activate = { change.redis_rewrite_config(arg.redis) } }), set(arg.redis, "timeout", 300)"""


@pytest.fixture
def with_file(project, start_redis, tmp_path):
    """A redis with a configuration file, as cache-1."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "redis.conf").write_text("hz 10\n")
    server = start_redis(config=folder / "redis.conf")
    server.etc = folder
    project.target("cache-1", server.url)
    return server


def in_file(server, line):
    return line in (server.etc / "redis.conf").read_text().splitlines()


def test_what_makes_a_change_count_is_done_after_it_and_again_after_its_undo(project, with_file):
    project.book("items", BOOK % {"plan": ACTIVATED, "more": ""})
    assert carried_out(project).code == 0
    assert in_file(with_file, "hz 20") and not in_file(with_file, "timeout 300")
    run = project.last_run()
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert [change["row"] for change in plan["changes"]] == ["redis.config", "redis.config", "redis.rewrite_config"]
    done = project.run("undo", run, "--approve", plan["digest"])
    assert done.code == 0, done
    assert not in_file(with_file, "hz 20"), (with_file.etc / "redis.conf").read_text()
    assert project.run("undo", run).out.startswith("nothing of run")


def test_an_undo_that_ended_before_the_activation_is_completed_by_the_next(project, with_file):
    project.book("items", BOOK % {"plan": ACTIVATED, "more": ""})
    assert carried_out(project).code == 0
    run = project.last_run()
    away = with_file.etc.rename(with_file.etc.with_name("away"))
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert project.run("undo", run, "--approve", plan["digest"]).code == 7
    away.rename(with_file.etc)
    assert with_file.config("hz") == "10" and in_file(with_file, "hz 20")
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert [change["row"] for change in plan["changes"]] == ["redis.rewrite_config"]
    done = project.run("undo", run, "--approve", plan["digest"], "--confirm", "cache-1", "--reason", "a test")
    assert done.code == 0, done
    assert not in_file(with_file, "hz 20")


def test_what_could_not_make_a_change_count_is_not_done_again(project, cache, book):
    """This server has no configuration file to rewrite."""
    book(ACTIVATED)
    done = carried_out(project)
    assert (done.code, cache.config("hz"), cache.config("timeout")) == (5, "20", "0"), done
    plan = project.run("undo", project.last_run(), "--dry-run", "-o", "json").json["plans"][0]
    assert [change["row"] for change in plan["changes"]] == ["redis.config"]


def test_what_makes_a_change_count_is_left_out_when_there_was_nothing_to_change(project, with_file):
    project.book("items", BOOK % {"plan": ACTIVATED, "more": ""})
    digest = project.plan("items", "speed-up")
    session = at_the_gate(project)
    with_file.ask("CONFIG", "SET", "hz", 20)
    session.answer("yes").see("so already").see("left out").see("item 1 changed nothing")
    assert session.end() == 0, session.text
    assert digest and not in_file(with_file, "hz 20")


def test_a_setting_activates_nothing(project, cache, book):
    book('set(arg.redis, "hz", 20, { activate = { set(arg.redis, "timeout", 300) } })')
    done = project.run("run", "items", "--dry-run")
    assert (done.code, "activate is for actions" in done.err) == (2, True), done


def test_what_needs_no_undo_is_said_and_leaves_the_undo_complete(project, with_file):
    why = 'change.redis_rewrite_config(arg.redis, { nothing_to_undo = "it is what runs" })'
    project.book("items", BOOK % {"plan": 'set(arg.redis, "hz", 20), ' + why, "more": ""})
    plan = project.run("run", "items", "--dry-run", "-o", "json").json["plans"][0]
    assert plan["level"] == 3  # the previous file is gone all the same: an author's word lowers nothing
    done = project.run("run", "items", "--approve", plan["digest"], "--confirm", "cache-1", "--reason", "a test")
    assert done.code == 0, done
    undo = project.run("undo", project.last_run(), "--dry-run")
    assert (undo.code, "nothing to undo, it is what runs" in undo.out) == (0, True), undo


def test_a_setting_always_has_something_to_undo(project, cache, book):
    book('set(arg.redis, "hz", 20, { nothing_to_undo = "never mind" })')
    done = project.run("run", "items", "--dry-run")
    assert (done.code, "nothing_to_undo is for actions" in done.err) == (2, True), done


def test_an_irreversible_change_is_one_level_higher_and_says_why(project, cache, book):
    book('set(arg.redis, "hz", 20)')
    before = project.run("run", "items", "--dry-run", "-o", "json").json["plans"][0]["level"]
    book('set(arg.redis, "hz", 20, { irreversible = "because" })')
    done = project.run("run", "items", "--dry-run")
    assert f"level {before + 1}" in done.out and "NONE: because" in done.out, done


WATCH = 'watch = { within = "%s", note = "the cache is cold", check = function(arg) return check.redis(arg.redis):config("timeout"):is(0) end },'


def test_a_watch_that_stays_well_ends_well(project, cache, book):
    book('set(arg.redis, "hz", 20)', WATCH % "100ms")
    done = carried_out(project)
    assert (done.code, "Stayed well" in done.out) == (0, True), done


def test_a_watch_that_fails_says_so(project, cache, book):
    book('set(arg.redis, "hz", 20)', WATCH % "1m")
    cache.ask("CONFIG", "SET", "timeout", 7)
    done = carried_out(project)
    assert (done.code, "NOT well any more" in done.out) == (5, True), done
    assert "did not stay so" in done.out, done


def test_a_watch_is_ended_by_the_operator_without_harm(project, cache, book):
    book('set(arg.redis, "hz", 20)', WATCH % "1h")
    session = at_the_gate(project).answer("yes").see("Verified").see("watching").interrupt()
    assert session.end() == 0, session.text
    assert "Watch ended" in session.text


def test_a_healthy_look_is_not_watched(project, cache, book):
    book('set(arg.redis, "hz", 20)', WATCH % "1h")
    cache.ask("CONFIG", "SET", "hz", 20)
    assert project.run("run", "items").code == 0
    assert project.records("WATCH") == []


def test_a_hold_buys_time_and_says_that_it_cures_nothing(project, cache, book):
    hold = 'set(arg.redis, "timeout", 300) } end, verify = function(arg) return {} end }, mitigation "x" { purpose = "hold", plan = function(found, arg) return { set(arg.redis, "maxclients", 5000)'
    book(hold)
    done = project.run("run", "items", "--dry-run", "--mitigate", "x")
    assert done.code == 0 and "buys time, cures nothing" in done.out, done
    done = project.run("run", "items", "--mitigate", "x", "--approve", done.digests["x"])
    assert (done.code, cache.config("maxclients")) == (5, "5000"), done


def test_the_dry_run_the_report_and_the_document_have_every_item(project, cache, book):
    book(BARRIER + ", " + MANUAL.replace('"hz", 20', '"timeout", 300, { guard = { redis:ping():is "PONG" } }'), WATCH % "1h")
    done = project.run("run", "items", "--dry-run", "--mitigate", "speed-up")
    shown = " ".join(done.out.split())
    for words in ["go on only when, within 300 ms", "by hand: Look at the rack", 'expects "green"', "only if cache-1: redis.ping is PONG",
                  "watched afterwards for 1 h, the cache is cold", "fixed when, within 1 s"]:
        assert words in shown, (words, done.out)
    plan = project.run("run", "items", "--dry-run", "--mitigate", "speed-up", "-o", "json").json["plans"][0]
    assert [item["kind"] for item in plan["items"]] == ["change", "barrier", "change", "manual", "change"]
    assert [item.get("change") for item in plan["items"] if item["kind"] == "change"] == [1, 2, 3]
    report = project.run("report", project.last_run()).out
    assert "goes on only when" in report and "by hand: Look at the rack" in report
