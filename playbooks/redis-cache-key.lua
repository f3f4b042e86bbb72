--- One stale entry in the cache: look at the key, delete it, and let the application build it anew.
---
--- The content of the key is not read. Value and expiry are kept in the evidence, so that the undo restores both; a key that was built
--- anew meanwhile is not overwritten. Needs Redis 7.0.

return playbook "redis-cache-key" {
  alerts = {},
  severity = "SEV-3",
  owner = "backend on-call",

  inputs = {
    redis = input.redis "the instance that holds the cache",
    key = input.text "the whole name of the key, for example feed:4711",
  },

  findings = {
    ["present"] = "the key is there, so a stale value can be served from it",
  },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return {
      ping = redis:ping(),
      key = redis:key(arg.key),
    }
  end,

  diagnose = function(found, arg)
    if not found.key then return unclear "the key could not be looked at" end
    if not found.key.exists then return healthy("there is no key " .. arg.key .. ": nothing stale can come from it") end
    local expiry = found.key.ttl_ms and string.format("expires in %d s", math.floor(found.key.ttl_ms / 1000)) or "never expires"
    return finding("present", "%s is a %s of %d bytes and %s", arg.key, found.key.type, found.key.bytes, expiry)
  end,

  mitigations = {
    mitigation "delete-key" {
      answers = { "present" },
      warning = "Whoever reads the key next waits until it is rebuilt.",
      plan = function(found, arg)
        return { change.redis_delete_key(arg.redis, arg.key) }
      end,
      verify = function(arg)
        return { check.redis(arg.redis):ping():is "PONG" }
      end,
      within = "10s",
    },
  },
}
