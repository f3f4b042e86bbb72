--- A service burns its error budget: too many of its requests fail.

local kErrors = "sum(rate(http_requests_total{code=~'5..'}[$window])) / sum(rate(http_requests_total[$window]))"

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    prometheus = input.prometheus "where the service is measured",
  },

  findings = {
    ["burning"] = "the budget of a month is gone in days, and it goes on",
    ["burned"] = "much of the budget went, and it is over",
  },

  evidence = function(see, arg)
    local prometheus = see.prometheus(arg.prometheus)
    return {
      burn = prometheus:burn { errors = kErrors, objective = 0.999, windows = { "5m", "1h" } },
      scraped = prometheus:targets(),
    }
  end,

  diagnose = function(found)
    if not found.burn then return unclear("%s", found:why "burn") end
    local now, hour = found.burn.rates["5m"], found.burn.rates["1h"]
    if not now or not hour then return unclear "not measured for long enough" end
    if hour > 14.4 and now > 14.4 then return finding("burning", "%.0f times faster than allowed for an hour, %.0f times now", hour, now) end
    if hour > 14.4 then return finding("burned", "%.0f times faster than allowed for an hour, and no longer", hour):next "look at what was deployed" end
    if found.scraped and found.scraped.down > 0 then return healthy("%d of %d targets are not scraped", found.scraped.down, found.scraped.total) end
    return healthy("%.1f times the budget over an hour", hour)
  end,
@if changes@

  mitigations = {
    mitigation "roll-back" {
      answers = { "burning" },
      plan = function()
        local forward = manual "Deploy the new version again" { expects = "deployed" }
        return { manual "Deploy the version before the last" { expects = "deployed", undo = forward } }
      end,
      verify = function(arg)
        return { check.prometheus(arg.prometheus):burn { errors = kErrors, objective = 0.999, windows = { "5m" } }.rates["5m"]:below(1) }
      end,
      within = "10m",
    },
  },
@end@

  follow_up = { after("10m", "Tell who was affected.") },
}
