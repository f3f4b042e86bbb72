--- Redis nears its memory limit: decide between more memory and eviction before writes fail.
---
--- There is still time to decide. It also says when most keys have no expiry, because a policy for volatile keys would then help
--- nobody. `keep-in-file` writes the running settings into the configuration file of the server, so that a restart does not bring
--- the old limit back; it answers no finding and is chosen by name.

local function share(memory) return memory.used / memory.maxmemory end

local function roomier(found)
  local step = 16 * 1024 * 1024
  local limit = found.memory and found.memory.maxmemory or 0
  return math.ceil(limit * 1.5 / step) * step
end

local function verified(arg)
  return {
    check.redis(arg.redis):ping():is "PONG",
    check.redis(arg.redis):errors("OOM"):stays_flat(),
  }
end

return playbook "redis-maxmemory" {
  alerts = { "RedisMemoryHigh" },
  severity = "SEV-2",
  owner = "infra on-call",

  inputs = {
    redis = input.redis "the instance that fills up",
  },

  findings = {
    ["near-limit"] = "more than 85 % of maxmemory is in use and nothing may be evicted",
    ["evicting"] = "the limit is reached and keys are being evicted",
    ["no-limit"] = "maxmemory is 0: the host's memory is the limit, and the kernel will kill Redis",
    ["kept-for-ever"] = "most keys have no expiry: no policy for volatile keys would help",
  },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return {
      ping = redis:ping(),
      memory = redis:info "memory",
      limit = redis:config "maxmemory",
      policy = redis:config "maxmemory-policy",
      stats = redis:info "stats",
      server = redis:info "server",
      largest = redis:largest_keys { sample = 5000, top = 10 },
      errors = redis:errors(),
    }
  end,

  diagnose = function(found)
    if not found.memory or not found.policy then return unclear "without memory and policy there is nothing to decide on" end
    if found.memory.maxmemory == 0 then
      return finding("no-limit", "%d bytes in use without a limit", found.memory.used)
        :next "set maxmemory to what the host can give, by hand: the right figure is not in Redis"
    end
    local causes = {}
    local used = share(found.memory)
    if found.policy == "noeviction" and used > 0.85 then
      causes[#causes + 1] = finding("near-limit", "%.0f %% of %d bytes in use under noeviction", used * 100, found.memory.maxmemory)
    elseif found.policy ~= "noeviction" and used > 0.97 then
      causes[#causes + 1] = finding("evicting", "%.0f %% in use under %s, %d keys evicted so far", used * 100, found.policy,
        found.stats and found.stats.evicted_keys or 0)
    end
    local sample = found.largest
    if #causes > 0 and sample and sample.sampled > 0 and sample.without_ttl / sample.sampled > 0.8 then
      causes[#causes + 1] = finding("kept-for-ever", "%d of %d sampled keys have no expiry", sample.without_ttl, sample.sampled)
    end
    if #causes > 0 then return causes end
    return healthy(string.format("%.0f %% of its memory in use under %s", used * 100, found.policy))
  end,

  mitigations = {
    mitigation "raise" {
      answers = { "near-limit", "evicting" },
      asks = { limit = ask.bytes("new maxmemory, in bytes or as 5gb", roomier) },
      plan = function(found, arg, chosen)
        return { change.redis_config(arg.redis, "maxmemory", { to = chosen.limit }) }
      end,
      verify = verified,
      within = "30s",
      holds = "3s",
    },
    mitigation "evict" {
      answers = { "near-limit" },
      warning = "Deletes the least recently used keys, whatever they are: only for data that can be rebuilt.",
      plan = function(found, arg)
        return { change.redis_config(arg.redis, "maxmemory-policy", { to = "allkeys-lru" }) }
      end,
      verify = verified,
      within = "30s",
      holds = "3s",
    },
    mitigation "keep-in-file" {
      purpose = "hold",
      warning = "Rewrites the configuration file of the server: comments it did not write may be lost.",
      plan = function(found, arg)
        return {
          change.redis_rewrite_config(arg.redis, { comment = "so that a restart does not bring the old limit back" }),
        }
      end,
      verify = function(arg) return { check.redis(arg.redis):ping():is "PONG" } end,
      within = "10s",
    },
  },
}
