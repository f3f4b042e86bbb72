--- Its check never comes true: what then?

return playbook "never" {
  alerts = {},
  severity = "SEV-3",
  owner = "tests",

  inputs = { redis = input.redis "the instance" },

  findings = { ["small"] = "maxmemory is below 32 MiB" },

  evidence = function(see, arg) return { limit = see.redis(arg.redis):config "maxmemory" } end,

  diagnose = function(found)
    if found.limit >= 32 * 1024 * 1024 then return healthy "enough" end
    return finding "small"
  end,

  mitigations = {
    mitigation "raise-limit" {
      answers = { "small" },
      plan = function(found, arg) return { change.redis_config(arg.redis, "maxmemory", { to = 32 * 1024 * 1024 }) } end,
      verify = function(arg) return { check.redis(arg.redis):config("maxmemory"):is(1) } end,
      within = "1s",
    },
  },
}
