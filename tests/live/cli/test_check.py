"""`runbook check`: every message it can give is provoked by a small broken playbook, and names file and line."""

import json
import pathlib
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

HERE = pathlib.Path(__file__).resolve().parent
RULES = re.findall(r'\{"([a-z-]+)", "', (HERE.parents[2] / "engine" / "lint" / "diagnostic.cc").read_text())

WORLD_MISSING = (4, "warning", "there is no recorded incident to test it with")


def line_of(source, text):
    return source[:len(source) if text == "@end" else source.index(text)].count("\n") + 1


def checked(project, source, *words, name="sound"):
    """What check finds, as (line, severity, message), and its exit code."""
    path = project.book(name, source)
    done = project.run("check", str(path), "-o", "json", *words)
    book = done.json["playbooks"][0]
    assert all(one["file"] == f"books/{name}.lua" for one in book["found"])
    assert all(one["rule"] in RULES for one in book["found"])
    return [(one["line"], one["severity"], one["message"]) for one in book["found"]], done.code


def test_a_sound_playbook_has_nothing_but_a_missing_world(project):
    assert checked(project, GOOD) == ([WORLD_MISSING], 0)


def test_a_recorded_incident_beside_it_is_seen(project):
    (project.books / "worlds" / "sound").mkdir(parents=True)
    (project.books / "worlds" / "sound" / "full.toml").write_text("")
    assert checked(project, GOOD, "--strict") == ([], 0)


@pytest.mark.parametrize("ending", [
    "if found.key then return healthy 'a' else return healthy 'b' end",
    "do return healthy 'a' end",
    "if found.key then return healthy 'a' end error 'never'",
])
def test_every_way_that_returns_or_fails_is_an_end(project, ending):
    source = GOOD.replace('return healthy(string.format("%s", found.ping))', ending)
    assert source != GOOD and checked(project, source) == ([WORLD_MISSING], 0)


def test_strict_makes_warnings_count(project):
    assert checked(project, GOOD, "--strict")[1] == 2
    assert project.run("check", "sound").out.startswith("✓") and project.run("check", "--strict", "sound").out.startswith("✗")


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
    ("if not found.ping", "if not see.ping", "see.ping", "there is no global see: it is a parameter, of evidence(see, arg)"),
    (':is "PONG"', ':iss "PONG"', "iss", 'a check has no iss; did you mean "is"?'),
    (':ping():is "PONG"', ':info("memory").used:equals(5)', "equals", 'a check has no comparison equals; there are above, at_least'),
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
    ('next "look at its log"', 'next(book "limt")', "limt", 'there is no playbook limt; did you mean "limit"?'),
    # ---- arguments
    ('redis:config "maxmemory"', "redis:config()", "redis:config()", "redis.config: the argument key is missing"),
    ('redis:config "maxmemory"', "redis:config { kye = 'x' }", "kye", 'redis.config takes no argument kye; did you mean "key"?'),
    ('redis:config "maxmemory"', "redis:config(5)", "config(5)", "redis.config: key: expected text, got number 5"),
    ("{ to = chosen.limit }", '{ too = chosen.limit }', "too =", 'change.redis_config takes no too; did you mean "to"?'),
    ('"maxmemory", { to', '"maxmemry", { to = 5 } ), change.redis_config(arg.redis, "maxmemory", { to', "maxmemry",
     'mitigation "raise": the setting maxmemry is not on the list of those a playbook may change; did you mean maxmemory?'),
    (':is "PONG"', ":is {}", "is {}", ":is(…): expected text, a number, true or false, got a table"),
    ("  mitigations = {", '  watch = { within = "1m", check = function(arg) return check.redis(arg.rediss):ping():is "PONG" end },\n  mitigations = {', "rediss",
     'there is no input rediss; did you mean "redis"?'),
    ("  mitigations = {", '  watch = { within = "1m", check = function() return {} end, nota = "x" },\n  mitigations = {', "nota",
     'nota: watch has no such slot; did you mean "note"?'),
    ("{ to = chosen.limit }", '{ to = chosen.limit, nothing_to_undo = "it is lost" }', "nothing_to_undo",
     'mitigation "raise": redis.config sets something that stays: nothing_to_undo is for actions'),
    ("{ to = chosen.limit }", '{ to = chosen.limit, guard = { check.redis(arg.redis):ping():is("PONG"):lasting "5s" } }', "guard",
     'mitigation "raise": a guard is looked at once, right before the change: redis.ping is PONG for 5 s needs longer'),
    ("{ to = chosen.limit }", '{ to = chosen.limit, activate = { change.redis_config(arg.redis, "hz", { to = 5 }) } }', "activate",
     'mitigation "raise": redis.config sets something; activate is for actions, which can be done again'),
    ("return { change", "return { barrier { within = 5 }, change", "barrier", 'barrier: within: expected a duration such as "30s", got number 5'),
    ("return { change", 'return { manual "look" { expect = "x" }, change', "manual", 'manual takes no expect; did you mean "expects"?'),
    # ---- what slots give
    ('{ check.redis(arg.redis):ping():is "PONG" }', "{}", "verify =", 'mitigation "raise": verify holds no check: nothing would say whether it helped'),
    ('{ check.redis(arg.redis):ping():is "PONG" }', "5", "verify =", "verify: expected a list of checks, got number 5"),
    ('{ change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }', "{}", "plan =", 'mitigation "raise": plan changes nothing'),
    ("return { ping", "return 5, { ping", "evidence =", "evidence: expected a table of names and readings, got number 5"),
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


WITHOUT_FINDINGS = GOOD.replace('  findings = { ["small"] = "it is too small", ["away"] = "it does not answer" },\n', "")
READ_ONLY = GOOD[:GOOD.index("  mitigations = {")] + "}\n"

# A whole source, the severity, where the message points, and what it says.
OTHERS = [
    (WITHOUT_FINDINGS, "warning", "return playbook", "findings: missing; nothing says what is meant by away, small"),
    (WITHOUT_FINDINGS.replace('answers = { "small" }', 'answers = { "small", "smal" }'), "error", "answers =",
     'mitigation "raise": answers: "smal" is no finding that diagnose gives; did you mean "small"?'),
    (WITHOUT_FINDINGS.replace('asks = {', 'not_while = { "awax" }, asks = {'), "error", "asks =",
     'mitigation "raise": not_while: "awax" is no finding that diagnose gives; did you mean "away"?'),
    (GOOD.replace('["small"]', '["late"] = "it is late", ["small"]').replace('answers = { "small" }', 'answers = { "late" }'), "error", "answers =",
     'mitigation "raise": its plan cannot be reached: diagnose gives none of the findings that it answers'),
    (GOOD.replace('["small"]', '["late"] = "it is late", ["small"]'), "warning", "findings =", "findings.late: diagnose never gives this finding"),
    (READ_ONLY.replace("roomier", "_roomier"), "hint", "diagnose =", "no mitigation answers small"),
    (READ_ONLY.replace("roomier", "_roomier").replace(':next "look at its log"', ""), "warning", "diagnose =", "no mitigation answers away, small"),
    (GOOD.replace("    return healthy(", "    local _ = ("), "warning", "  end,\n  mitigations", "diagnose can come to this end without a return"),
    (GOOD.replace("    return healthy(", "    if found.key then return healthy '' end local _ = ("), "warning", "  end,\n  mitigations",
     "diagnose can come to this end without a return"),
    (GOOD.replace("return (found.limit or 0) * 2", "local _ = found.limit"), "warning", "local function roomier",
     "asks can come to this end without a return"),
    (READ_ONLY, "warning", "local function roomier", "roomier is never used"),
    (GOOD.replace('answers = { "small" }', "answers = {}"), "warning", "answers =",
     'mitigation "raise": answers no finding: nothing ever calls for it'),
    (GOOD.replace("to = chosen.limit", "to = 5"), "warning", "asks =", 'mitigation "raise": asks.limit is asked for and never used'),
    (GOOD.replace("inputs = { ", 'inputs = { other = input.text "other", '), "warning", "inputs =", "inputs.other is asked for and never used"),
    (GOOD.replace("found.limit and found.key and ", ""), "hint", "evidence =",
     "looked at and kept as evidence, but nothing is decided by it: key"),
    (GOOD.replace("if not found.ping then", "if found.limit > 5 then"), "warning", "found.limit > 5",
     "diagnose fails when nothing could be read: attempt to compare number with nil"),
    (GOOD.replace('"maxmemory", { to = chosen.limit }', '"maxmemory-policy", { to = "allkeys-lru" }'), "warning", "change.redis_config",
     'mitigation "raise": redis.config is of level 3, and no warning says what may be lost'),
    (GOOD.replace("to = chosen.limit", "to = chosen.limit, level = 3"), "warning", "change.redis_config",
     'mitigation "raise": redis.config is of level 3, and no warning says what may be lost'),
    (GOOD.replace('ask.bytes("new limit", roomier)', 'ask.choice("new policy", { "most" }), more = ask.bytes("new limit", roomier)')
     .replace("{ to = chosen.limit }", "{ to = chosen.limit, comment = tostring(chosen.more) }").replace('"maxmemory"', '"maxmemory-policy"'),
     "warning", "change.redis_config", 'mitigation "raise": most is no eviction policy'),
    (GOOD.replace(':ping():is "PONG"', ':key(arg.key:match "x(%d)"):is "none"'), "warning", "verify =",
     "verify fails with sample values for inputs and asks: redis.key: the argument key is missing"),
    (GOOD.replace("local redis =", "while true do end local redis ="), "error", "while true", "the playbook used 2 s of CPU without asking for anything"),
    (GOOD.replace("local redis =", 'local redis = require "helpers"; redis ='), "error", "local redis", "require works while the playbook loads only"),
    (GOOD.replace("local function", 'local sizes = require "sizes"\nlocal function'), "error", "local sizes", "there is no module sizes"),
    ("return 5\n", "error", "return", "the file does not return a playbook"),
]


@pytest.mark.parametrize("source,severity,place,says", OTHERS, ids=[says[:60] for *_, says in OTHERS])
def test_what_concerns_the_whole_playbook_points_to_where_it_is_said(project, source, severity, place, says):
    found, code = checked(project, source)
    assert (line_of(source, place), severity, says) in [(line, kind, message[:len(says)]) for line, kind, message in found], found
    assert code == (2 if "error" in [kind for _, kind, _ in found] else 0)


def test_a_playbook_is_named_like_its_file(project):
    found, _ = checked(project, GOOD, name="other")
    assert (4, "warning", 'playbook "sound" stands in other.lua: it is run by the name of its file') in found


def test_the_names_in_a_module_beside_a_playbook_are_checked_too(project):
    project.book("_sizes", "local sizes = {}\nfunction sizes.double(x) return math.flor(x * 2) end\nreturn sizes\n")
    path = project.book("sound", GOOD.replace("(found.limit or 0) * 2", 'require("_sizes").double(found.limit or 0)').replace(
        "local function", 'local sizes = require "_sizes"\nlocal function').replace('require("_sizes").double', "sizes.double"))
    done = project.run("check", str(path), "-o", "json")
    assert [(one["file"], one["line"], one["message"]) for one in done.json["playbooks"][0]["found"] if one["severity"] == "error"] == [
        ("books/_sizes.lua", 2, 'math.flor does not exist; did you mean "floor"?')]


def test_a_playbook_may_point_to_one_beside_it(project):
    """Also outside the catalogue, as where a repository of playbooks is checked without a runbook.toml."""
    away = project.root / "away"
    away.mkdir()
    (away / "sound.lua").write_text(GOOD.replace('next "look at its log"', 'next(book "other")'))
    assert "there is no playbook other" in project.run("check", "away/sound.lua").out
    (away / "other.lua").write_text(GOOD)
    assert project.run("check", "away/sound.lua").code == 0


def test_what_one_playbook_hands_to_another_is_an_input_of_that(project):
    source = GOOD.replace('next "look at its log"', 'next(book("limit", { rediss = "x" }))')
    project.book("sound", source)
    done = project.run("check", "sound", "limit", "-o", "json")
    assert [(one["line"], one["message"]) for one in done.json["playbooks"][0]["found"] if one["severity"] == "error"] == [
        (line_of(source, "rediss"), 'limit has no input rediss; did you mean "redis"?')]


def test_a_helper_is_judged_by_what_it_is_handed(project):
    """A parameter called `found` need not be what was found, and one of another name may be."""
    source = GOOD.replace("local function roomier(found)", """local function sum(found) return found.anything + found.else_ end
local function small(look) return look.limti end
local function roomier(found)""").replace("if found.limit and", "if sum({ anything = 1, else_ = 2 }) and small(found) and found.limit and")
    found, _ = checked(project, source)
    assert [(line, message) for line, kind, message in found if kind == "error"] == [(3, 'evidence has no limti; did you mean "limit"?')]


def test_a_playbook_that_hands_what_was_found_on_is_not_told_that_it_uses_nothing(project):
    source = GOOD.replace("found.limit and found.key and ", "next_one(found) and found.limit and ").replace(
        "local function roomier", "local function next_one(all) for name in pairs({ all }) do return name end end\nlocal function roomier")
    found, code = checked(project, source)
    assert (code, [kind for _, kind, _ in found if kind == "hint"]) == (0, [])


def test_nothing_is_read_and_nothing_is_written_by_a_check(project, start_redis):
    redis = start_redis()
    project.target("cache-1", redis.url)
    before = redis.counts()
    assert project.run("check").code == 0
    assert redis.arrived_since(before) <= {"info"}, "more than the question what had arrived"
    assert not project.state.exists()


def test_code_that_goes_on_from_a_reading_is_no_mistake(project):
    """What a reading gives is unknown to a check: it neither waits for it for ever, nor holds it against the author."""
    source = GOOD.replace("    return { ping", """    local cursor = "0"
    repeat
      local page = redis:read({ "SCAN", cursor }):value()
      cursor = page[1]
    until cursor == "0"
    for _, each in ipairs(redis:clients():value_or({}).clients) do print(each.addr:sub(1, 4), each.age > 5) end
    if redis:ping():value() + 1 > 2 then error "not the author's mistake" end
    return { ping""")
    found, code = checked(project, source)
    assert (code, [one for one in found if one[1] == "error"]) == (0, [])


# ---- forms


BROKEN = GOOD.replace("return healthy(", "return heathy(")


def test_text_is_for_people_and_counts(project):
    project.book("sound", GOOD)
    project.book("broken", BROKEN.replace('playbook "sound"', 'playbook "broken"'))
    done = project.run("check", "sound", "broken")
    assert done.code == 2
    assert "✓  sound\n" in done.out and "✗  broken\n" in done.out
    assert '  books/broken.lua:17: error: there is no global heathy; did you mean "healthy"?\n' in done.out
    assert done.out.endswith("2 playbooks checked: 1 error, 2 warnings\n")


def test_ndjson_has_a_line_for_each_playbook(project):
    project.book("sound", GOOD)
    done = project.run("check", "sound", "limit", "-o", "ndjson")
    assert [json.loads(line)["book"] for line in done.out.splitlines()] == ["sound", "limit"]


def test_github_is_told_in_its_own_words_escaped(project):
    path = project.books / "odd, na:me%.lua"
    path.write_text(BROKEN)
    done = project.run("check", str(path), "--output", "github")
    place = "file=books/odd%2C na%3Ame%25.lua,line=17,title=runbook check%3A unknown-name"
    assert f'::error {place}::there is no global heathy; did you mean "healthy"?\n' in done.out
    assert all(re.match(r"::(error|warning|notice) file=[^,:\n]+,line=\d+,title=[^,:\n]+::[^\n]+$", line) for line in done.out.splitlines()), done.out
    assert "incident to test it with%0Amake one of a run" in done.out


def test_sarif_has_what_its_standard_requires(project):
    path = project.books / "odd name.lua"
    path.write_text(BROKEN)
    log = project.run("check", str(path), "-o", "sarif").json
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["name"] == "runbook check" and driver["version"]
    rules = {rule["id"] for rule in driver["rules"] if rule["shortDescription"]["text"]}
    results = log["runs"][0]["results"]
    assert results
    for result in results:
        assert result["ruleId"] in rules and result["level"] in ("error", "warning", "note") and result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "books/odd%20name.lua" and place["region"]["startLine"] >= 1
    assert [result["level"] for result in results if result["ruleId"] == "unknown-name"] == ["error"]


@pytest.mark.parametrize("form", ["github", "sarif"])
@pytest.mark.parametrize("words", [["list"], ["run", "limit", "-n"], ["audit", "verify"]], ids=" ".join)
def test_forms_of_check_are_refused_elsewhere(project, words, form):
    done = project.run(*words, "-o", form)
    assert done.code == 2
    assert f"-o {form} is for runbook check only" in done.err and "knows text, json and ndjson" in done.err


def test_nothing_to_check_is_said(project):
    (project.root / "runbook.toml").write_text('playbooks = ["none"]\n')
    done = project.run("check")
    assert (done.code, "no playbooks to check" in done.err) == (2, True)


def test_a_folder_stands_for_the_playbooks_in_it(project):
    books = sorted(path.stem for path in project.books.glob("*.lua"))
    assert books
    done = project.run("check", "books", "-o", "json")
    assert [book["book"] for book in done.json["playbooks"]] == [f"books/{name}.lua" for name in books]


def test_a_playbook_that_is_not_there_is_an_error_with_the_nearest_name(project):
    done = project.run("check", "redis-dwn", "limit")
    assert done.code == 2
    assert "there is no playbook redis-dwn; did you mean redis-down?" in done.out and "✓  limit" in done.out
