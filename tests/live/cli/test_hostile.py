"""Playbooks that try to change things in every slot, in a dry run and in a live one. The server tells whether they could."""

import pytest

from watching import READS

# What they try, as the generic reader and through readers that take a text.
TRIES = r"""
local attempts = {
  { "CONFIG", "SET", "maxmemory", "1mb" }, { "config", "set", "maxmemory", "1mb" }, { "FLUSHALL" }, { "flushall", "async" },
  { "SET", "precious", "stolen" }, { "DEL", "precious" }, { "GETDEL", "precious" }, { "GETEX", "precious", "EX", "1" },
  { "EVAL", "return redis.call('FLUSHALL')", "0" }, { "EVAL_RO", "return 1", "0" }, { "FCALL", "f", "0" }, { "SCRIPT", "FLUSH" },
  { "MULTI" }, { "EXEC" }, { "WATCH", "precious" }, { "SORT", "precious", "STORE", "x" }, { "BITFIELD", "x", "SET", "u8", "0", "1" },
  { "SHUTDOWN", "NOSAVE" }, { "DEBUG", "SLEEP", "0" }, { "CLIENT", "KILL", "TYPE", "normal" }, { "CLIENT", "PAUSE", "1" },
  { "REPLICAOF", "127.0.0.1", "1" }, { "ACL", "SETUSER", "evil", "on" }, { "MIGRATE", "h", "1", "precious", "0", "1" }, { "SUBSCRIBE", "x" },
  { "MONITOR" }, { "KEYS", "*" }, { "SELECT", "1" }, { "AUTH", "x" }, { "SLOWLOG", "RESET" }, { "LATENCY", "RESET" }, { "MEMORY", "PURGE" },
  { "CONFIG", "RESETSTAT" }, { "CONFIG", "REWRITE" }, { "BGSAVE" }, { "PING\r\nFLUSHALL" }, { "GET", "x\r\nFLUSHALL\r\n" },
  { "CONFIG SET", "maxmemory", "1mb" }, { "", "FLUSHALL" }, {},
}
local tried = 0
local function try(what)
  tried = tried + 1
  local good, value = pcall(what)
  return good and value
end
local function attack(see, arg)
  for _, argv in ipairs(attempts) do try(function() return see.redis(arg.redis):read(argv):value() end) end
  for _, text in ipairs { "maxmemory\r\nFLUSHALL", "* SET x", "RESET", "../../etc/passwd" } do
    for _, reader in ipairs { "config", "info", "key", "dump", "errors", "slowlog" } do
      try(function() local redis = see.redis(arg.redis); return redis[reader](redis, text):value() end)
    end
  end
  try(function() return see.redis(arg.redis):delete_key("precious"):value() end)
  try(function() return see.redis(arg.redis):rewrite_config():value() end)
  try(function() return see.redis("cache-2"):ping():value() end)
  try(function() return see.redis({ ["$target"] = "cache-2", kind = "redis" }):read({ "FLUSHALL" }):value() end)
  try(function() return change.redis_config(arg.redis, "maxmemory", { to = 1 }):value() end)
  for _, name in ipairs { "stdlib/prelude", "stdlib/fiber", "stdlib/readings", "stdlib/rows", "os", "io", "ffi" } do
    try(function()
      local module = require(name)
      for _, member in pairs(module) do try(function() return member("redis.delete_key", "cache-1", { key = "precious" }) end) end
    end)
  end
end
local stolen_see
"""

BOOK = TRIES + r"""
return playbook "hostile" {
  alerts = {}, severity = "SEV-5", owner = "nobody",
  inputs = { redis = input.redis "the victim" },
  findings = { ["bad"] = "as if" },
  evidence = function(see, arg)
    stolen_see = see
    %(evidence)s
    return { ping = see.redis(arg.redis):ping() }
  end,
  diagnose = function(found, arg)
    local see = stolen_see
    %(diagnose)s
    return finding("bad", "tried %%d times", tried)
  end,
  mitigations = { mitigation "do-it" {
    answers = { "bad" },
    asks = { limit = ask.bytes("limit", function(found, arg) local see = stolen_see %(asks)s return 33554432 end) },
    plan = function(found, arg, chosen) local see = stolen_see %(plan)s print("tried " .. tried) return { %(change)s } end,
    verify = function(arg) local see = stolen_see %(verify)s return { %(check)s } end,
    within = "1s",
  } },
}
"""

HARMLESS = {"evidence": "", "diagnose": "", "asks": "", "plan": "", "verify": "", "change": "",
            "check": 'check.redis(arg.redis):ping():is "PONG"'}


@pytest.fixture
def victim(project, cache, start_redis):
    """cache-1, with a key that a playbook would like to have; and cache-2, which is not its input."""
    cache.ask("SET", "precious", "mine")
    project.target("cache-2", start_redis().url)
    return cache


def write(project, **slots):
    project.book("hostile", BOOK % {**HARMLESS, **slots})


def untouched(victim, before, settings):
    arrived = victim.arrived_since(before)
    assert arrived <= READS | {"get"}, arrived - READS
    assert victim.ask("GET", "precious") == b"mine"
    assert victim.config() == settings
    assert victim.ask("ACL", "USERS") == [b"default"]


@pytest.mark.parametrize("program", ["runbook", "runbook-dryonly"])
@pytest.mark.parametrize("slot", ["evidence", "diagnose", "asks", "plan", "verify"])
def test_a_playbook_that_attacks_in_a_slot_changes_nothing(project, victim, slot, program):
    write(project, **{slot: "attack(see, arg)"})
    before, settings = victim.counts(), victim.config()
    done = project.run("run", "hostile", "--dry-run", "-p", "redis=cache-1", program=program)
    assert done.code == 0, done
    if slot != "verify":  # which comes after the plan that prints
        assert "| tried 7" in done.err or "| tried 8" in done.err or "| tried 9" in done.err, f"it tried too little: {done.err}"
    untouched(victim, before, settings)


def test_a_live_run_without_a_plan_that_changes_sends_only_reads(project, victim):
    attacks = {slot: "attack(see, arg)" for slot in ("evidence", "diagnose", "asks", "plan", "verify")}
    write(project, **attacks)
    before, settings = victim.counts(), victim.config()
    done = project.run("run", "hostile", "-p", "redis=cache-1", "--yes")
    assert done.code in (5, 8, 11), done
    untouched(victim, before, settings)


@pytest.mark.parametrize("argv", ['{ "FLUSHALL" }', '{ "CONFIG", "SET", "maxmemory", "1mb" }', '{ "SET", "precious", "stolen" }'])
def test_a_check_that_is_a_change_in_disguise_does_not_come_through(project, victim, argv):
    write(project, change='change.redis_config(arg.redis, "hz", { to = 20 })', check=f'check.redis(arg.redis):read({argv}):is "OK"')
    before, settings = victim.counts(), victim.config()
    digest = project.plan("hostile", "do-it", "-p", "redis=cache-1")
    done = project.run("run", "hostile", "-p", "redis=cache-1", "--approve", digest)
    assert done.code == 5, done
    assert victim.arrived_since(before) <= READS | {"config|set"}
    assert {name for name, value in victim.config().items() if settings[name] != value} == {"hz"}
    assert victim.ask("GET", "precious") == b"mine"


@pytest.mark.parametrize("change,why", [
    ('change.redis_config(arg.redis, "dir", { to = "/tmp" })', "not on the list"),
    ('change.redis_config(arg.redis, "dbfilename", { to = "shell.so" })', "not on the list"),
    ('change.redis_config(arg.redis, "requirepass", { to = "locked-out" })', "not on the list"),
    ('change.redis_config(arg.redis, "maxmemory\\r\\nFLUSHALL", { to = 1 })', "not on the list"),
    ('change.redis_config(arg.redis, "maxmemory", { to = 0/0 })', ""),
    ('change.redis_config(arg.redis, "maxmemory", { to = -1 })', "at least 0"),
    ('change.redis_config({ ["$target"] = "cache-2", kind = "redis" }, "hz", { to = 20 })', ""),
    ('{ change = "redis.config", target = { ["$target"] = "cache-1" }, args = { key = "dir" }, to = "/tmp" }', ""),
    ('change.redis_config("cache-1", "hz", { to = 20 })', ""),
    ('change.redis_restore_key(arg.redis, "precious", { to = { sha256 = "0" } })', ""),
])
def test_a_plan_that_wants_what_no_playbook_may_is_refused(project, victim, change, why):
    write(project, change=change)
    before, settings = victim.counts(), victim.config()
    done = project.run("run", "hostile", "--dry-run", "-p", "redis=cache-1")
    assert done.code in (2, 8), done
    assert why in done.err, done
    untouched(victim, before, settings)


def test_bytes_of_another_command_in_a_value_stay_a_value(project, victim):
    write(project, change='change.redis_config(arg.redis, "save", { to = "3600 1\\r\\nFLUSHALL\\r\\n" })')
    before = victim.counts()
    digest = project.plan("hostile", "do-it", "-p", "redis=cache-1")
    done = project.run("run", "hostile", "-p", "redis=cache-1", "--approve", digest)
    assert done.code in (1, 5), done
    assert victim.arrived_since(before) <= READS | {"config|set"}
    assert victim.ask("GET", "precious") == b"mine"


def test_remote_text_cannot_speak_to_the_terminal(project, cache):
    cache.ask("SET", "\x1b[2J\x1b]0;owned\x07key\r\nrunbook: approved", "v" * 20000)
    done = project.run("run", "redis-down", "--dry-run")
    assert "key" in done.out
    assert not set(done.out + done.err) & set(map(chr, [*range(10), *range(11, 32), 127, *range(128, 160)]))
    assert not any(line.startswith("runbook: approved") for line in done.out.splitlines())


@pytest.mark.parametrize("body,says", [("while true do end", "CPU"), ('local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e6) .. i end', "memory")])
def test_a_runaway_playbook_ends_with_its_line(project, victim, body, says):
    write(project, evidence=body)
    done = project.run("run", "hostile", "--dry-run", "-p", "redis=cache-1", timeout=20)
    assert done.code not in (0, 139, 134), done
    assert says in done.err and "hostile.lua:" in done.err, done
