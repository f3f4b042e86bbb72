--- A service leaks connections to Redis: have it taken out of the load balancer, and see whether more leak.
local function usual_again(arg) return { check.redis(arg.redis):info("clients").connected_clients:at_most(arg.usual) } end

return playbook "7-what-a-person-does" {
  alerts = { "RedisConnectionsHigh" }, severity = "SEV-3", owner = "backend on-call",
  inputs = {
    redis = input.redis "the instance that the service uses",
    usual = input.number("connections on a usual day"):default(20),
  },
  findings = { ["leak"] = "more connections than usual", ["tight"] = "the limit leaves no room for a busy day" },

  evidence = function(see, arg) return { clients = see.redis(arg.redis):info "clients" } end,
  diagnose = function(found, arg)
    if not found.clients then return unclear "its clients could not be counted" end
    local count, limit = found.clients.connected_clients, found.clients.maxclients
    if count > arg.usual then return finding("leak", "%d connections, where %d are usual", count, arg.usual) end
    if limit >= arg.usual * 3 then return healthy("%d connections", count) end
    return finding("tight", "maxclients is %d", limit):next(book("5-ask-for-a-value", { redis = arg.redis }))
  end,

  mitigations = {
    mitigation "take-it-out" {
      answers = { "leak" },
      plan = function()
        local put_back = manual "Put the service back behind the load balancer" { expects = "serving" }
        return { manual "Take the service that leaks out of the load balancer" { expects = "drained", undo = put_back } }
      end,
      verify = usual_again,
      within = "1m",
    },
  },
  watch = { within = "15m", check = usual_again, note = "another one may leak too" },
}
