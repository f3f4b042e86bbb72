--- Looks at everything there is to look at, and changes nothing.

return playbook "looking-only" {
  alerts = {},
  severity = "SEV-5",
  owner = "tests",
  inputs = { redis = input.redis "the instance" },

  evidence = function(see, arg)
    local redis, net = see.redis(arg.redis), see.net(arg.redis)
    return {
      ping = redis:ping(), memory = redis:info "memory", stats = redis:info "commandstats", limit = redis:config "maxmemory",
      errors = redis:errors(), slowlog = redis:slowlog(8), doctor = redis:memory_doctor(), clients = redis:clients(), role = redis:role(),
      replication = redis:replication(), largest = redis:largest_keys(), key = redis:key "a", may = redis:may { "FLUSHALL" },
      time = redis:time(), size = redis:read { "DBSIZE" }, port = net:tcp_probe(), dump = redis:dump "a",
    }
  end,

  diagnose = function(found) return healthy(found.ping) end,
}
