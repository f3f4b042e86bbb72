"""Changes of a Docker Engine: which image a tag names, and what is removed of what nothing uses."""

import pytest

from ward import changed, undo

BOOK = """
return playbook "ward" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { it = input.docker "the engine" },
  evidence = function(see, arg) return { version = see.docker(arg.it):version() } end,
  diagnose = function(found) return finding("untidy", "it is") end,
  mitigations = {
    mitigation "treat" {
      answers = { "untidy" },
      plan = function(found, arg) return { %s } end,
      verify = function(arg) return { check.docker(arg.it):version().oldest_api:is "1.12" } end,
      within = "20s",
    },
  },
}
"""


@pytest.fixture
def treat(project, dockerd):
    """Runs a playbook that makes this change of the engine; gives what came of it. Its plan is what `treat.plan` tells."""
    project.target("docker-1", dockerd.url, kind="docker", env="dev")

    def run(change, level):
        project.book("ward", BOOK % change)
        words = ["run", "ward", "-p", "it=docker-1", "--mitigate", "treat"]
        dry = project.run(*words, "--dry-run", "-o", "json")
        assert dry.code == 0, dry
        run.plan = dry.json["plans"][0]
        assert run.plan["level"] == level, run.plan
        run.shown = " ".join(project.run(*words, "--dry-run").out.split())
        return project.run(*words, "--approve", run.plan["digest"][:12], "--confirm", "docker-1", "--reason", "a test")
    return run


def refusal(project, change):
    project.book("ward", BOOK % change)
    done = project.run("run", "ward", "-p", "it=docker-1", "--mitigate", "treat", "--dry-run")
    return " ".join((done.out + done.err).split())


def named(dockerd, tag):
    return {tag: image["Id"] for image in dockerd.ask("GET", "/images/json") for tag in image["RepoTags"] or []}.get(tag)


def test_a_tag_is_moved_and_moved_back(project, dockerd, treat):
    dockerd.ask("POST", "/images/lab/service:1/tag", repo="lab/service", tag="stable")
    done = treat('change.docker_tag(arg.it, { image = "lab/service:2", tag = "lab/service:stable" })', level=1)
    assert changed(done) and named(dockerd, "lab/service:stable") == named(dockerd, "lab/service:2"), done
    assert "let lab/service:stable of docker-1 name the image lab/service:2" in treat.shown
    done = undo(project)
    assert (done.code, named(dockerd, "lab/service:stable")) == (0, named(dockerd, "lab/service:1")), done


def test_a_tag_that_was_not_there_goes_with_the_undo_and_its_image_stays(project, dockerd, treat):
    image = named(dockerd, "lab/service:2")
    assert changed(treat('change.docker_tag(arg.it, "lab/service:2", "registry.lab:5000/shop/api:new")', level=1))
    assert named(dockerd, "registry.lab:5000/shop/api:new") == image
    done = undo(project)
    assert (done.code, named(dockerd, "registry.lab:5000/shop/api:new"), named(dockerd, "lab/service:2")) == (0, None, image), done


def test_a_tag_that_moved_since_the_plan_is_left_alone(project, dockerd, treat):
    project.book("ward", BOOK % 'change.docker_tag(arg.it, { image = "lab/service:2", tag = "lab/service:stable" })')
    words = ["run", "ward", "-p", "it=docker-1", "--mitigate", "treat"]
    digest = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    dockerd.ask("POST", "/images/lab/redis:7/tag", repo="lab/service", tag="stable")
    done = project.run(*words, "--approve", digest[:12])
    assert (done.code, named(dockerd, "lab/service:stable")) == (8, named(dockerd, "lab/redis:7")), done


def test_only_what_the_plan_lists_is_removed_and_its_last_words_are_kept(project, dockerd, treat):
    old = dockerd.run("old", command=["/bin/sh", "-c", "echo its-last-words"]).wait("exited")
    kept = dockerd.run("kept", command=["/bin/sh", "-c", "sleep 1000"], mounts=["used:/data"])
    dockerd.ask("POST", "/volumes/create", {"Name": "unused"})
    nameless = dockerd.add_image("lab/gone:1", {"etc/x": b"x"})
    dockerd.add_image("lab/gone:1", {"etc/x": b"another"})
    identity = old.inspect()["Id"]
    done = treat('change.docker_prune(arg.it, { kinds = { "containers", "images", "volumes" }, older_than = "0s" })', level=3)
    assert changed(done), done
    assert sorted(path for _, path in treat.plan["changes"][0]["calls"]) == sorted(
        [f"/containers/{identity}", f"/images/{nameless}?noprune=1", "/volumes/unused"])
    assert "1 container: old" in treat.shown and "NONE: docker keeps nothing of what was removed" in treat.shown
    assert [c["Names"] for c in dockerd.ask("GET", "/containers/json", all=1)] == [["/kept"]]
    assert [volume["Name"] for volume in dockerd.ask("GET", "/volumes")["Volumes"]] == ["used"]
    assert nameless not in [image["Id"] for image in dockerd.ask("GET", "/images/json", all=1)] and named(dockerd, "lab/gone:1")
    lost = [r["data"] for r in project.records("EVIDENCE") if r["data"]["name"] == "lost with it: docker.last_words"]
    assert "its-last-words" in (project.state / "evidence" / lost[-1]["sha256"]).read_text()
    kept.remove()
    dockerd.ask("DELETE", "/volumes/used")


def test_what_is_younger_stays_and_nothing_to_remove_is_no_plan(project, dockerd, treat):
    dockerd.run("old", command=["/bin/sh", "-c", "true"]).wait("exited")
    said = refusal(project, 'change.docker_prune(arg.it, { kinds = { "containers" } })')
    assert "there is nothing to remove" in said, said


def test_what_is_put_to_use_after_the_look_is_not_removed(project, dockerd, between, treat):
    for name in ("first", "second"):
        dockerd.run(name, command=["/bin/sh", "-c", "sleep 1000"], start=False)
    project.target("docker-1", between.url, kind="docker", env="dev")
    between.at("/containers/", lambda: [dockerd.ask("POST", f"/containers/{it['Id']}/start") for it in dockerd.ask("GET", "/containers/json", all=1)])
    done = treat('change.docker_prune(arg.it, { kinds = { "containers" }, older_than = "0s" })', level=3)
    assert len(dockerd.ask("GET", "/containers/json")) == 1, done
    assert "1 of 2 were not removed" in " ".join(done.out.split()), done
    assert project.records("OUTCOME")[-1]["data"]["status"] == "failed"
