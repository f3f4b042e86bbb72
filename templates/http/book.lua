--- A service does not answer well, or something that it depends on is down.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    service = input.http "the service that is looked at",
  },

  findings = {
    ["away"] = "nothing answers at its address",
    ["component-down"] = "something that it depends on is down",
    ["unwell"] = "it answers, and says that it is not well",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.service):deep "/health",
      port = see.net(arg.service):tcp_probe(),
    }
  end,

  diagnose = function(found)
    local health = found.health
    if not health then
      if found.port then return unclear("the port accepts, and its health cannot be read: %s", found:why "health") end
      return finding("away", "%s", found:why "port"):next "is it running, and is its address right?"
    end
    local first = health.down[1]
    if first then return finding("component-down", "%s: %s", table.concat(health.down, ", "), health.components[first].error or "it does not say why") end
    if health.status == "up" then return healthy("it is well, and said so in %d ms", health.ms) end
    return finding("unwell", "it says %s, with status %d", health.status, health.http_status)
  end,
@if changes@

  mitigations = {
    mitigation "take-it-out" {
      answers = { "component-down", "unwell" },
      plan = function()
        local put_back = manual "Put the service back behind the load balancer" { expects = "serving" }
        return { manual "Take the service out of the load balancer" { expects = "drained", undo = put_back } }
      end,
      verify = function(arg) return { check.health(arg.service):deep("/health").status:is "up" } end,
      within = "5m",
    },
  },
@end@

  follow_up = { after("10m", "Find out why nobody noticed earlier.") },
}
