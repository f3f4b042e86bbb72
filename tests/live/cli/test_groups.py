"""Groups: the same change for many targets, in waves, and for many things on one."""

import pytest

from terminal import APPROVE, CHOOSE, REASON, Terminal

BOOK = """
return playbook "fleet" {
  alerts = {}, severity = "SEV-3", owner = "tests",
  inputs = { caches = input.redis("all of them"):many() },
  evidence = function(see, arg)
    return { hz = parallel.map(arg.caches, function(redis) return see.redis(redis):config "hz" end) }
  end,
  diagnose = function(found)
    for _, one in ipairs(found.hz) do
      if one.value ~= 20 then return finding("slow", "hz of %%s is %%s", one.target, tostring(one.value)) end
    end
    return healthy "all are fast"
  end,
  mitigations = {
    mitigation "speed-up" {
      answers = { "slow" },
      plan = function(found, arg)
        return {
          change.across(arg.caches, { %(options)s within = "300ms",
            check = function(redis) return { check.redis(redis):config("timeout"):is(0) } end,
          }, function(redis) return { change.redis_config(redis, "hz", { to = 20 }) } end),
        }
      end,
      verify = function(arg) return { check.redis(arg.caches[4]):config("hz"):is(20) } end,
      within = "300ms",
    },
  },
}
"""
WAVES = "at_a_time = 2, max_failed = 1, canary = 1,"
NAMES = ["cache-1", "cache-2", "cache-3", "cache-4"]


@pytest.fixture
def fleet(project, start_redis):
    """Four servers, by name; `hz` gives what each is set to."""
    servers = {name: start_redis() for name in NAMES}
    for name, server in servers.items():
        project.target(name, server.url, env="staging")
    project.book("fleet", BOOK % {"options": WAVES})
    return servers


INPUTS = ["-p", "caches=" + ",".join(NAMES)]


def run(project, *words):
    return project.run("run", "fleet", *INPUTS, *words)


def hz(fleet):
    return [server.config("hz") for server in fleet.values()]


def carried_out(project):
    digest = run(project, "--dry-run").digests["speed-up"]
    return run(project, "--approve", digest)


def unwell(server):
    server.ask("CONFIG", "SET", "timeout", 7)


def test_the_plan_shows_every_change_and_every_wave(project, fleet):
    done = run(project, "--dry-run", "-o", "json")
    plan = done.json["plans"][0]
    assert [item.get("text", item.get("change")) for item in plan["items"]] == [
        1, "wave 1 of 3, the canary: cache-1", 2, 3, "wave 2 of 3: cache-2, cache-3", 4, "wave 3 of 3: cache-4"]
    assert [change["target"] for change in plan["changes"]] == NAMES
    assert "it stops when more than 1 failed" in run(project, "--dry-run").out


def test_the_waves_go_one_after_the_other(project, fleet):
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (0, ["20"] * 4), done
    order = [record["type"][0] for record in project.records("INTENT", "BARRIER")]
    assert "".join(order) == "IBIIBIB"


def test_several_targets_are_one_level_more(project, fleet):
    plan = run(project, "--dry-run", "-o", "json").json["plans"][0]
    assert ({change["level"] for change in plan["changes"]}, plan["level"]) == ({1}, 2)


def test_at_level_3_the_number_of_targets_is_typed(project, fleet):
    for name, server in fleet.items():
        project.target(name, server.url, env="prod")
    session = Terminal(project, "run", "fleet", *INPUTS).see(CHOOSE).answer("1")
    session.see("changes 4 targets").see("Type 4").see(APPROVE).answer("4").see(REASON).answer("a test").see("Verified")
    assert (session.end(), hz(fleet)) == (0, ["20"] * 4), session.text


@pytest.mark.parametrize("answer", ["3", "yes", "cache-1"])
def test_another_number_is_no(project, fleet, answer):
    for name, server in fleet.items():
        project.target(name, server.url, env="prod")
    session = Terminal(project, "run", "fleet", *INPUTS).see(CHOOSE).answer("1").see(APPROVE).answer(answer)
    assert (session.end(), hz(fleet)) == (3, ["10"] * 4), session.text


def test_a_failing_canary_stops_everything(project, fleet):
    unwell(fleet["cache-1"])
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (5, ["20", "10", "10", "10"]), done


def test_a_canary_that_was_put_right_is_looked_at_once_more(project, fleet):
    unwell(fleet["cache-1"])
    session = Terminal(project, "run", "fleet", *INPUTS).see(CHOOSE).answer("1").see(APPROVE).answer("yes")
    session.see("the plan stops here").see(CHOOSE).answer("wait").see("the plan stops here").see(CHOOSE)
    fleet["cache-1"].ask("CONFIG", "SET", "timeout", 0)
    session.answer("wait").see("Barrier held").see("Verified")
    assert (session.end(), hz(fleet)) == (0, ["20"] * 4), session.text


def test_one_may_fail_and_the_others_go_on(project, fleet):
    unwell(fleet["cache-2"])
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (0, ["20"] * 4), done
    assert [record["data"]["holds"] for record in project.records("BARRIER")] == [True, False, True]
    assert "cache-2 has failed: 1 failed of at most 1, the others go on" in done.out, done
    assert "cache-2 failed on the way" in done.out.split("verified (exit 0)")[1], done


def test_a_recorded_group_is_rehearsed_with_a_member_that_refuses_and_a_barrier_that_does_not_hold(project, fleet):
    assert carried_out(project).code == 0
    played = project.rehearsed("fleet")
    assert set(played.values()) == {"good"}, played
    assert {"speed-up: cache-2 refuses, the others do not", "speed-up: a barrier does not hold"} <= set(played)


def test_more_than_may_fail_stop_it(project, fleet):
    unwell(fleet["cache-2"]), unwell(fleet["cache-3"])
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (5, ["20", "20", "20", "10"]), done


def least(project, options):
    project.book("fleet", BOOK % {"options": options})


def test_no_wave_is_begun_while_too_few_of_the_others_are_healthy(project, fleet):
    least(project, "min_healthy = 2, max_failed = 3,")
    unwell(fleet["cache-3"]), unwell(fleet["cache-4"])
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (8, ["10"] * 4), done  # nothing was begun: of the three others one is healthy
    barrier = project.records("BARRIER")[0]["data"]
    assert (barrier["holds"], barrier["well"], barrier["at_least"]) == (False, 1, 2), barrier
    assert "1 healthy, at least 2 must be" in done.out, done


def test_a_fleet_that_grows_unhealthy_on_the_way_is_left_as_it_is(project, fleet):
    """What is healthy is asked of hz itself, which the change spoils."""
    least(project, 'min_healthy = 3, max_failed = 3, healthy = function(redis) return { check.redis(redis):config("hz"):is(10) } end,')
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (5, ["20", "10", "10", "10"]), done
    assert "2 healthy, at least 3 must be" in done.out and "at least 3 of the 3 others healthy before wave 2 of 4" in done.out, done


def test_enough_that_are_healthy_let_all_waves_go(project, fleet):
    least(project, 'min_healthy = "50%", max_failed = 1,')
    unwell(fleet["cache-4"])
    done = carried_out(project)
    assert (done.code, hz(fleet)) == (0, ["20"] * 4), done
    assert "at least 2 of the 3 others healthy before wave 1 of 4" in done.out, done


def test_a_wave_that_is_too_large_is_refused_before_anything_is_planned(project, fleet):
    least(project, "min_healthy = 3, at_a_time = 2,")
    done = run(project, "--dry-run")
    assert "takes 2 of 4 out at once and leaves 2, and min_healthy = 3 wants 3: at most 1 at once" in done.out + done.err, done
    assert project.records("PLAN") == []


def test_a_change_that_is_not_applied_is_a_failure_of_its_target(project, fleet):
    """cache-3 was set to something else since the plan was made."""
    session = Terminal(project, "run", "fleet", *INPUTS).see(CHOOSE).answer("1").see(APPROVE)
    fleet["cache-3"].ask("CONFIG", "SET", "hz", 15)
    session.answer("yes").see("stale").see("Verified").see("Looking").see("slow").see(CHOOSE).answer("stop")
    assert (session.end(), hz(fleet)) == (5, ["20", "20", "15", "20"]), session.text
    assert len(project.records("BARRIER")[1]["data"]["checks"]) == 1  # what failed before is not waited for


def test_the_undo_goes_backwards_through_all_targets(project, fleet):
    assert carried_out(project).code == 0
    run_id = project.last_run()
    plan = project.run("undo", run_id, "--dry-run", "-o", "json").json["plans"][0]
    assert [change["target"] for change in plan["changes"]] == NAMES[::-1]
    done = project.run("undo", run_id, "--approve", plan["digest"])
    assert (done.code, hz(fleet)) == (0, ["10"] * 4), done


@pytest.fixture
def alike(project, start_redis):
    """One server by seven names, which a plan changes in one wave."""
    server = start_redis()
    for number in range(7):
        project.target(f"c-{number}", server.url, env="staging")
    project.book("fleet", BOOK.replace("arg.caches[4]", "arg.caches[1]") % {"options": "at_a_time = 7,"})
    return ["run", "fleet", "-p", "caches=" + ",".join(f"c-{number}" for number in range(7)), "--dry-run"]


def test_changes_that_differ_in_their_target_only_are_shown_once_and_all_names_are_in_the_document(project, alike):
    done = project.run(*alike)
    assert "1-7. on each of 7 targets: set hz of it from 10 to 20" in done.out, done
    assert "targets   c-0, c-1, c-2, c-3, c-4, c-5, c-6" in done.out, done
    assert done.out.count("CONFIG SET hz 20") == 1, done
    assert "7 targets: redis.config timeout is 0" in done.out, done
    plan = project.run(*alike, "-o", "json").json["plans"][0]
    assert [change["target"] for change in plan["changes"]] == [f"c-{number}" for number in range(7)]


def test_of_changes_that_are_alike_in_several_waves_the_first_is_shown_whole(project, alike):
    book = project.books / "fleet.lua"
    book.write_text(book.read_text().replace("at_a_time = 7", "at_a_time = 2, canary = 1"))
    done = project.run(*alike)
    assert done.out.count("CONFIG SET hz 20") == 1 and done.out.count("all else  as item 1\n") == 6, done
    assert all(f"set hz of c-{number} from 10 to 20" in done.out for number in range(7)), done


def test_a_change_that_differs_in_more_than_its_target_is_shown_by_itself(project, alike):
    book = project.books / "fleet.lua"
    book.write_text(book.read_text().replace("{ to = 20 }", "{ to = redis == arg.caches[1] and 30 or 20 }"))
    done = project.run(*alike)
    assert "1. set hz of c-0 from 10 to 30" in done.out, done
    assert "2-7. on each of 6 targets: set hz of it from 10 to 20" in done.out, done


KEYS = """
return playbook "keys" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { all = see.redis(arg.redis):largest_keys() } end,
  diagnose = function(found) if #found.all.keys > 0 then return finding("old", "%d", #found.all.keys) end return healthy "none" end,
  mitigations = { mitigation "delete" { answers = { "old" },
    plan = function(found, arg)
      local names = {}
      for at, key in ipairs(found.all.keys) do names[at] = key.key end
      table.sort(names)
      return { change.each_of(names, { at_most = 3 }, function(key) return { change.redis_delete_key(arg.redis, key) } end) }
    end,
    verify = function(arg) return { check.redis(arg.redis):key("old:1").exists:is(false) } end, within = "1s" } },
}
"""


@pytest.fixture
def keys(project, cache):
    project.book("keys", KEYS)

    def write(count):
        for number in range(1, count + 1):
            cache.ask("SET", f"old:{number}", "x" * 100)

    return write


def test_each_of_a_selection_is_a_change_of_its_own(project, cache, keys):
    keys(3)
    done = project.run("run", "keys", "--approve", project.plan("keys", "delete"))
    assert (done.code, cache.ask("DBSIZE")) == (0, 0), done
    assert [record["data"]["args"]["key"] for record in project.records("INTENT")] == ["old:1", "old:2", "old:3"]


def test_a_member_that_is_gone_meanwhile_is_left_out(project, cache, keys):
    keys(3)
    session = Terminal(project, "run", "keys").see(CHOOSE).answer("delete").see(APPROVE)
    cache.ask("DEL", "old:2")
    session.answer("yes").see("Verified")
    assert session.end() == 0, session.text
    assert [record["data"]["args"]["key"] for record in project.records("INTENT")] == ["old:1", "old:3"]


def test_a_selection_that_is_larger_than_expected_is_refused(project, cache, keys):
    keys(4)
    done = project.run("run", "keys", "--dry-run")
    assert (done.code, "4 are selected, and at most 3 may be" in done.err) == (2, True), done
    assert cache.ask("DBSIZE") == 4
