--- Redis runs out of client connections: new clients are refused.

@if changes@
-- In whole hundreds: steady from one look to the next.
local function roomier(found) return math.ceil((found.limit or 0) * 1.5 / 100) * 100 end

@end@
return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    redis = input.redis "the instance that is looked at",
  },

  findings = {
    ["near-limit"] = "more than nine tenths of maxclients are connected",
  },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return {
      ping = redis:ping(),
      connected = redis:info "clients",
      limit = redis:config "maxclients",
      clients = redis:clients(),
    }
  end,

  diagnose = function(found)
    if not found.connected or not found.limit then return unclear "clients and limit could not be read" end
    local connected = found.connected.connected_clients
    if connected > found.limit * 0.9 then
      return finding("near-limit", "%d of %d clients", connected, found.limit):next "look in the reading `clients` for one that leaks"
    end
    return healthy("%d of %d clients", connected, found.limit)
  end,
@if changes@

  mitigations = {
    mitigation "raise-limit" {
      answers = { "near-limit" },
      warning = "A leak fills the new limit as well.",
      asks = { limit = ask.number("new maxclients", roomier) },
      plan = function(found, arg, chosen)
        return { change.redis_config(arg.redis, "maxclients", { to = chosen.limit }) }
      end,
      verify = function(arg, chosen)
        return {
          check.redis(arg.redis):ping():is "PONG",
          check.redis(arg.redis):info("clients").connected_clients:below(chosen.limit),
        }
      end,
      within = "30s",
      holds = "5s",
    },
  },
@end@

  follow_up = { after("10m", "Find out who opened the connections.") },
}
