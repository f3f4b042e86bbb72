"""Inputs that are lists of targets: what -p and defaults select, and what a run makes of it."""

import pytest

from terminal import Terminal
from watching import READS

MIB = 1 << 20

FLEET = """
return playbook "fleet" {
  alerts = {}, severity = "SEV-4", owner = "tests",
  inputs = { caches = input.redis("the caches"):many()DEFAULT },
  findings = { ["small"] = "too small" },
  evidence = function(see, arg)
    return { limits = parallel.map(arg.caches, function(cache) return see.redis(cache):config "maxmemory" end) }
  end,
  diagnose = function(found, arg)
    local small = {}
    for _, one in ipairs(found.limits) do
      if one.value and one.value < 33554432 then small[#small + 1] = tostring(one.target) end
    end
    if #small > 0 then return finding("small", "%s of %d", table.concat(small, " "), #arg.caches) end
    return healthy("%d caches have enough", #arg.caches)
  end,
  mitigations = { mitigation "raise" {
    answers = { "small" },
    plan = function(found, arg)
      local changes = {}
      for at, cache in ipairs(arg.caches) do changes[at] = change.redis_config(cache, "maxmemory", { to = 33554432 }) end
      return changes
    end,
    verify = function(arg) return { check.redis(arg.caches[1]):ping():is "PONG" } end, within = "2s",
  } },
}
"""


@pytest.fixture
def fleet(project, start_redis):
    """cache-1, cache-2 (a canary) and queue, of 16 MiB each, and the playbook `fleet` that takes several of them."""
    servers = {}
    for name, tags in (("cache-1", ["cache"]), ("cache-2", ["cache", "canary"]), ("queue", [])):
        servers[name] = start_redis("--maxmemory", "16mb")
        project.target(name, servers[name].url, tags=tags)
    project.book("fleet", FLEET.replace("DEFAULT", ""))
    return servers


def members(project, *words):
    done = project.run("run", "fleet", "--dry-run", "-o", "json", *words)
    assert done.code == 0, done
    assert sorted(done.json["inputs"]["caches"]) == sorted({item["target"] for item in done.json["evidence"]}), done
    return done.json["inputs"]["caches"]


def test_a_list_takes_names_and_expressions(project, fleet):
    assert members(project, "-p", "caches=queue,cache-1") == ["queue", "cache-1"]
    assert members(project, "-p", "caches=tag:cache and not tag:canary") == ["cache-1"]
    assert members(project, "-p", "caches=env:prod") == ["cache-1", "cache-2", "queue"]


def test_the_digest_covers_the_members_and_the_report_names_them(project, fleet):
    digest = project.plan("fleet", "raise", "-p", "caches=cache-1,cache-2")
    done = project.run("run", "fleet", "-p", "caches=tag:cache or queue", "--approve", digest)
    assert (done.code, "is not the digest of this plan" in done.err) == (8, True), done
    assert project.records("INTENT") == []
    # The same members by another expression are the same plan.
    done = project.run("run", "fleet", "-p", "caches=tag:cache", "--approve", digest, "--confirm", "cache-1", "--confirm", "cache-2",
                       "--reason", "both are full")
    assert done.code == 0, done
    assert [fleet[name].config("maxmemory") for name in fleet] == [str(32 * MIB), str(32 * MIB), str(16 * MIB)]
    assert project.records("RUN_START")[-1]["data"]["inputs"] == {"caches": ["cache-1", "cache-2"]}
    assert '"cache-1","cache-2"' in project.run("report", project.last_run()).out.replace("\\", "")


@pytest.mark.parametrize("given,says", [
    ("tag:cache and not tag:canry", "no target has tag:canry, at character 19"),
    ("tag:canary and queue", "selects no redis"),
    ("cache-1,cache-9", "the inventory has no target cache-9, at character 9"),
    ("(tag:cache", "expected and, or, or a closing parenthesis, got nothing, at character 11"),
    ("", "expected a name, tag:…"),
])
def test_what_selects_nothing_is_an_error_and_never_all(project, fleet, given, says):
    done = project.run("run", "fleet", "--dry-run", "-p", f"caches={given}")
    assert (done.code, says in done.err, "input caches" in done.err) == (2, True, True), done
    assert project.records("RUN_START") == []


def test_an_omitted_list_is_asked_for_at_a_terminal_and_refused_without_one(project, fleet):
    done = project.run("run", "fleet", "--dry-run")
    assert (done.code, "several could be meant: cache-1, cache-2, queue" in done.err) == (2, True), done
    session = Terminal(project, "run", "fleet")
    session.see("cache-1, cache-2, queue").see("tag:cache): ").answer("tag:chache").see("did you mean cache?")
    session.see("tag:cache): ").answer("tag:canary").see("q quits").answer("s")
    assert session.end() == 3, session.text
    assert project.records("RUN_START")[-1]["data"]["inputs"] == {"caches": ["cache-2"]}


def test_a_default_selects_and_what_is_given_wins(project, fleet):
    project.book("fleet", FLEET.replace("DEFAULT", ':default "tag:cache"'))
    assert members(project) == ["cache-1", "cache-2"]
    assert members(project, "-p", "caches=queue") == ["queue"]
    project.book("fleet", FLEET.replace("DEFAULT", ':default "tag:cahce"'))
    done = project.run("run", "fleet", "--dry-run")
    assert (done.code, "input caches, by default: no target has tag:cahce" in done.err) == (2, True), done


def test_the_users_of_another_input_are_a_list_by_default(project, fleet):
    users = FLEET.replace("DEFAULT", ':default(users_of "queue")').replace("inputs = {", 'inputs = { queue = input.redis "the queue",')
    project.book("fleet", users)
    done = project.run("run", "fleet", "--dry-run", "-p", "queue=queue")
    assert (done.code, "no redis is what uses queue" in done.err) == (2, True), done
    project.target("cache-2", fleet["cache-2"].url, uses=["queue"])
    assert members(project, "-p", "queue=queue") == ["cache-2"]


def test_one_target_is_wanted_where_an_expression_selects_two(project, fleet):
    done = project.run("run", "limit", "--dry-run", "-p", "redis=tag:cache")
    assert (done.code, "selects cache-1, cache-2" in done.err) == (2, True), done
    assert project.run("run", "limit", "--dry-run", "-p", "redis=tag:canary").code == 0
    assert project.records("RUN_START")[-1]["data"]["inputs"] == {"redis": "cache-2"}


def test_a_target_given_as_a_url_cannot_be_changed_in_any_way(project, fleet):
    """Not alone, not among others, and not when the inventory knows the same address by a name."""
    url = fleet["cache-1"].url
    counts = {name: server.counts() for name, server in fleet.items()}
    alone = project.run("run", "limit", "-p", f"redis={url}", "--yes", "--mitigate", "raise-limit")
    assert (alone.code, project.records("PLAN")) == (11, []), alone
    for words in (["--yes"], ["--mitigate", "raise", "--yes"], ["--dry-run"]):
        among = project.run("run", "fleet", "-p", f"caches=queue,{url}", *words)
        assert (among.code, "may be looked at, not changed" in among.err) == (8, True), among
    assert project.records("PLAN", "INTENT") == []
    assert all(server.arrived_since(counts[name]) <= READS for name, server in fleet.items())


def test_an_optional_input_of_a_kind_that_the_inventory_lacks_is_left_out_and_a_misspelled_tag_is_not(project, fleet):
    optional = FLEET.replace("DEFAULT", ', databases = input.postgres("the databases"):many():default "kind:postgres":optional()')
    optional = optional.replace("many(),", 'many():default "kind:redis":optional(),')
    project.book("fleet", optional)
    done = project.run("run", "fleet", "--dry-run", "-o", "json")
    assert done.code == 0 and done.json["inputs"]["databases"] == [] and len(done.json["inputs"]["caches"]) > 1, done
    project.book("fleet", optional.replace("kind:redis", "tag:cahce"))
    done = project.run("run", "fleet", "--dry-run")
    assert done.code == 2 and "no target has tag:cahce" in done.err, done
