"""The playbook `search-orphan` on a real Docker Engine: a container that nothing asks is stopped, and one that is asked is not."""

import pytest


@pytest.fixture
def site(project, dockerd):
    """The container `search`, which takes a whole processor, and the site, which answers without it."""
    dockerd.run("search", command=["/bin/sh", "-c", "yes > /dev/null"])
    shop = dockerd.service("shop")
    project.container("search", dockerd, env="dev")
    project.target("site", shop.url, kind="http", env="dev")
    return shop


def run(project, *words, page="/version"):
    return project.run("run", "search-orphan", "-p", f"page={page}", "-p", "cpu_percent=5", *words)


def status_of(dockerd, name):
    return dockerd.ask("GET", f"/containers/{name}/json")["State"]["Status"]


def test_what_nothing_uses_is_stopped_and_an_undo_starts_it_again(project, dockerd, site):
    done = run(project, "--yes")
    assert done.code == 0 and "orphan" in done.out, done.out + done.err
    assert status_of(dockerd, "search") == "exited"
    again = run(project)
    assert again.code == 0 and "it does not run: exited" in again.out, again
    undone = project.run("undo", project.records("RUN_START")[-2]["run"], "--yes")
    assert undone.code == 0, undone
    assert status_of(dockerd, "search") == "running"


def test_what_the_inventory_says_is_used_is_left_alone(project, dockerd, site):
    project.target("site", site.url, kind="http", env="dev", uses=["search"])
    done = run(project, "--yes")
    assert done.code == 11 and "in-use" in done.out, done
    assert status_of(dockerd, "search") == "running"


def test_where_search_does_not_answer_nobody_decides(project, dockerd, site):
    done = run(project, "--yes", page="/nothing")
    assert done.code == 11 and "nobody could tell whether it needs this container" in " ".join(done.out.split()), done
    assert status_of(dockerd, "search") == "running"


def test_what_takes_little_is_healthy(project, dockerd, site):
    dockerd.run("search", command=["/bin/sleep", "600"])
    done = run(project, "--yes")
    assert done.code == 0 and "Healthy" in done.out, done
    assert status_of(dockerd, "search") == "running"
