--- A Redis with less memory than it should have.
--- Quick to verify, and with a mitigation of each level: raise-limit is one of level 1, or 2 in production, evict of level 3.

return playbook "limit" {
  alerts = {},
  severity = "SEV-3",
  owner = "tests",

  inputs = { redis = input.redis "the instance" },

  findings = { ["small"] = "maxmemory is below 32 MiB" },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { ping = redis:ping(), limit = redis:config "maxmemory", policy = redis:config "maxmemory-policy" }
  end,

  diagnose = function(found)
    if not found.limit then return unclear("the limit could not be read: " .. found:why "limit") end
    if found.limit < 32 * 1024 * 1024 and found.policy == "noeviction" then
      return finding("small", "maxmemory is %d", found.limit)
    end
    return healthy "it has enough"
  end,

  mitigations = {
    mitigation "raise-limit" {
      answers = { "small" },
      asks = { limit = ask.bytes("new maxmemory", 32 * 1024 * 1024) },
      plan = function(found, arg, chosen)
        return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }
      end,
      verify = function(arg, chosen) return { check.redis(arg.redis):config("maxmemory"):is(chosen.limit) } end,
      within = "2s",
    },
    mitigation "evict" {
      answers = { "small" },
      warning = "Deletes keys.",
      plan = function(found, arg)
        return { change.redis_config(arg.redis, "maxmemory-policy", { to = "allkeys-lru" }) }
      end,
      verify = function(arg) return { check.redis(arg.redis):config("maxmemory-policy"):is "allkeys-lru" } end,
      within = "2s",
    },
  },
}
