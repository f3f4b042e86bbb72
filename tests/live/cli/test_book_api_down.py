"""The playbook `api-down` on a real Docker Engine: two instances of a service, and each cause that it tells apart."""

import contextlib
import itertools

import pytest

import measuring
from http_servers import status_of
from servers import wait_until


@pytest.fixture
def start(project, dockerd):
    """Starts an instance of the service that is a target with the tag `backend`."""
    def instance(name, image="lab/service:1", **more):
        container = dockerd.service(name, image, **more)
        project.container(name, dockerd, env="dev", tags=["backend"])
        return container
    return instance


def reached_through(project, instance):
    project.target("api", instance.url, kind="http", env="dev", health="/health")


def run(project, *words, timeout=120):
    return project.run("run", "api-down", *words, timeout=timeout)


def in_one_line(text):
    return " ".join(text.split())


def test_two_instances_that_are_well_are_healthy(project, start):
    blue, green = start("blue"), start("green")
    reached_through(project, blue)
    done = run(project)
    assert done.code == 0 and "all 2 instances run, and it says that it is up" in done.out, done


def test_an_instance_that_ended_is_started_again_once_its_log_is_kept(project, start):
    blue, green = start("blue"), start("green")
    reached_through(project, blue)
    blue.get("/say/panic:%20out%20of%20luck")
    with pytest.raises(Exception):
        blue.get("/crash")
    blue.wait("exited")
    done = run(project, "--yes")
    assert done.code == 0, done
    assert "instance-down" in done.out and "panic" in done.out, done.out
    assert blue.wait("healthy").get("/health")[0] == 200
    assert green.state()["Running"]
    undone = project.run("undo", project.last_run(), "--yes")
    assert undone.code == 0 and blue.state()["Status"] == "exited", undone


def test_an_instance_that_was_killed_for_its_memory_gets_more_of_it_and_an_undo_takes_it_back(project, start):
    blue, green = start("blue", memory=32 << 20), start("green", memory=32 << 20)
    reached_through(project, green)
    with contextlib.suppress(OSError):
        blue.get("/eat/64")
    wait_until(lambda: blue.state()["OOMKilled"], "the kernel killed it")
    done = run(project, "--yes")
    assert done.code == 0 and "blue, at a limit of 32 MiB" in done.out, done
    assert blue.wait("healthy").inspect()["HostConfig"]["Memory"] == 64 << 20
    assert green.inspect()["HostConfig"]["Memory"] == 32 << 20
    back = project.last_run()
    plan = project.run("undo", back, "--dry-run", "-o", "json").json["plans"][0]
    undone = project.run("undo", back, "--approve", plan["digest"], "--confirm", "blue", "--reason", "a test")
    assert undone.code == 0 and blue.state()["Status"] == "exited" and blue.inspect()["HostConfig"]["Memory"] == 32 << 20, undone


def test_a_variable_that_is_missing_is_added_where_it_is_missing(project, dockerd, start):
    green = start("green", env={"CDN_BASE_URL": "https://cdn.lxd"})
    blue = start("blue", env={"NEEDS": "CDN_BASE_URL"}, start=False)
    blue.start()
    blue.wait("exited")
    reached_through(project, green)
    done = run(project, "--yes", "-p", "add-setting.value=https://cdn.lxd")
    assert done.code == 0 and "CDN_BASE_URL must be set" in in_one_line(done.out), done
    assert blue.get("/env/CDN_BASE_URL") == (200, "https://cdn.lxd")


def test_a_secret_that_is_missing_is_given_by_its_name_and_never_seen(project, dockerd, start):
    green = start("green", env={"API_KEY": "hunter2hunter2"})
    blue = start("blue", env={"NEEDS": "API_KEY"}, start=False)
    blue.start()
    blue.wait("exited")
    reached_through(project, green)
    project.secret("SHOP_KEY", "env:SHOP_KEY")
    done = project.run("run", "api-down", "--yes", "--mitigate", "add-secret", "-p", "add-secret.secret=SHOP_KEY", env={"SHOP_KEY": "hunter2hunter2"})
    assert done.code == 0 and "API_KEY of the secret SHOP_KEY" in in_one_line(done.out), done
    assert blue.get("/env/API_KEY") == (200, "hunter2hunter2")
    state = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    assert b"hunter2" not in state and "hunter2" not in done.out + done.err


def test_a_release_that_does_not_come_up_is_taken_back_one_instance_at_a_time(project, dockerd, start):
    blue, green = start("blue", "lab/service:2", env={"READY_AFTER": "86400"}), start("green", "lab/service:2", env={"READY_AFTER": "86400"})
    reached_through(project, blue)
    for one in (blue, green):
        one.wait("unhealthy")
    done = run(project, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in done["findings"]] == ["bad-release"], done
    texts = [change["text"] for change in done["plans"][0]["changes"]]
    assert len(texts) == 2 and all("lab/service:1" in text for text in texts), texts


@pytest.mark.parametrize("line, finding, next_words, code", [
    ("FATAL:%20too%20many%20connections%20for%20role", "database", "who holds its connections", 11),
    ("config:%20API_KEY%20must%20be%20set", "setting-missing", "compare the names in its environment", 4),
    ("write:%20OOM%20command%20not%20allowed", "redis", "redis-down", 11),
])
def test_what_the_log_of_an_ill_instance_says_names_the_cause_and_changes_nothing(project, start, line, finding, next_words, code):
    blue = start("blue")
    reached_through(project, blue)
    blue.get("/say/" + line)
    blue.stop()
    before = blue.inspect()["State"]
    done = run(project, "--yes")
    assert done.code == code and finding in done.out and next_words in in_one_line(done.out), done
    assert blue.inspect()["State"] == before


def test_instances_that_are_well_and_not_reached_point_to_the_proxy(project, start):
    blue, green = start("blue"), start("green")
    project.target("api", "http://127.0.0.1:1", kind="http", env="dev", health="/health")
    done = run(project, "--yes")
    assert done.code == 11 and "edge" in done.out and "look at the proxy" in done.out, done


def test_what_the_health_document_says_is_down_is_named_and_nothing_is_restarted(project, start):
    blue = start("blue", env={"UNHEALTHY": "redis,search"})
    reached_through(project, blue)
    blue.wait("unhealthy")
    done = run(project, "--yes")
    assert done.code == 11 and "redis is down" in done.out and "search is down" in done.out, done
    assert "runbook run redis-down" in done.out, done.out


def test_an_instance_that_cannot_be_looked_at_makes_it_unclear(project, dockerd, start):
    blue = start("blue")
    reached_through(project, blue)
    project.container("green", dockerd, env="dev", tags=["backend"])
    done = run(project, "--yes")
    assert done.code == 11 and "green cannot be looked at" in done.out, done


def test_requests_that_fail_though_all_is_well_are_a_finding_and_what_measures_nothing_is_unclear(project, start, measured):
    blue = start("blue")
    reached_through(project, blue)
    came_to = [200]
    counted = measured(lambda: came_to[0]).until(0)
    done = run(project, "--dry-run", *measuring.INPUTS)
    assert done.code == 0 and "all 1 instances run, and it says that it is up" in done.out, done
    came_to[0] = 500
    counted.until(1)
    done = run(project, "--yes", *measuring.INPUTS)
    assert done.code == 11 and "failing-requests" in done.out and "of its requests fail" in done.out and "runbook run rollback" in done.out, done
    counted.prometheus.stop()
    done = run(project, "--dry-run", *measuring.INPUTS)
    assert "it looks healthy, but not everything could be read: share" in in_one_line(done.out), done


def test_a_mitigation_counts_when_requests_do_not_fail_any_more(project, start, measured):
    blue = start("blue")
    reached_through(project, blue)
    blue.stop()
    measured(lambda: status_of(blue.url + "/health")).until(1)
    done = run(project, "--yes", *measuring.INPUTS)
    assert done.code == 0 and "100.0 % of its requests fail" in done.out and ".value at most 0.02: found" in in_one_line(done.out), done


def test_alerts_are_silenced_for_a_while_where_they_can_be_and_an_undo_ends_it(project, start, measured):
    blue = start("blue", env={"UNHEALTHY": "search"})
    reached_through(project, blue)
    blue.wait("unhealthy")
    counted = measured(itertools.repeat(200).__next__)
    without = run(project, "--mitigate", "silence", "--dry-run")
    assert without.code == 2 and "silence needs the input alertmanager, and there is none" in without.err, without
    words = ["--mitigate", "silence", "-p", "alertmanager=alertmanager", "-p", "silence.lasts=20m"]
    plan = run(project, *words, "--dry-run", "-o", "json").json["plans"][0]
    assert 'silence alertname=~"API.*" in alertmanager for 20m' in plan["changes"][0]["text"] and counted.silences() == []
    done = run(project, *words, "--approve", plan["digest"])
    assert counted.silences() == [("api-down: somebody is at it", "active")] and "buys time, cures nothing" in done.out, done
    assert project.run("undo", project.last_run(), "--yes").code == 0 and counted.silences() == [("api-down: somebody is at it", "expired")]
