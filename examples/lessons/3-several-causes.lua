--- Redis runs out of connections, because there are many clients or because they never go away.

return playbook "3-several-causes" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = {
    redis = input.redis "the instance that refuses clients",
    silence = input.number("seconds of silence after which a client counts as idle"):default(300),
  },
  findings = {
    ["idle"] = "more than half of its clients have long been silent",
    ["crowded"] = "nearly all of its connections are taken",
  },

  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    return { limit = redis:config "maxclients", clients = redis:clients() }
  end,

  diagnose = function(found, arg)
    if not found.limit or not found.clients then return unclear "its clients could not be counted" end
    local count, idle, causes = found.clients.count, 0, {}
    for _, client in ipairs(found.clients.clients) do
      if client.idle >= arg.silence then idle = idle + 1 end
    end
    if idle > count / 2 then
      table.insert(causes, finding("idle", "%d of %d are silent", idle, count):next "close them, see lesson 6")
    end
    if count > found.limit * 0.8 then
      table.insert(causes, finding("crowded", "%d of %d are taken", count, found.limit):next "allow more, see lesson 5")
    end
    return #causes > 0 and causes or healthy("%d of %d connections are taken", count, found.limit)
  end,
}
