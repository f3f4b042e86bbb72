--- Clients of the caches never go away: close those that are silent, on two servers at a time.

return playbook "8-twenty-servers" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = { caches = input.redis("the caches"):many():default "tag:cache" },
  findings = { ["kept-for-ever"] = "no client is ever closed, however long it is silent" },

  evidence = function(see, arg)
    return { timeouts = parallel.map(arg.caches, function(cache) return see.redis(cache):config "timeout" end) }
  end,
  diagnose = function(found)
    if not found.timeouts then return unclear "nobody could be asked" end
    local never = 0
    for _, one in ipairs(found.timeouts) do if one.value == 0 then never = never + 1 end end
    if never == 0 then return healthy("all %d close silent clients", #found.timeouts) end
    return finding("kept-for-ever", "%d of %d never close a silent client", never, #found.timeouts)
  end,

  mitigations = {
    mitigation "close-the-silent" {
      answers = { "kept-for-ever" },
      plan = function(found, arg)
        local close = function(cache) return { change.redis_config(cache, "timeout", { to = 60 }) } end
        local well = function(cache) return { check.redis(cache):ping():is "PONG" } end
        return { change.across(arg.caches, { canary = 1, at_a_time = 2, max_failed = 1, check = well, within = "30s" }, close) }
      end,
      verify = function(arg) return { check.redis(arg.caches[#arg.caches]):config("timeout"):is(60) } end,
    },
  },
}
