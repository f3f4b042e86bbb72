"""A playbook that sets three things, one after the other: enough to be cut short between them."""

BOOK = """
local wanted = { { "hz", 20 }, { "maxclients", 5000 }, { "timeout", 300 } }

return playbook "three" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { redis = input.redis "the instance" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { hz = redis:config "hz", maxclients = redis:config "maxclients", timeout = redis:config "timeout" }
  end,
  diagnose = function(found)
    for _, one in ipairs(wanted) do
      if found[one[1]] == nil then return unclear("unread: " .. one[1]) end
      if found[one[1]] ~= one[2] then return finding("unset", "%%s is %%d", one[1], found[one[1]]) end
    end
    return healthy "all three are set"
  end,
  mitigations = {
    mitigation "set-three" {
      answers = { "unset" },
      plan = function(found, arg)
        local list = {}
        for _, one in ipairs(wanted) do list[#list + 1] = change.redis_config(arg.redis, one[1], { to = one[2] }) end
        %(more)s
        return list
      end,
      verify = function(arg) return { check.redis(arg.redis):config("timeout"):is(300) } end,
      within = "2s",
    },
  },
}
"""
SETTINGS = {"hz": "20", "maxclients": "5000", "timeout": "300"}


def settings(cache):
    return {key: cache.config(key) for key in SETTINGS}


def sets(cache, before):
    """How often something was set since."""
    return cache.counts().get("config|set", 0) - before.get("config|set", 0)
