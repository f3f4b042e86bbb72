"""The playbook `api-down` on a real Docker Engine: two instances of a service, and each cause that it tells apart."""

import pytest



@pytest.fixture
def start(project, dockerd):
    """Starts an instance of the service that is a target with the tag `backend`."""
    def instance(name, image="lab/service:1", **more):
        container = dockerd.service(name, image, **more)
        project.container(name, dockerd, env="dev", tags=["backend"])
        return container
    return instance


def reached_through(project, instance):
    project.target("api", instance.url, kind="http", env="dev")


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


def test_an_instance_that_was_killed_for_its_memory_gets_more_of_it(project, dockerd, start):
    blue = start("blue")
    reached_through(project, blue)
    hungry = dockerd.run("green", command=["/bin/sh", "-c", "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done"], memory=8 << 20)
    project.container("green", dockerd, env="dev", tags=["backend"])
    hungry.wait("exited")
    done = run(project, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in done["findings"]] == ["out-of-memory"]
    assert "1 of 2 instances, with a limit of 8388608 bytes" in done["findings"][0]["text"]
    changes = [change["text"] for change in done["plans"][0]["changes"]]
    assert any("8 MiB" in text and "16 MiB" in text for text in changes) and any("start" in text for text in changes), changes


def test_a_release_that_does_not_come_up_is_taken_back_one_instance_at_a_time(project, dockerd, start):
    blue, green = start("blue", "lab/service:2", env={"UNHEALTHY": "database"}), start("green", "lab/service:2", env={"UNHEALTHY": "database"})
    reached_through(project, blue)
    for one in (blue, green):
        one.wait("unhealthy")
    done = run(project, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in done["findings"]] == ["bad-release"], done
    texts = [change["text"] for change in done["plans"][0]["changes"]]
    assert len(texts) == 2 and all("lab/service:1" in text for text in texts), texts


@pytest.mark.parametrize("line, finding, next_words", [
    ("FATAL:%20too%20many%20connections%20for%20role", "database", "who holds the database's connections"),
    ("config:%20API_KEY%20must%20be%20set", "setting-missing", "compare the keys of its environment"),
    ("write:%20OOM%20command%20not%20allowed", "redis", "redis-down"),
])
def test_what_the_log_of_an_ill_instance_says_names_the_cause_and_changes_nothing(project, start, line, finding, next_words):
    blue = start("blue")
    reached_through(project, blue)
    blue.get("/say/" + line)
    blue.stop()
    before = blue.inspect()["State"]
    done = run(project, "--yes")
    assert done.code == 11 and finding in done.out and next_words in in_one_line(done.out), done
    assert blue.inspect()["State"] == before


def test_instances_that_are_well_and_not_reached_point_to_the_proxy(project, start):
    blue, green = start("blue"), start("green")
    project.target("api", "http://127.0.0.1:1", kind="http", env="dev")
    done = run(project, "--yes")
    assert done.code == 11 and "edge" in done.out and "look at the proxy" in done.out, done
