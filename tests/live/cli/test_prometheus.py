"""Looking at a real Prometheus and a real Alertmanager, and silencing alerts for a while."""

import json
import time

import pytest

import http_servers
from http_servers import Service
from servers import wait_until

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { at = input.%s "where" },
  evidence = function(see, arg) local at = see.%s(arg.at); return { %s } end,
  diagnose = function(found) %s return finding("seen", "seen") end }"""


@pytest.fixture
def look(project):
    """What readings of a subject gave, by name; of one that failed, its error."""
    def look(subject, readings, diagnose=""):
        project.book("looks", BOOK % (subject, subject, readings, diagnose))
        done = project.run("run", "looks", "--dry-run")
        assert done.code in (0, 11), done
        run = project.last_run()
        items = [record["data"] for record in project.records("EVIDENCE") if record["run"] == run]
        return {data["name"]: data.get("error") or json.loads((project.state / "evidence" / data["sha256"]).read_bytes()) for data in items}

    return look


METRICS = """# TYPE requests_total counter
requests_total{code="200"} %d
requests_total{code="500"} %d
# TYPE broken gauge
broken NaN
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """A Prometheus that scrapes a service whose requests fail half of the time, and one that is away."""
    began = time.monotonic()

    def metrics(_):
        count = int((time.monotonic() - began) * 100)
        return 200, {"Content-Type": "text/plain"}, METRICS % (count, count)

    service = Service({"/metrics": metrics})
    rules = "groups: [{name: g, rules: [{alert: AlwaysFiring, expr: vector(1), labels: {severity: page}, annotations: {summary: it fires}}]}]"
    server = http_servers.prometheus(tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{service.port}", "127.0.0.1:1", rules=rules)
    yield server
    server.stop()
    service.stop()


RATIO = "sum(rate(requests_total{code='500'}[$window])) / sum(rate(requests_total[$window]))"


def test_what_prometheus_measured_is_read(project, prometheus, look):
    project.target("prom", prometheus.url, kind="prometheus")
    measured = lambda: isinstance((found := look("prometheus", f'burn = at:burn {{ errors = "{RATIO}", objective = 0.99, windows = {{ "5s", "1m" }} }}, '
                                                 'up = at:query "up{job=\'api\'}", alerts = at:alerts(), targets = at:targets(), '
                                                 'one = at:query "max(up)", scalar = at:query "scalar(vector(4))", '
                                                 'course = at:range { query = "max(requests_total)", within = "1m", step = "1s" }'))["burn"].get("rates"),
                                  dict) and "5s" in found["burn"]["rates"] and found["alerts"]["firing"] and found["targets"]["unknown"] == 0 and "last" in found["course"] and found
    found = wait_until(measured, "two scrapes are there", seconds=30)
    assert found["burn"]["rates"]["5s"] == pytest.approx(50, rel=0.02) and found["burn"]["ratios"]["5s"] == pytest.approx(0.5, rel=0.02)
    assert sorted(series["value"] for series in found["up"]["series"]) == [0, 1] and "value" not in found["up"] and found["up"]["total"] == 2
    assert (found["one"]["value"], found["scalar"]["value"]) == (1, 4)
    assert found["course"]["last"] >= found["course"]["first"] > 0 and found["course"]["series"][0]["points"]
    assert found["alerts"]["alerts"][0]["name"] == "AlwaysFiring" and found["alerts"]["alerts"][0]["severity"] == "page"
    assert (found["targets"]["up"], found["targets"]["down"]) == (1, 1) and found["targets"]["ailing"][0]["instance"] == "127.0.0.1:1"


def test_what_nobody_measures_is_unknown_and_never_zero(project, prometheus, look):
    project.target("prom", prometheus.url, kind="prometheus")
    found = look("prometheus", 'typo = at:query "no_such_metric", nan = at:query "0 / vector(0) * vector(0)", '
                 'course = at:range("no_such_metric"), burn = at:burn("sum(rate(nothing[$window]))", 0.999), wrong = at:query "sum("',
                 'assert(found.typo == nil and found.burn == nil); print(found:why "typo")')
    for name in ("typo", "nan", "course", "burn"):
        assert found[name]["code"] == "not_found" and "unknown, not zero" in found[name]["message"], found[name]
    assert found["wrong"]["code"] == "remote" and "parse error" in found["wrong"]["message"], found["wrong"]


@pytest.fixture
def alertmanager(tmp_path):
    server = http_servers.alertmanager(tmp_path / "am")
    yield server
    server.stop()


SILENCE = """
return playbook "silence" { alerts = {}, severity = "SEV-3", owner = "tests", inputs = { at = input.alertmanager "where" },
  evidence = function(see, arg) return { alerts = see.alertmanager(arg.at):alerts() } end,
  diagnose = function(found)
    if not found.alerts then return unclear "unread" end
    if found.alerts.count > 0 then return finding("noise", "%d alerts", found.alerts.count) end
    return healthy "quiet" end,
  mitigations = { mitigation "hush" { answers = { "noise" },
    plan = function(_, arg)
      return { change.alertmanager_silence(arg.at, { "alertname=~\\"Api.*\\"", "env!=dev" }, "2h", "INC-4711, by the tests") } end,
    verify = function(arg) return { check.alertmanager(arg.at):alerts().count:is(0) } end, within = "10s" } } }"""


def tell(server, path, body=None, method=None):
    import urllib.request

    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def test_a_silence_has_an_end_and_is_found_again_to_be_taken_back(project, alertmanager):
    project.target("am", alertmanager.url, kind="alertmanager", env="dev")
    project.book("silence", SILENCE)
    tell(alertmanager, "/api/v2/alerts", [{"labels": {"alertname": "ApiDown", "env": "prod"}, "annotations": {"summary": "gone"}}])
    wait_until(lambda: tell(alertmanager, "/api/v2/alerts"), "the alert is there")
    planned = project.run("run", "silence", "--dry-run")
    assert "silence alertname=~\"Api.*\", env!=dev in am for 2h" in planned.out and '"endsAt":"2h"' in planned.out.replace("\\", ""), planned
    assert tell(alertmanager, "/api/v2/silences") == []
    done = project.run("run", "silence", "--approve", project.plan("silence", "hush"))
    assert done.code == 0, done
    silence, = tell(alertmanager, "/api/v2/silences")
    assert silence["comment"] == "INC-4711, by the tests" and silence["createdBy"] == "runbook" and silence["status"]["state"] == "active"
    assert {(m["name"], m["value"], m["isRegex"], m["isEqual"]) for m in silence["matchers"]} == {("alertname", "Api.*", True, True), ("env", "dev", False, False)}
    hours = (time.mktime(time.strptime(silence["endsAt"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.strptime(silence["startsAt"][:19], "%Y-%m-%dT%H:%M:%S"))) / 3600
    assert hours == pytest.approx(2, abs=0.01)
    run = project.last_run()
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert silence["id"] in json.dumps(plan["changes"][0]["calls"])
    assert project.run("undo", run, "--approve", plan["digest"]).code == 0
    silence, = tell(alertmanager, "/api/v2/silences")
    assert silence["status"]["state"] == "expired"


def test_an_annotation_is_made_and_taken_back(project, request):
    """A peer that speaks as Grafana does: it is no package of Debian."""
    kept = []

    def annotations(asked):
        if asked["method"] == "POST":
            kept.append({"id": 17, "time": 1, **json.loads(asked["body"])})
            return 200, {}, {"message": "Annotation added", "id": 17}
        return 200, {}, kept

    def delete(_):
        kept.clear()
        return 200, {}, {"message": "Annotation deleted"}

    grafana = Service({"/api/annotations": annotations, "/api/annotations/17": delete, "/api/health": (200, {}, {"database": "ok", "version": "10"})})
    request.addfinalizer(grafana.stop)
    project.target("grafana", grafana.url, kind="grafana", env="dev")
    project.book("mark", """
return playbook "mark" { alerts = {}, severity = "SEV-3", owner = "tests", inputs = { at = input.grafana "where" },
  evidence = function(see, arg) return { mark = see.grafana(arg.at):annotation("INC-4711", { "runbook" }) } end,
  diagnose = function(found) return found.mark and healthy "marked" or finding("wanted", "a mark") end,
  mitigations = { mitigation "mark" { answers = { "wanted" },
    plan = function(_, arg) return { change.grafana_annotate(arg.at, "INC-4711", { "runbook", "api" }) } end,
    verify = function(arg) return { check.grafana(arg.at):annotation("INC-4711", { "runbook", "api" }).id:is(17) } end, within = "10s" } } }""")
    done = project.run("run", "mark", "--approve", project.plan("mark", "mark"))
    assert done.code == 0 and [(one["text"], one["tags"]) for one in kept] == [("INC-4711", ["runbook", "api"])], done
    run = project.last_run()
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    assert project.run("undo", run, "--approve", plan["digest"]).code == 0
    assert kept == [] and grafana.asked("DELETE") == ["DELETE /api/annotations/17"]
