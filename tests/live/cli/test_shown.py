"""Text that a server chose, on its way to a terminal, a report and JSON: it is shown, and it steers nothing."""

import json
import random
import re

import pytest

from terminal import APPROVE, CHOOSE, Terminal

PIECES = [
    b"\x1b[31m", b"\x1b[2J\x1b[H", b"\x1b]52;c;cm0gLXJmIC8=\x07", b"\x1b]8;;http://evil/\x1b\\", b"\x1bP$q\x1b\\", b"\x1b[8m", b"\x1bc", b"\x1b[?1049h",
    b"\x9b31m", "\u009b2J".encode(), "\u0085".encode(), b"\r", b"\n", b"\r\n", b"\t", b"\b" * 20, b"\x7f", b"\x00", b"\x07", b"\x0e", b"\x0b",
    "\u202e".encode(), "\u2066".encode(), "\u2069".encode(), "\u200b".encode(), "\u200d".encode(), "\ufeff".encode(), "\u2028".encode(),
    "\U000e0041".encode(), "\u00ad".encode(), "\u061c".encode(), b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\\x1b[31m", b"%s%n", b"\"'`$(id)",
    "\u2713  verified (exit 0)".encode(), b"\nType y to do it; anything else is noo: y\n", b"| a | b |\n# Heading <script>", b"::error::x", "漢字 é 😀".encode(),
    b"plain", b" ", b"A" * 300,
]
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]")

BOOK = """
return playbook "odd" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { redis = input.redis "the instance" },
  evidence = function(see, arg)
    return { big = see.redis(arg.redis):read { "GET", "big" }, names = see.redis(arg.redis):largest_keys(5000, 2000), slow = see.redis(arg.redis):slowlog(64) }
  end,
  diagnose = function(found)
    if not found.names then return unclear("not read: " .. found:why "names") end
    local list = {}
    for _, key in ipairs(found.names.keys) do
      if key.key ~= "big" then list[#list + 1] = finding("odd-" .. #list, "%%s", key.key) end
    end
    if #list == 0 then return healthy "nothing is odd" end
    for _, key in ipairs(found.names.keys) do print(key.key) end
    return list
  end,
  mitigations = { mitigation "delete" {
    answers = { %(answers)s }, warning = "Deletes them.",
    plan = function(found, arg)
      local list = {}
      for _, key in ipairs(found.names.keys) do
        if key.key ~= "big" and #list < 25 then list[#list + 1] = change.redis_delete_key(arg.redis, key.key, { comment = key.key }) end
      end
      return list
    end,
    verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end,
    within = "1s",
  } },
}
"""


def hostile_strings(count):
    chance = random.Random(1)
    strings = set(PIECES)
    while len(strings) < count:
        strings.add(b"".join(chance.choice(PIECES) for _ in range(chance.randrange(1, 6))))
    return sorted(strings)


def is_text(name):
    try:
        return bool(name.decode())
    except UnicodeDecodeError:
        return False


def assert_safe(text):
    found = UNSAFE.search(text)
    assert not found, (found, text[max(0, found.start() - 60):found.start() + 60])


@pytest.fixture
def odd(project, cache):
    project.target("cache-1", cache.url, env="dev")
    cache.ask("CONFIG", "SET", "maxmemory", 0)
    project.book("odd", BOOK % {"answers": '"odd-0"'})
    return cache


@pytest.fixture
def thousand(odd):
    odd.ask("CONFIG", "SET", "slowlog-log-slower-than", 0)
    names = hostile_strings(1000)

    def batches():
        for first in range(0, len(names), 90):
            odd.ask("FLUSHALL")
            for name in names[first:first + 90]:
                odd.ask("SET", name, b"x" * 10)
            yield names[first:first + 90]

    return batches


def test_a_thousand_hostile_strings_reach_no_terminal_no_report_and_no_document_raw(project, thousand):
    told = set()
    for batch in thousand():
        for words in ([], ["-o", "json"]):
            shown = project.run("run", "odd", "--dry-run", *words)
            assert shown.code == 0, shown.err[:2000]
            assert_safe(shown.out + shown.err)
        texts = {finding["text"] for finding in json.loads(shown.out)["findings"] if isinstance(finding["text"], str)}
        assert {name.decode() for name in batch if is_text(name)} <= texts
        told |= texts
        report = project.run("report", project.last_run())
        assert_safe(report.out)
    assert len(told) > 300


def test_what_was_done_to_them_is_told_as_safely(project, thousand, odd):
    next(thousand())
    odd.ask("SET", "big", b"\x1b]52;c;x\x07\r" * 390_000)
    digest = project.run("run", "odd", "--dry-run").digests["delete"]
    done = project.run("run", "odd", "--approve", digest)
    assert_safe(done.out + done.err)
    assert len(project.records("OUTCOME")) == 25
    run = project.last_run()
    for words in (["report", run], ["evidence", run], ["evidence", run, "names"], ["evidence", run, "slow"], ["evidence", run, "big"], ["runs"],
                  ["undo", run, "--dry-run"], ["evidence", run, "big", "-o", "json"], ["report", run, "-o", "json"],
                  ["run", "odd", "--dry-run", "-o", "ndjson"]):
        shown = project.run(*words)
        assert shown.code == 0, (words, shown.err[:1000])
        assert_safe(shown.out + shown.err)
    assert len(project.run("evidence", run, "big").out) > 3_000_000


def test_a_line_of_ten_megabytes_is_not_kept_and_said_in_one(project, odd):
    odd.ask("SET", "big", b"\x1b[2J\r" * (10 << 20 >> 2))
    done = project.run("run", "odd", "--dry-run")
    assert_safe(done.out + done.err)
    assert "the answer is 12.5 MiB; redis.read gives at most 4 MiB" in " ".join(done.out.split()), done
    assert len(done.out + done.err) < 20_000


def gate(project, cache, name):
    """What stands on the terminal from the last line of the plan to the question."""
    cache.ask("FLUSHALL")
    cache.ask("SET", "big", "x")
    cache.ask("SET", name, "y")
    session = Terminal(project, "run", "odd").see(CHOOSE).answer("delete").see(APPROVE).answer("n")
    assert session.end() == 3
    assert_safe(session.text.replace("\r", ""))
    shown = session.text[session.text.index("Plan delete"):]
    return shown[shown.index("  fixed when"):shown.index(APPROVE) + len(APPROVE)], shown.count("\n")


def test_the_gate_looks_the_same_whatever_a_key_is_called(project, odd):
    expected, lines = gate(project, odd, b"feed:4711")
    assert "This changes cache-1" in expected and APPROVE in expected
    for name in PIECES:
        shown, count = gate(project, odd, name)
        assert shown == expected, (name, shown)
        assert count - lines in range(0, 12), (name, count, lines)


ASKS = r"""
return playbook "asks" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { redis = input.redis "the instance" },
  evidence = function(see, arg) return { ping = see.redis(arg.redis):ping() } end,
  diagnose = function(found) return finding("odd", "odd") end,
  mitigations = { mitigation "set" {
    answers = { "odd" }, asks = { limit = ask.bytes("%s") },
    plan = function(found, arg, chosen) return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) } end,
    verify = function(arg, chosen) return { check.redis(arg.redis):config("maxmemory"):is(chosen.limit) } end,
  } },
}
"""


def test_what_a_playbook_asks_for_steers_nothing_when_nobody_can_be_asked(project, cache):
    for piece in (b"\x1b[2J", b"\xf8", b"\r", "\u202e".encode()):
        project.book("asks", ASKS % "".join(f"\\{byte}" for byte in b"size " + piece))
        done = project.run("run", "asks", "--mitigate", "set")
        assert done.code == 4 and "nobody can be asked for limit: size \\" in done.err, done
        assert_safe(done.err)
