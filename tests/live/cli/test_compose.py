"""Compose files are edited where the value stands: every other byte stays, and an undo brings the very file back."""

import os
import stat

import pytest

SHOP = """\
# The shop.
services:
  api:   # behind the proxy
    image: "registry.lxd:5000/api:1.4"   # bumped by the pipeline
    environment:
      FEATURE_X: 'off'   # see the wiki
      WORKERS: 4
      API_TOKEN: hunter2hunter2
      REGION:
  worker:
    image: registry.lxd:5000/worker:2
"""

BOOK = """
return playbook "compose" {
  alerts = {}, severity = "SEV-2", owner = "on-call",
  inputs = { shop = input.compose "the compose file" },
  findings = { ["bad-release"] = "the release is bad" },
  evidence = function(see, arg)
    local shop = see.compose(arg.shop)
    return { services = shop:services(), image = shop:image "api", flag = shop:setting("api", "FEATURE_X"),
      workers = shop:setting("api", "WORKERS"), debug = shop:setting("worker", "DEBUG") }
  end,
  diagnose = function(found)
    local changed = found.image ~= "registry.lxd:5000/api:1.4" or found.flag == "on" or found.workers ~= "4" or found.debug
    if changed then return healthy "something was changed" end
    return finding("bad-release", "%%s is bad", found.image)
  end,
  mitigations = {
    mitigation "change" {
      answers = { "bad-release" },
      plan = function(found, arg)
        return { %s }
      end,
      verify = function(arg) return { check.compose(arg.shop):image("api"):matches "*api*" } end,
      within = "1s",
    },
  },
}
"""

ROLLBACK = 'change.compose_image(arg.shop, "api", { to = "registry.lxd:5000/api:1.3" })'
FLAG = 'change.compose_setting(arg.shop, "api", "FEATURE_X", { to = "on" })'
WORKERS = 'change.compose_setting(arg.shop, "api", "WORKERS", { to = 8 })'
NEW = 'change.compose_setting(arg.shop, "worker", "DEBUG", { to = true })'
AWAY = 'change.compose_setting(arg.shop, "api", "WORKERS")'


@pytest.fixture
def shop(project, tmp_path):
    """The compose file of the target `shop`."""
    file = tmp_path / "srv" / "compose.yml"
    file.parent.mkdir()
    file.write_text(SHOP)
    project.target("shop", f"file://{file}", kind="compose", env="dev")
    return file


def book(project, *changes):
    project.book("compose", BOOK % ", ".join(changes))


def run(project, *changes, words=("--yes",)):
    book(project, *changes)
    return project.run("run", "compose", *words)


def in_one_line(text):
    return " ".join(text.split())


def others(file):
    return sorted(path.name for path in file.parent.iterdir() if path != file)


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(project, shop):
    done = run(project, ROLLBACK, words=("--dry-run",))
    assert done.code == 0, done
    assert 'in the compose file of shop, set the image of api from "registry.lxd:5000/api:1.4" to "registry.lxd:5000/api:1.3"' in in_one_line(done.out), done.out
    assert 'WRITE <path> <the same with image of api: "registry.lxd:5000/api:1.3">' in in_one_line(done.out), done.out
    assert (shop.read_text(), others(shop)) == (SHOP, [])


def test_several_changes_leave_every_other_byte_and_their_undo_brings_the_file_back(project, shop):
    before = shop.stat()
    done = run(project, ROLLBACK, FLAG, WORKERS, NEW)
    assert done.code == 0, done
    expected = SHOP.replace("api:1.4", "api:1.3").replace("'off'", "'on'").replace("WORKERS: 4", 'WORKERS: "8"')
    assert shop.read_text() == expected + '    environment:\n      DEBUG: "true"\n'
    undone = project.run("undo", project.last_run(), "--yes")
    assert undone.code == 0, undone
    assert (shop.read_text(), others(shop)) == (SHOP, [])
    assert shop.stat().st_ino == before.st_ino


def test_a_variable_is_taken_away_and_comes_back_where_it_was(project, shop):
    assert run(project, AWAY).code == 0
    assert shop.read_text() == SHOP.replace("      WORKERS: 4\n", "")
    assert project.run("undo", project.last_run(), "--yes").code == 0
    assert shop.read_text() == SHOP


def test_an_undo_after_somebody_elses_edit_changes_only_its_own_value(project, shop):
    assert run(project, ROLLBACK, WORKERS).code == 0
    shop.write_text(shop.read_text() + "# a note\n")
    assert project.run("undo", project.last_run(), "--yes").code == 0
    assert shop.read_text() == SHOP.replace("WORKERS: 4", 'WORKERS: "4"') + "# a note\n"


def test_the_file_keeps_its_mode_and_owner_and_a_link_stays_a_link(project, shop, tmp_path):
    os.chmod(shop, 0o640)
    os.chown(shop, 12345, 54321)
    link = tmp_path / "current.yml"
    link.symlink_to(shop)
    project.target("shop", f"file://{link}", kind="compose", env="dev")
    assert run(project, FLAG).code == 0
    now = shop.stat()
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o640, 12345, 54321)
    assert link.is_symlink() and "'on'" in shop.read_text()
    assert [stat.S_IMODE((shop.parent / name).stat().st_mode) for name in others(shop)] == [0o640]


def test_secrets_of_the_file_are_nowhere_and_are_not_changed(project, shop):
    done = run(project, ROLLBACK)
    assert done.code == 0
    state = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    assert b"hunter2" not in state and "hunter2" not in done.out + done.err
    shop.write_text(SHOP)
    refused = run(project, 'change.compose_setting(arg.shop, "api", "API_TOKEN", { to = "other" })')
    assert refused.code == 8 and "would send or restore what was hidden" in refused.err + refused.out, refused


def test_what_cannot_be_changed_in_its_place_is_refused_with_its_reason(project, shop):
    passed = run(project, 'change.compose_setting(arg.shop, "api", "REGION", { to = "eu" })')
    assert passed.code == 8 and "REGION is taken from the environment of whoever runs compose" in passed.err, passed
    shop.write_text(SHOP.replace("'off'", "${FEATURE:-off}"))
    variable = run(project, FLAG)
    assert variable.code == 8 and "line 6: FEATURE_X is filled in from a variable, ${FEATURE:-off}" in variable.err, variable
    unknown = run(project, 'change.compose_image(arg.shop, "apj", { to = "x:1" })')
    assert unknown.code == 8 and "no service apj" in unknown.err and "did you mean api?" in unknown.err, unknown


def test_a_file_that_was_changed_meanwhile_is_stale(project, shop):
    book(project, FLAG)
    digest = project.plan("compose", "change")
    shop.write_text(SHOP.replace("'off'", "'maybe'"))
    done = project.run("run", "compose", "--mitigate", "change", "--approve", digest)
    assert done.code == 8, done
    assert "'maybe'" in shop.read_text()


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(project, shop):
    (shop.parent / "compose.yml.runbook-next").mkdir()
    done = run(project, FLAG)
    assert done.code == 1, done
    assert "compose.yml.runbook-next" in done.out + done.err
    assert shop.read_text() == SHOP


@pytest.mark.parametrize("content, said", [
    ("services: [", "line 1: did not find expected node content"),
    ("a: 1\n", "it has no services, as a compose file has"),
    (None, "No such file or directory"),
])
def test_a_file_that_is_none_says_what_is_wrong(project, shop, content, said):
    shop.unlink() if content is None else shop.write_text(content)
    done = run(project, FLAG, words=("--dry-run",))
    assert said in in_one_line(done.out), done
