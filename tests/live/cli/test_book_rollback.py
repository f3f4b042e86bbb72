"""The playbook `rollback` on a real Docker Engine: the release before comes back, and an undo brings back the very containers."""

import pytest

import measuring
from http_servers import status_of
from terminal import APPROVE, CHOOSE, Terminal


@pytest.fixture
def release(project, dockerd):
    """Two instances of release 2, which are not well, and what pulls releases by itself."""
    instances = []
    for name in ("blue", "green"):
        instances.append(dockerd.service(name, "lab/service:2", env={"UNHEALTHY": "database", "API_TOKEN": "hunter2hunter2"}))
        project.container(name, dockerd, env="dev", tags=["backend"])
    dockerd.run("watchtower", command=["/bin/sleep", "600"])
    project.container("watchtower", dockerd, env="dev")
    project.target("api", instances[0].url, kind="http", env="dev", health="/health")
    for one in instances:
        one.wait("unhealthy")
    return instances


def run(project, *words):
    return project.run("run", "rollback", "-p", "updater=watchtower", *words, timeout=180)


def version_of(container):
    try:
        return container.get("/version")[1]
    except OSError:
        return None


def without_times(inspect):
    """What docker says of a container, but for what differs from start to start."""
    kept = {key: value for key, value in inspect.items() if key not in ("State", "RestartCount", "ResolvConfPath", "HostnamePath", "HostsPath", "ExecIDs")}
    kept["NetworkSettings"] = sorted(inspect["NetworkSettings"]["Networks"])
    return kept


def test_a_dry_run_names_the_release_before_and_stops_what_would_bring_the_bad_one_back(project, dockerd, release):
    done = run(project, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in done["findings"]] == ["ill"]
    texts = [change["text"] for change in done["plans"][0]["changes"]]
    assert "watchtower" in texts[0] and [("lab/service:1" in text) for text in texts] == [False, True, True], texts
    assert [one.inspect()["Config"]["Image"] for one in release] == ["lab/service:2"] * 2


def test_a_release_that_is_ill_for_another_reason_stops_the_rollback_at_the_first_instance_and_is_undone(project, dockerd, release):
    before = [without_times(one.inspect()) for one in release]
    digest = run(project, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    done = run(project, "--approve", digest)
    assert done.code in (5, 6), done
    assert release[1].inspect()["Config"]["Image"] == "lab/service:2", "the second instance was touched"
    if done.code == 5:
        undone = project.run("undo", project.last_run(), "--yes", timeout=120)
        assert undone.code == 0, undone
    assert [without_times(one.inspect()) for one in release] == before
    state = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    assert b"hunter2" not in state and "hunter2" not in done.out + done.err


def test_a_release_that_says_it_is_well_is_left_alone_and_going_back_is_offered_one_level_higher(project, dockerd):
    blue = dockerd.service("blue", "lab/service:2")
    project.container("blue", dockerd, env="dev", tags=["backend"])
    project.target("api", blue.url, kind="http", env="dev", health="/health")
    blue.wait("healthy")
    words = ["run", "rollback", "-p", "instances=blue"]
    alone = project.run(*words, "--yes")
    assert alone.code == 11 and "only a person can know" in alone.out, alone
    plan = project.run(*words, "--dry-run", "--mitigate", "previous-release", "-o", "json").json["plans"][0]
    assert plan["level"] == 2
    before = without_times(blue.inspect())
    done = project.run(*words, "--mitigate", "previous-release", "--approve", plan["digest"], timeout=120)
    assert done.code == 0, done
    assert blue.inspect()["Config"]["Image"] == "lab/service:1" and blue.get("/version") == (200, "1")
    run_id = project.last_run()
    dry = project.run("undo", run_id, "--dry-run", "-o", "json").json["plans"][0]
    undone = project.run("undo", run_id, "--approve", dry["digest"], "--confirm", "blue", "--reason", "a test", timeout=120)
    assert undone.code == 0, undone
    assert without_times(blue.inspect()) == before and blue.get("/version") == (200, "2")


def test_which_version_answers_and_how_many_requests_fail_is_told_before_and_after(project, dockerd, measured):
    """A release that says it is well, and fails."""
    blue = dockerd.service("blue", "lab/service:2")
    project.container("blue", dockerd, env="dev", tags=["backend"])
    project.target("api", blue.url, kind="http", env="dev", health="/health")
    blue.wait("healthy")
    counted = measured(lambda: 500 if version_of(blue) == "2" else status_of(blue.url + "/health")).until(1)
    words = ["run", "rollback", "-p", "instances=blue", "-p", "version=/version", *measuring.INPUTS]
    done = project.run(*words, "--yes", timeout=180)
    before, after = done.out.split("Looking again")
    assert done.code == 0 and "version 2 says up, and" in before and "of its requests fail" in before, done
    assert "version 1 says that it is up" in " ".join(after.split()) and counted.share() < 0.02, done


def test_without_an_image_from_before_there_is_nowhere_to_go(project, dockerd):
    blue = dockerd.service("blue", "lab/service:1", env={"UNHEALTHY": "search"})
    project.container("blue", dockerd, env="dev", tags=["backend"])
    project.target("api", blue.url, kind="http", env="dev", health="/health")
    done = project.run("run", "rollback", "-p", "instances=blue", "--yes")
    assert done.code == 11 and "nowhere-to-go" in done.out and "pull the image" in done.out, done


def test_a_release_before_that_never_becomes_healthy_ends_it_at_the_first_instance_and_what_was_done_is_undone_when_asked(project, dockerd):
    """The release before has a fault of its own: it never gets ready, in no container."""
    dockerd.add_service("shop/api:1", ["READY_AFTER=86400"])
    dockerd.add_service("shop/api:2", ["UNHEALTHY=search"], newer_than="shop/api:1")
    instances = []
    for name in ("blue", "green"):
        instances.append(dockerd.service(name, "shop/api:2"))
        project.container(name, dockerd, env="dev", tags=["backend"])
    updater = dockerd.run("watchtower", command=["/bin/sleep", "600"])
    project.container("watchtower", dockerd, env="dev")
    project.target("api", instances[0].url, kind="http", env="dev", health="/health")
    before = [without_times(one.wait("unhealthy").inspect()) for one in instances]

    session = Terminal(project, "run", "rollback", "-p", "updater=watchtower").see(CHOOSE).answer("1").see(APPROVE).answer("yes")
    session.child.timeout = 90
    session.see("A change failed. What now?").see("undo what this run changed")
    assert "everything was put back, the old container is as it was" in " ".join(session.text.split()), session.text
    assert updater.state()["Status"] == "exited"
    assert [without_times(one.inspect()) for one in instances] == before, "the first is back, and the second was never touched"
    session.see(CHOOSE).answer("u").see(APPROVE).answer("y")
    assert session.end() == 6, session.text
    assert updater.state()["Status"] == "running"
