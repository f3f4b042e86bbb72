--- Redis runs out of connections: allow more of them.

return playbook "4-a-first-change" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = { redis = input.redis "the instance that refuses clients" },
  findings = { ["crowded"] = "nearly all of its connections are taken" },

  evidence = function(see, arg)
    return { clients = see.redis(arg.redis):info "clients" }
  end,

  diagnose = function(found)
    local clients = found.clients
    if not clients then return unclear "its clients could not be counted" end
    local text = ("%d of %d connections are taken"):format(clients.connected_clients, clients.maxclients)
    return clients.connected_clients > clients.maxclients * 0.8 and finding("crowded", text) or healthy(text)
  end,

  mitigations = {
    mitigation "allow-more" {
      answers = { "crowded" },
      plan = function(found, arg) return { change.redis_config(arg.redis, "maxclients", { to = 200 }) } end,
      verify = function(arg) return { check.redis(arg.redis):info("clients").maxclients:is(200) } end,
    },
  },
}
