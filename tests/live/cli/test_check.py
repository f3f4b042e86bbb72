"""`runbook check`: every message it can give is provoked by a small broken playbook, and names file and line."""

import json
import re

import pytest

GOOD = '''--- A playbook that nothing is wrong with.
local function roomier(found) return (found.limit or 0) * 2 end

return playbook "sound" {
  alerts = { "A" },
  severity = "SEV-3",
  owner = "tests",
  inputs = { redis = input.redis "the instance", key = input.text "a key" },
  findings = { ["small"] = "it is too small", ["away"] = "it does not answer" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { ping = redis:ping(), limit = redis:config "maxmemory", key = redis:key(arg.key) }
  end,
  diagnose = function(found)
    if not found.ping then return finding("away", "it says %s", found:why "ping"):next "look at its log" end
    if found.limit and found.key and found.limit < 100 then return finding("small", "%d", found.limit) end
    return healthy(string.format("%s", found.ping))
  end,
  mitigations = {
    mitigation "raise" {
      answers = { "small" },
      asks = { limit = ask.bytes("new limit", roomier) },
      plan = function(found, arg, chosen)
        return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }
      end,
      verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end,
    },
  },
}
'''

WORLD_MISSING = (4, "warning", "there is no recorded incident to test it with")


def line_of(source, text):
    return source[:len(source) if text == "@end" else source.index(text)].count("\n") + 1


def checked(project, source, *words, name="sound"):
    """What check finds, as (line, severity, message), and its exit code."""
    path = project.book(name, source)
    done = project.run("check", str(path), "-o", "json", *words)
    book = done.json["playbooks"][0]
    assert all(one["file"] == f"books/{name}.lua" for one in book["found"])
    return [(one["line"], one["severity"], one["message"]) for one in book["found"]], done.code


def test_a_sound_playbook_has_nothing_but_a_missing_world(project):
    assert checked(project, GOOD) == ([WORLD_MISSING], 0)


def test_a_recorded_incident_beside_it_is_seen(project):
    (project.books / "worlds" / "sound").mkdir(parents=True)
    (project.books / "worlds" / "sound" / "full.toml").write_text("")
    assert checked(project, GOOD, "--strict") == ([], 0)


def test_strict_makes_warnings_count(project):
    assert checked(project, GOOD, "--strict")[1] == 2


# What is changed in the good playbook, where the message points (a text on that line), and what it says.
ERRORS = [
    # ---- names
    ("found.limit and", "found.limti and", "found.limti", 'evidence has no limti; did you mean "limit"?'),
    ('found:why "ping"', 'found:why "pingg"', "pingg", 'evidence has no pingg; did you mean "ping"?'),
    ('found:why "ping"', 'found:whyy "ping"', "whyy", 'found has no whyy; did you mean "why"?'),
    ("(found.limit or 0)", "(found.limitt or 0)", "limitt", 'evidence has no limitt; did you mean "limit"?'),
    ('finding("small"', 'finding("smal"', 'finding("smal"', 'finding "smal" is not declared in findings; did you mean "small"?'),
    ("string.format", "string.formt", "formt", 'string.formt does not exist; did you mean "format"?'),
    ("return healthy(", "return heathy(", "heathy", 'there is no global heathy; did you mean "healthy"?'),
    ("if not found.ping", "if not fuond.ping", "fuond", 'there is no global fuond; did you mean "found"?'),
    ("if not found.ping", "limits = 1 if not found.ping", "limits =", "globals cannot be set: write `local limits`"),
    (':next "look', ':nxt "look', "nxt", 'a verdict has no nxt; did you mean "next"?'),
    ("redis:ping()", "redis:pong()", "pong", 'see.redis has no pong; did you mean "ping"?'),
    ("see.redis", "see.rediss", "rediss", 'see.rediss does not exist; did you mean "redis"?'),
    ("redis:key(arg.key)", "redis:key(arg.kye)", "kye", 'there is no input kye; did you mean "key"?'),
    ("chosen.limit", "chosen.limits", "limits", 'there is no ask limits; did you mean "limit"?'),
    ("change.redis_config", "change.redis_confg", "confg", 'change.redis_confg does not exist; did you mean "redis_config"?'),
    ("ask.bytes", "ask.byte", "ask.byte", 'ask.byte does not exist; did you mean "bytes"?'),
    (':is "PONG"', ':iss "PONG"', "iss", 'a check has no iss; did you mean "is"?'),
    # ---- arguments
    ('redis:config "maxmemory"', "redis:config()", "redis:config()", "redis.config: the argument key is missing"),
    ('redis:config "maxmemory"', "redis:config { kye = 'x' }", "kye", 'redis.config takes no argument kye; did you mean "key"?'),
    ('redis:config "maxmemory"', "redis:config(5)", "config(5)", "redis.config: key: expected text, got number 5"),
    ("{ to = chosen.limit }", '{ too = chosen.limit }', "too =", 'change.redis_config takes no too; did you mean "to"?'),
    ('"maxmemory", { to', '"maxmemry", { to = 5 } ), change.redis_config(arg.redis, "maxmemory", { to', "maxmemry",
     'mitigation "raise": the setting maxmemry is not on the list of those a playbook may change; did you mean maxmemory?'),
    (':is "PONG"', ":is {}", "is {}", ":is(…): expected text, a number, true or false, got a table"),
    # ---- what slots give
    ('{ check.redis(arg.redis):ping():is "PONG" }', "{}", "verify =", 'mitigation "raise": verify holds no check: nothing would say whether it helped'),
    ('{ check.redis(arg.redis):ping():is "PONG" }', "5", "verify =", "verify: expected a list of checks, got number 5"),
    ('{ change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }', "{}", "plan =", 'mitigation "raise": plan changes nothing'),
    ("return { ping", "return 5, { ping", "return playbook", "evidence: expected a table of names and readings, got number 5"),
    # ---- shape
    ("owner =", "ownr =", "ownr", 'ownr: a playbook has no such slot; did you mean "owner"?'),
    ("answers = { \"small\" }", "answers = { \"smal\" }", "answers =", 'answers[1]: finding "smal" is not declared in findings; did you mean "small"?'),
    ('return playbook "sound" {', 'return playbook "sound" {{', "@end", "'}' expected"),
]


@pytest.mark.parametrize("old,new,place,says", ERRORS, ids=[says[:60] for *_, says in ERRORS])
def test_an_error_names_its_line_and_what_is_near(project, old, new, place, says):
    assert old in GOOD
    source = GOOD.replace(old, new, 1)
    found, code = checked(project, source)
    errors = [(line, message) for line, severity, message in found if severity == "error"]
    assert code == 2
    assert (line_of(source, place), says) in [(line, message[:len(says)]) for line, message in errors], found
