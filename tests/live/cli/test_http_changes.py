"""Changing things over HTTP: once, with a key, compared by what shows it, and taken back by what the author says."""

import json

import pytest

from http_servers import Service
from project import BIN

BOOK = """
return playbook "switch" { alerts = {}, severity = "SEV-3", owner = "tests", inputs = { api = input.http "the api" },
  evidence = function(see, arg) return { flag = see.http(arg.api):get "/flag" } end,
  diagnose = function(found)
    if not found.flag then return unclear "unread" end
    if found.flag.json.on then return finding("wanted", "the flag is on") end
    return healthy "the flag is off" end,
  mitigations = { mitigation "switch" { answers = { "wanted" },
    plan = function(_, arg) return { %s } end,
    verify = function(arg) return { check.http(arg.api):get("/flag").status:is(200) } end, within = "5s" } } }"""

FLAG = """change.http_put(arg.api, "/flag", { json = { on = false }, state = "/flag", members = { "on" }, to = { json = { on = false } },
  undo = { method = "PUT", path = "/flag", json = { on = true } } })"""
POST = 'change.http_post(arg.api, "/restart", { body = "now", expects = { 202 }, headers = { ["X-Why"] = "tests" } })'


class Flag(Service):
    """A service with one flag; `before` and `after` may spoil the answer to a PUT before or after it was carried out."""

    def __init__(self):
        self.on, self.keys, self.before, self.after, self.looks = True, [], None, None, 0
        super().__init__({"/flag": self.flag, "/restart": self.restart})

    def flag(self, request):
        if request["method"] == "GET":
            self.looks += 1
            return 200, {}, {"on": self.on, "looked_at": self.looks}
        if self.before:
            return self.before
        self.on = json.loads(request["body"])["on"]
        self.keys.append(request["headers"].get("Idempotency-Key"))
        return self.after(request) if self.after else (204, {}, "")

    def restart(self, request):
        self.keys.append(request["headers"].get("Idempotency-Key"))
        return self.after(request) if self.after else (202, {}, "")


@pytest.fixture
def api(project, request):
    service = Flag()
    request.addfinalizer(service.stop)
    project.target("api", service.url, kind="http", env="dev")
    project.book("switch", BOOK % FLAG)
    return service


def switched(project, *words):
    return project.run("run", "switch", "--approve", project.plan("switch", "switch"), *words)


def outcome(project):
    return project.records("OUTCOME")[-1]["data"]["status"]


def test_a_flag_is_set_and_set_back(project, api):
    planned = project.run("run", "switch", "--dry-run")
    assert 'PUT /flag "{\\"on\\":false}"' in planned.out or "PUT /flag" in planned.out, planned
    assert api.asked("PUT") == []
    done = switched(project)
    assert done.code == 0 and api.on is False and outcome(project) == "applied", done
    intent = project.records("INTENT")[-1]
    assert api.keys == [intent["hash"][:32]]
    put = next(request for request in api.heard if request["method"] == "PUT")
    assert put["body"] == '{"on":false}' and put["headers"]["Content-Type"] == "application/json"
    run = project.last_run()
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert project.run("undo", run, "--approve", plan["digest"]).code == 0
    assert api.on is True and len(set(api.keys)) == 2


def test_what_is_so_already_is_not_sent(project, api):
    project.book("switch", (BOOK % FLAG).replace("if found.flag.json.on then", "if found.flag then"))
    api.on = False
    switched(project)
    assert api.asked("PUT") == [] and outcome(project) == "skipped"
    assert "nothing of run" in project.run("undo", project.last_run()).out


def test_a_lost_answer_is_settled_by_what_shows_the_state(project, api):
    api.after = lambda request: None
    done = switched(project)
    assert done.code == 0 and outcome(project) == "applied" and len(api.keys) == 1, done


def test_an_answer_that_says_no_changes_nothing(project, api):
    api.before = (409, {}, {"error": "somebody else is at it"})
    done = switched(project)
    assert outcome(project) == "not_applied" and "answers 409 to PUT" in done.out + done.err, done
    assert done.code == 1 and api.on is True and api.keys == []


def test_an_accepted_change_that_does_not_show_has_failed(project, api):
    def forgets(_):
        api.on = True
        return 204, {}, ""

    api.after = forgets
    switched(project)
    data = project.records("OUTCOME")[-1]["data"]
    assert data["status"] == "failed" and "accepted, but it reads back as" in data["error"]["message"]


def test_without_a_state_the_answer_alone_tells(project, api):
    project.book("switch", BOOK % POST)
    planned = " ".join(project.run("run", "switch", "--dry-run").out.split())
    assert 'sends POST /restart "X-Why: tests" now' in planned, "what decides what it does is shown"
    assert "nobody said how it is taken back" in planned and "the answer alone tells" in planned, planned
    assert switched(project).code == 5 and outcome(project) == "applied", "it stands, and the flag is on as before"
    assert [(asked["headers"]["X-Why"], asked["body"]) for asked in api.heard if asked["method"] == "POST"] == [("tests", "now")]


@pytest.mark.parametrize("answer", [None, (500, {}, "oops"), (504, {}, "the gateway gave up")])
def test_without_a_state_a_lost_answer_stays_in_doubt_and_nobody_sends_it_again(project, api, answer):
    project.book("switch", BOOK % POST)
    api.after = lambda _: answer
    done = switched(project)
    assert outcome(project) == "in_doubt" and done.code != 0, done
    again = switched(project)
    assert again.code == 8 and "nobody knows" in again.out + again.err, again
    assert len(api.asked("POST")) == 1


@pytest.mark.parametrize("change,words", [
    ('change.http_put(arg.api, "/../flag", { body = "x" })', "dot segments"),
    ('change.http_put(arg.api, "/flag", { body = "x", json = { a = 1 } })', "either json or body"),
    ('change.http_put(arg.api, "/flag", { body = "x", headers = { Authorization = "x" } })', "not a playbook's to set"),
    ('change.http_put(arg.api, "/flag", { body = "x", headers = { ["X-Why"] = "a\\r\\nX-Force: 1" } })', "no header may"),
    ('change.http_put(arg.api, "/flag", { body = "x", to = { json = {} } })', "to needs state"),
    ('change.http_put(arg.api, "/flag", { body = "x", undo = { method = "PUT", path = "/flag" } })', "undo needs state and to"),
    ('change.http_put(arg.api, "/flag", { body = "x", expects = { 100 } })', "expects is a list of statuses"),
])
def test_what_an_author_gets_wrong_is_said_with_its_line(project, api, change, words):
    project.book("switch", BOOK % change)
    done = project.run("run", "switch", "--dry-run")
    assert words in done.out + done.err and "switch.lua:" in done.out + done.err, done
    assert api.asked("PUT") == []


def test_the_dry_only_program_plans_and_cannot_send(project, api):
    done = project.run("run", "switch", "--dry-run", program="runbook-dryonly")
    assert done.code == 0 and "PUT /flag" in done.out, done
    assert b"http_appliers" not in (BIN / "runbook-dryonly").read_bytes()


def test_the_page_for_doing_it_by_hand_does_it(project, api):
    page = project.run("show", "switch", "--by-hand", "-p", "api=api").out
    line = next(line.strip() for line in page.splitlines() if "-X PUT" in line)
    done = project.shell(line)
    assert done.code == 0 and api.on is False, (line, done)
