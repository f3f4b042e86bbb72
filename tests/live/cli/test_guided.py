"""What a person is offered in a guided run beside the mitigations that answer: other playbooks, handing over, holds."""

import pytest

from terminal import APPROVE, CHOOSE, Terminal

MIB = 1 << 20

TRIAGE = """
return playbook "triage" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { redis = input.redis "the instance" },
  findings = { ["small"] = "too small" },
  evidence = function(see, arg) return { limit = see.redis(arg.redis):config "maxmemory" } end,
  diagnose = function(found, arg)
    if found.limit >= 33554432 then return healthy "enough" end
    VERDICT
  end,
}
"""
FINDING = 'return finding("small"):next "look at the memory":next(book("limit", { redis = arg.redis }))'
UNFIT = 'return unfit("this is about memory"):next(book("limit", { redis = arg.redis }))'


@pytest.fixture
def at(project, cache):
    """Opens a session at a terminal, and at the end looks after the process."""
    sessions = []

    def open_session(*words):
        sessions.append(Terminal(project, *words))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.child.close(force=True)


@pytest.mark.parametrize("verdict", [FINDING, UNFIT], ids=["finding", "unfit"])
def test_a_dry_run_prints_the_line_that_goes_on_with_the_other_playbook(project, cache, verdict):
    project.book("triage", TRIAGE.replace("VERDICT", verdict))
    done = project.run("run", "triage", "--dry-run")
    assert (done.code, "→ runbook run limit -p redis=cache-1\n" in done.out) == (0, True), done
    assert project.run("run", "triage").code == 11
    line = "runbook run limit -p redis=cache-1"
    assert project.shell(line + " --dry-run").code == 0


def test_continuing_with_another_playbook_is_a_run_of_its_own_that_names_the_first(project, cache, at):
    project.book("triage", TRIAGE.replace("VERDICT", FINDING))
    session = at("run", "triage", "--incident", "INC-7").see("continue with limit").see(CHOOSE).answer("continue with limit")
    session.see("goes on from run").see(CHOOSE).answer("1").see("new maxmemory").answer().see(APPROVE).answer("yes")
    assert session.end() == 0, session.text
    assert cache.config("maxmemory") == str(32 * MIB)
    first, second = project.records("RUN_START")
    assert (second["data"]["follows"], second["data"]["inputs"]) == (first["run"], {"redis": "cache-1"})
    assert second["data"]["incident"] == "INC-7"
    ends = [(record["run"], record["data"]["status"], record["data"]["exit"]) for record in project.records("RUN_END")]
    assert ends == [(first["run"], "continue with limit", 11), (second["run"], "verified", 0)]
    assert f"from {first['run']}" in project.run("runs").out
    assert f"went on as run {second['run']}" in project.run("report", first["run"]).out
    assert f"goes on from run {first['run']}" in project.run("report", second["run"]).out
    assert project.run("report", second["run"], "-o", "json").json["follows"] == first["run"]


def test_an_end_without_changes_after_a_run_that_changed_something_says_that_changes_stand(project, cache, at):
    project.book("triage", TRIAGE.replace("VERDICT", 'return finding("small"):next(book("looking-only", { redis = arg.redis }))')
                 .replace("findings =", """mitigations = { mitigation "raise" { answers = { "small" },
    plan = function(found, arg) return { change.redis_config(arg.redis, "maxmemory", { to = 20971520 }) } end,
    verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end, within = "2s" } },
  findings ="""))
    session = at("run", "triage", "--mitigate", "raise").see(APPROVE).answer("yes").see(CHOOSE).answer("continue with looking-only")
    exit = session.end()
    last = project.records("RUN_END")[-1]["data"]["exit"]
    assert (exit, [record["data"]["exit"] for record in project.records("RUN_END")][0]) == (5 if last in (3, 11) else last, 5), session.text


def test_a_playbook_that_is_not_there_is_named_and_asked_about_again(project, cache, at):
    project.book("triage", TRIAGE.replace("VERDICT", 'return finding("small"):next(book("limits", { redis = arg.redis }))'))
    session = at("run", "triage").see(CHOOSE).answer("1").see("did you mean limit?").see(CHOOSE).answer("s")
    assert session.end() == 11, session.text


def test_a_playbook_outside_the_catalogue_finds_the_one_beside_it(project, cache, at):
    folder = project.root / "drafts of mine"
    folder.mkdir()
    (folder / "triage.lua").write_text(TRIAGE.replace("VERDICT", FINDING.replace('"limit"', '"draft"')))
    (folder / "draft.lua").write_text((project.books / "limit.lua").read_text().replace('playbook "limit"', 'playbook "draft"'))
    done = project.run("run", folder / "triage.lua", "--dry-run")
    line = done.out.split("→ ")[-1].splitlines()[0]
    assert "drafts of mine" in line and project.shell(line + " --dry-run").code == 0, done
    session = at("run", str(folder / "triage.lua")).see(CHOOSE).answer("1").see("goes on from run").see(CHOOSE).answer("s")
    assert session.end() == 3, session.text


def test_handing_over_says_what_is_known_done_and_next(project, cache, at):
    session = at("run", "limit").see(CHOOSE).answer("h").see("takes over").answer("the host has 64 MiB left")
    session.see("Handed over")
    assert session.end() == 3, session.text
    end, told = project.records("RUN_END")[-1]["data"], project.records("HAND_OVER")[-1]["data"]
    assert (end["status"], end["exit"]) == ("handed over", 3)
    assert told == {"note": "the host has 64 MiB left", "known": ["small: maxmemory is 16777216"], "done": [], "stands": [],
                    "next": ["raise-limit answers small and was not tried", "evict answers small and was not tried"]}
    report = project.run("report", project.last_run()).out
    assert "## Handed over" in report and "the host has 64 MiB left" in report
    assert "evict answers small" in report


def test_handing_over_after_a_change_says_what_stands(project, cache, at):
    session = at("run", "limit", "--mitigate", "raise-limit", "-p", "raise-limit.limit=20mb").see(APPROVE).answer("yes")
    session.see("What now?").see(CHOOSE).answer("hand over").see("takes over").answer()
    assert session.end() == 5, session.text
    told = project.records("HAND_OVER")[-1]["data"]
    changed = "set maxmemory of cache-1 from 16777216 (16 MiB) to 20971520 (20 MiB)"
    assert (told["stands"], told["done"][0]) == ([changed], "applied: " + changed)
    assert "evict answers small and was not tried" in told["next"] and len(told["next"]) == 1
    assert "handed over, changes stand" in session.text and "runbook undo" in session.text


def test_what_is_not_called_for_when_all_is_well_is_not_planned_either(project, cache):
    """A dry run and a live run say the same."""
    cache.ask("CONFIG", "SET", "maxmemory", 64 * MIB)
    words = ["run", "limit", "--mitigate", "raise-limit"]
    for more in ([], ["--dry-run"], ["--dry-run", "--detailed-exitcode"]):
        done = project.run(*words, *more)
        assert (done.code, "raise-limit was asked for, but all is well: nothing to do" in done.out) == (0, True), done
    assert project.records("PLAN") == []


def test_a_hold_can_be_asked_for_when_all_is_well_and_is_called_for_while_anything_is_wrong(project, cache):
    path = project.books / "limit.lua"
    path.write_text(path.read_text().replace('mitigation "evict" {\n      answers = { "small" },',
                                             'mitigation "evict" {\n      purpose = "hold",'))
    words = ["run", "limit", "--mitigate", "evict", "--dry-run", "-o", "json"]
    assert (project.run(*words).json["verdict"], project.records("PLAN")[-1]["data"]["called_for"]) == ("finding", True)
    cache.ask("CONFIG", "SET", "maxmemory", 64 * MIB)
    found = project.run(*words).json
    assert (found["verdict"], [plan["mitigation"] for plan in found["plans"]]) == ("healthy", ["evict"])
    assert project.records("PLAN")[-1]["data"]["called_for"] is False


def test_letters_and_numbers_choose_and_nothing_is_preselected(project, cache, at):
    session = at("run", "limit").see(CHOOSE).answer().see("a number from 1 to").see(CHOOSE).answer("x").see("a number from")
    session.see(CHOOSE).answer("l").see("Looking again").see(CHOOSE).answer("4").see("Looking again").see(CHOOSE).answer("s")
    assert session.end() == 3, session.text
    assert project.records("INTENT", "PLAN") == []


def test_a_wrong_change_is_told_with_its_line(project, cache):
    path = project.books / "limit.lua"
    path.write_text(path.read_text().replace('"maxmemory", { to = chosen.limit }', '"maxmemry", { to = chosen.limit }'))
    done = project.run("run", "limit", "--dry-run")
    assert (done.code, "limit.lua:31: the setting maxmemry" in done.err, "did you mean maxmemory?" in done.err) == (2, True, True), done
