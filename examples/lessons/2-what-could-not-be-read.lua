--- Redis does not answer, or not to us.

return playbook "2-what-could-not-be-read" {
  alerts = { "RedisUnreachable" },
  severity = "SEV-1",
  owner = "backend on-call",

  inputs = { redis = input.redis "the instance in trouble" },
  findings = {
    ["locked-out"] = "it is up, and refuses our password",
    ["away"] = "nobody answers at its address",
  },

  evidence = function(see, arg)
    return { ping = see.redis(arg.redis):ping(), port = see.net(arg.redis):tcp_probe() }
  end,

  diagnose = function(found)
    local why = found:why "ping"
    if not why then return healthy("it answers %s", found.ping) end
    if why:find "NOAUTH" or why:find "WRONGPASS" then
      return finding("locked-out", "it says: %s", why):next "compare the secret in the inventory with its requirepass"
    end
    if not found.port then return finding("away", "%s", why):next "look at the service on its host, and at its log" end
    return unclear("its port accepts connections, but PING fails: %s", why)
  end,
}
