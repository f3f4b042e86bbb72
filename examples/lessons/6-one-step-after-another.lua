--- Clients of Redis never go away: make room, and close those that are silent.

return playbook "6-one-step-after-another" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = { redis = input.redis "the instance whose clients stay" },
  findings = { ["kept-for-ever"] = "no client is ever closed, however long it is silent" },

  evidence = function(see, arg) return { timeout = see.redis(arg.redis):config "timeout" } end,
  diagnose = function(found)
    if not found.timeout then return unclear "the timeout could not be read" end
    return found.timeout == 0 and finding "kept-for-ever" or healthy("silent clients are closed after %d s", found.timeout)
  end,

  mitigations = {
    mitigation "close-the-silent" {
      answers = { "kept-for-ever" },
      warning = "Clients without a keep-alive of their own have to connect anew.",
      plan = function(found, arg)
        local redis = check.redis(arg.redis)
        local into_file = change.redis_rewrite_config(arg.redis, { nothing_to_undo = "the file says what runs" })
        return {
          change.redis_config(arg.redis, "maxclients", { to = 200 }),
          barrier { redis:info("stats").rejected_connections:stays_flat(), within = "10s", holds = "1s" },
          change.redis_config(arg.redis, "timeout", {
            to = 60, activate = { into_file }, guard = { redis:info("clients").blocked_clients:is(0) },
          }),
        }
      end,
      verify = function(arg) return { check.redis(arg.redis):config("timeout"):is(60) } end,
    },
  },
}
