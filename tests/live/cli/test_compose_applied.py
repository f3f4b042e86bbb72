"""A change of a compose file counts when its container was made anew: one plan does both, and one undo takes both back."""

import pytest

COMPOSE = """\
services:
  web:
    image: lab/service:1   # bumped by the pipeline
"""

BOOK = """
return playbook "release" {
  alerts = {}, severity = "SEV-2", owner = "tests",
  inputs = { shop = input.compose "the compose file", host = input.docker "where it runs", web = input.container "what it describes" },
  findings = { ["old-release"] = "an old release runs" },
  evidence = function(see, arg)
    return { project = see.docker(arg.host):ps "com.docker.compose.project=shop", declared = see.compose(arg.shop):image "web",
      state = see.container(arg.web):state() }
  end,
  diagnose = function(found)
    if found.declared == "lab/service:2" then return healthy "the new release" end
    return finding("old-release", "the project has %d, of %s", found.project.count, found.declared)
  end,
  mitigations = {
    mitigation "next-release" {
      answers = { "old-release" },
      plan = function(found, arg)
        return { change.compose_image(arg.shop, "web", { to = "lab/service:2" }), change.container_image(arg.web, { to = "lab/service:2" }) }
      end,
      verify = function(arg) return { check.container(arg.web):state().ready:is(true) } end,
      within = "20s",
    },
  },
}
"""


@pytest.fixture
def shop(project, dockerd, tmp_path):
    file = tmp_path / "srv" / "compose.yml"
    file.parent.mkdir()
    file.write_text(COMPOSE)
    project.target("shop", f"file://{file}", kind="compose", env="dev")
    project.target("host", dockerd.url, kind="docker", env="dev")
    project.container("shop-web-1", dockerd, env="dev")
    project.book("release", BOOK)
    return file


def test_the_file_and_its_container_are_changed_and_taken_back_together(project, dockerd, shop):
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
    web = dockerd.service("shop-web-1", labels=labels).wait("healthy")
    other = dockerd.service("blog-web-1", labels={**labels, "com.docker.compose.project": "blog"})
    before = web.inspect()
    words = ["run", "release", "-p", "web=shop-web-1", "--mitigate", "next-release"]
    plan = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]
    done = project.run(*words, "--approve", plan["digest"][:12])
    assert done.code == 0, done
    assert "the project has 1, of lab/service:1" in done.out
    assert shop.read_text() == COMPOSE.replace("service:1", "service:2")
    made = web.inspect()["Config"]
    assert (made["Image"], made["Labels"] | labels) == ("lab/service:2", made["Labels"]), "compose knows it as its own"
    assert other.inspect()["Config"]["Image"] == "lab/service:1"
    changing = project.last_run()
    plan = project.run("undo", changing, "--dry-run", "-o", "json").json["plans"][0]
    undone = project.run("undo", changing, "--approve", plan["digest"][:12])
    assert undone.code == 0, undone
    assert shop.read_text() == COMPOSE
    assert (web.inspect()["Id"], web.inspect()["State"]["Running"]) == (before["Id"], True)
