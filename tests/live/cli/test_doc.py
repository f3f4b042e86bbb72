"""A playbook as a page for people in an incident."""

import re

import pytest

from project import CATALOGUE


def page(project, *words):
    done = project.run("doc", *words)
    assert done.code == 0 and done.err == "", done
    return done.out


STEPS = """--- For the page.
return playbook "steps" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { redis = input.redis "one" },
  findings = { ["tight"] = "no room" },
  evidence = function(see, arg) return { all = parallel.map({ arg.redis }, function(one) return see.redis(one):ping() end) } end,
  diagnose = function() return finding "tight" end,
  mitigations = { mitigation "give-room" {
    answers = { "tight" },
    plan = function(found, arg)
      local redis = check.redis(arg.redis)
      return {
        manual "Look at the panel" { expects = "green" },
        change.redis_config(arg.redis, "timeout", { to = 60, activate = { change.redis_rewrite_config(arg.redis) } }),
        barrier { redis:ping():is "PONG", redis:info("clients").connected_clients:below(100) },
      }
    end,
    verify = function(arg) return { check.redis(arg.redis):config("timeout"):is(60) } end,
  } },
}
"""


def section(text, heading):
    """What stands below a heading, up to the next of its level."""
    marks = heading.split()[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{marks} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, (heading, text)
    return found[1]


@pytest.fixture
def new_book(project):
    """A playbook with worlds, fresh from its template."""
    assert project.run("new", "crowded", "--alert", "RedisClientsHigh", "--owner", "cache | infra").code == 0


def test_a_page_says_what_it_is_for_what_it_looks_at_and_what_it_can_find(project, new_book):
    text = page(project, "crowded")
    assert text.startswith("# crowded\n\nRedis runs out of client connections: new clients are refused.\n")
    assert "| alerts | `RedisClientsHigh` |" in text and "| owner | cache \\| infra |" in text
    assert "| `limit` | `redis.config maxclients` | One setting of the running server; passwords are redacted. |" in section(text, "## What it looks at")
    assert "| `near-limit` | more than nine tenths of maxclients are connected | `raise-limit`; look in the reading `clients` for one that leaks |" in section(text, "## What it can find")


def test_a_page_shows_a_mitigation_in_general_and_as_it_was_planned_in_a_world(project, new_book):
    text = section(page(project, "crowded"), "### raise-limit")
    assert "Answers `near-limit`. Asks for `limit`." in text and "**Warning:** A leak fills" in text
    assert "1. set maxclients of \\<redis\\> from \\<what it is before\\> to \\<new maxclients\\>" in text
    assert "As in the world `near-limit`, level 2 of 3:" in text
    for line in ("1. set maxclients of cache-1 from 1000 to 1500", "sends     CONFIG SET maxclients 1500", "undo      CONFIG SET maxclients 1000",
                 "fixed when, within 30 s and for 5 s:", "· cache-1: redis.info clients .connected_clients below 1500"):
        assert line in text, text


def test_the_plan_on_a_page_is_the_plan_that_the_gate_shows(project, new_book):
    text = section(page(project, "crowded"), "### raise-limit")
    plan = re.search(r"```text\n(.*?)```", text, re.DOTALL)[1]
    assert plan in (project.books / "worlds" / "crowded" / "near-limit.txt").read_text()


def test_a_page_ends_with_what_the_worlds_show(project, new_book):
    text = section(page(project, "crowded"), "## What it looks like")
    assert "<summary><b>healthy</b>: healthy, exit 0</summary>" in text
    assert "<summary><b>near-limit</b>: near-limit, raise-limit, exit 0</summary>" in text
    for name in ("healthy", "near-limit"):
        shown = (project.books / "worlds" / "crowded" / f"{name}.txt").read_text().split("\n\n$ ")[-1]
        assert shown.strip() in text


def test_a_mitigation_that_no_world_takes_is_told_in_general(project):
    text = section(page(project, "limit"), "### raise-limit")
    assert "set maxmemory of \\<redis\\>" in text and "It worked when, within " in text
    assert "`runbook run limit --dry-run --mitigate raise-limit` shows calls, level and way back" in text


def test_steps_that_no_world_shows_are_told_one_by_one(project):
    project.book("steps", STEPS)
    text = section(page(project, "steps"), "### give-room")
    assert "1. by hand: Look at the panel, until you see green\n" in text
    assert "2. set timeout of \\<redis\\> from \\<what it is before\\> to 60\n" in text
    assert "3. to make it count: write the running settings of \\<redis\\> into its configuration file; no way back: " in text
    assert "4. go on only when redis.ping is PONG and redis.info clients .connected_clients below 100\n" in text
    assert "* redis.config timeout is 60\n" in text
    assert "| `all` | `redis.ping` | Whether the server answers. |" in page(project, "steps")


def test_a_page_is_made_without_a_connection_and_leaves_nothing_behind(project, cache, new_book, tmp_path):
    before = cache.counts()
    trace = tmp_path / "trace"
    done = project.run("doc", "crowded", before=["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=connect,bind"])
    assert done.code == 0, done
    assert not [line for line in trace.read_text().splitlines() if ("connect(" in line and "nscd" not in line) or "bind(" in line]
    assert cache.arrived_since(before) == {"info"} and not project.log.exists()


def test_a_playbook_that_only_looks_says_so(project):
    assert project.run("new", "watcher", "--read-only").code == 0
    text = page(project, "watcher")
    assert "| changes | nothing: it only looks |" in text
    assert "What it may change" not in text and "runbook undo" not in text


def test_what_has_to_be_given_stands_in_the_command(project):
    text = page(project, "redis-cache-key")
    assert "runbook run redis-cache-key -p key=… --dry-run" in text
    assert "| `-p key=…` | the whole name of the key, for example feed:4711 | text | it has to be given |" in text


def test_pages_go_into_a_folder(project, new_book, tmp_path):
    done = project.run("doc", "--out", tmp_path / "pages", "crowded", CATALOGUE / "redis-down.lua")
    assert done.code == 0 and {path.name for path in (tmp_path / "pages").iterdir()} == {"crowded.md", "redis-down.md"}
    assert (tmp_path / "pages" / "crowded.md").read_text() == page(project, "crowded")
    every = project.run("doc", "--out", tmp_path / "all", "-o", "json")
    assert {f"{tmp_path}/all/{name}.md" for name in ("crowded", "limit", "redis-down")} <= set(every.json["written"]), every


def test_a_program_gets_the_same_as_data(project, new_book):
    data = project.run("doc", "crowded", "-o", "json").json
    assert [look["name"] for look in data["looks"]] == ["ping", "connected", "limit", "clients"]
    (mitigation,) = data["mitigations"]
    assert (mitigation["recorded"]["world"], mitigation["recorded"]["level"]) == ("near-limit", 2)
    assert mitigation["steps"] == ["set maxclients of <redis> from <what it is before> to <new maxclients>"]
    assert [world["name"] for world in data["worlds"]] == ["healthy", "near-limit"]


@pytest.mark.parametrize("words,says", [
    ([], "runbook doc BOOK, or runbook doc --out DIR"),
    (["limit", "redis-down"], "several go into a folder"),
    (["limitt"], "did you mean limit?"),
])
def test_what_is_no_page_says_why(project, words, says):
    done = project.run("doc", *words)
    assert done.code == 2 and says in done.err, done


def test_a_world_that_cannot_be_read_is_named(project, new_book):
    world = project.books / "worlds" / "crowded" / "near-limit.toml"
    world.write_text(world.read_text().replace('answer = "PONG"', "", 1))
    done = project.run("doc", "crowded")
    assert done.code == 2 and "near-limit.toml:" in done.err, done
