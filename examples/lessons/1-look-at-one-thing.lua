--- Redis runs out of connections: new clients are refused.

return playbook "1-look-at-one-thing" {
  alerts = { "RedisConnectionsHigh" },
  severity = "SEV-3",
  owner = "backend on-call",

  inputs = { redis = input.redis "the instance that refuses clients" },
  findings = { ["crowded"] = "nearly all of its connections are taken" },

  evidence = function(see, arg)
    return { clients = see.redis(arg.redis):info "clients" }
  end,

  diagnose = function(found)
    local clients = found.clients
    if not clients then return unclear "its clients could not be counted" end
    if clients.connected_clients > clients.maxclients * 0.8 then
      return finding("crowded", "%d of %d connections are taken", clients.connected_clients, clients.maxclients)
        :next "find out which service opened them"
    end
    return healthy("%d of %d connections are taken", clients.connected_clients, clients.maxclients)
  end,
}
