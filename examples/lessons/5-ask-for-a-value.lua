--- Redis runs out of connections: allow as many as the operator says.
-- Half as many again, in whole tens: the same from one look to the next.
local function roomier(found) return math.ceil((found.limit or 0) * 1.5 / 10) * 10 end

return playbook "5-ask-for-a-value" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = { redis = input.redis "the instance that refuses clients" },
  findings = { ["crowded"] = "nearly all of its connections are taken" },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { limit = redis:config "maxclients", clients = redis:info "clients" }
  end,

  diagnose = function(found)
    if not found.limit or not found.clients then return unclear "its clients could not be counted" end
    local count = found.clients.connected_clients
    if count <= found.limit * 0.8 then return healthy("%d of %d connections are taken", count, found.limit) end
    return finding("crowded", "%d of %d connections are taken", count, found.limit)
  end,

  mitigations = {
    mitigation "allow-more" {
      answers = { "crowded" },
      asks = { limit = ask.number("new maxclients", roomier) },
      plan = function(found, arg, chosen) return { change.redis_config(arg.redis, "maxclients", { to = chosen.limit }) } end,
      verify = function(arg, chosen) return { check.redis(arg.redis):info("clients").maxclients:is(chosen.limit) } end,
    },
  },
}
