"""The playbooks `ratelimit-tighten` and `ddos` on a host with a real nginx and a real ufw: who asks too much is kept out, and nobody else."""

import pytest

from crowded_host import CrowdedHost
from traffic_scenes import ABUSER, EVERYBODY, OTHER, visits


@pytest.fixture
def host(project, tmp_path, request):
    host = CrowdedHost(tmp_path / "crowded")
    request.addfinalizer(host.stop)
    host.declare(project, env="dev")
    return host


@pytest.fixture
def instances(project, dockerd):
    made = [dockerd.service(name, health=False, env={"RATE_LIMIT_PER_MINUTE": "60"}) for name in ("api-blue", "api-green")]
    for one in made:
        project.container(one.name, dockerd, env="dev", tags=["backend"])
    return made


def carried_out(project, book, mitigation, *words):
    dry = project.run("run", book, "--dry-run", "--mitigate", mitigation, *words, "-o", "json")
    assert dry.json["plans"], dry
    plan = dry.json["plans"][0]
    gate = ["--confirm", ",".join(sorted({change["target"] for change in plan["changes"]})), "--reason", "a test"] if plan["level"] == 3 else []
    return plan, project.run("run", book, "--mitigate", mitigation, *words, "--approve", plan["digest"], *gate, timeout=120)


def said(done):
    return " ".join((done.out + done.err).split())


def test_one_who_tries_passwords_is_kept_out_and_comes_back_by_itself(project, host):
    visits(host, abuser=300, path="/login")
    plan, done = carried_out(project, "ratelimit-tighten", "keep-out", "-p", "firewall=web-1", "-p", "window=15s", "-p", "keep-out.lasts=2h")
    assert done.code == 0 and f"{host.client(ABUSER)} (" in said(done) and "the limiter refuses none" in said(done), done
    assert len(plan["changes"]) == 1
    with pytest.raises(OSError):
        host.ask(ABUSER)
    assert host.ask(OTHER) == [200] and host.ask(EVERYBODY[0]) == [200]
    assert len(host.timers()) > 0, "the host ends it by itself"
    assert project.run("undo", project.last_run(), "--yes").code == 0
    assert host.ask(ABUSER) == [200] and host.timers() == []


def test_where_many_ask_too_often_the_service_takes_less(project, host, instances):
    visits(host, each=130)
    _, done = carried_out(project, "ratelimit-tighten", "tighten", "-p", "instances=tag:backend", "-p", "tighten.limit=20")
    assert done.code == 5 and "many-addresses" in done.out and "a problem remains" in done.out, done  # they still come
    assert [one.get("/env/RATE_LIMIT_PER_MINUTE") for one in instances] == [(200, "20")] * 2


def test_requests_as_always_are_no_incident(project, host):
    visits(host, each=1)
    assert "Healthy" in project.run("run", "ratelimit-tighten", "--yes").out
    done = project.run("run", "ddos", "--yes")
    assert done.code == 0 and "31 addresses" in said(done), done  # and the playbook itself, which looks at the shop


def test_a_flood_from_a_few_addresses_is_kept_out(project, host):
    visits(host, abuser=2000)
    host.ask(OTHER, 1500)
    plan, done = carried_out(project, "ddos", "keep-out", "-p", "firewall=web-1", "-p", "window=15s")
    assert done.code == 0 and "few-sources" in done.out, done
    assert [change["text"].split(" to ")[0].split("deny")[1] for change in plan["changes"]] == [f" from {host.client(number)}" for number in (ABUSER, OTHER)]
    assert host.ask(EVERYBODY[0]) == [200]


@pytest.mark.parametrize("book", ["ratelimit-tighten", "ddos"])
def test_without_a_firewall_and_a_limiter_nothing_is_offered(project, host, book):
    visits(host, abuser=3500)
    done = project.run("run", book, "--yes")
    assert done.code == 11 and "few-" in done.out and "Plan" not in done.out, done
    for mitigation, what in (("keep-out", "firewall"), ("tighten", "instances")):
        refused = project.run("run", book, "--dry-run", "--mitigate", mitigation)
        assert refused.code != 0 and what in said(refused), refused


def test_a_flood_from_everywhere_is_for_whoever_is_in_front(project, host):
    visits(host, each=120)
    done = project.run("run", "ddos", "--yes", "-p", "firewall=web-1")
    assert done.code == 11 and "many-sources" in done.out and "call the provider or the CDN" in said(done), done
    refused = project.run("run", "ddos", "--dry-run", "--mitigate", "keep-out", "-p", "firewall=web-1")
    assert "deny from" not in refused.out, refused
