--- The pooler between an application and its PostgreSQL does not answer, and the server behind it does.
---
--- It tries both, the port and the login, from here and from every instance. Where only the pooler is gone and the server has room for
--- the connections that it kept away, the instances are made anew with the server's own address, one at a time, each only when the one
--- before is ready. The first answers are slower then. The undo of that run brings back the containers that were, and with them the
--- pooler's address.

local instances = require "_instances"

local FAILS = { "failed to connect", "i/o timeout" }

-- The instances of which it is not known that they can reach the server.
local function cut_off(found)
  local list = {}
  for _, one in ipairs(found.reach) do
    if not one.value or not one.value.reachable then list[#list + 1] = tostring(one.target) end
  end
  return list
end

-- How often the instances said that they cannot connect.
local function failures(found)
  local sum = 0
  for _, one in ipairs(found.logs or {}) do
    for _, word in ipairs(FAILS) do sum = sum + (one.value and one.value.matches[word] and one.value.matches[word].count or 0) end
  end
  return sum
end

-- How many connections the server could still take, and how many the instances will open without a pooler.
local function room(found, arg)
  local now = found.connections
  return now.limit - now.reserved - now.used, #arg.instances * arg.each_opens
end

return playbook "db-pooler-switch" {
  alerts = { "PoolerDown", "DatabaseConnectFailures" },
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    pooler = input.postgres "the pooler, as the application reaches it",
    direct = input.postgres "the server behind it",
    instances = input.container("who connects there"):many():default "tag:backend",
    key = input.text("their variable that says where"):default "DB_HOST",
    address = input.text "what it has to be for the server itself",
    each_opens = input.number("how many connections one instance opens at most"):default(20),
    api = input.http "the address that the users reach",
  },

  findings = {
    ["pooler-down"] = "the pooler does not answer, and the server behind it does",
    ["served-without"] = "the pooler does not answer, and the users are served without it",
    ["no-room"] = "the server has no room for all the connections that the pooler kept away",
    ["cut-off"] = "the server answers here, and an instance cannot reach it",
    ["pooler-refuses"] = "the pooler accepts connections and lets nobody log in",
    ["not-the-primary"] = "what is given as the server behind the pooler is a standby",
    ["server-down"] = "the server behind the pooler does not answer",
  },

  evidence = function(see, arg)
    return {
      port = see.net(arg.pooler):tcp_probe(),
      pooler = see.postgres(arg.pooler):server(),
      direct = see.postgres(arg.direct):server(),
      connections = see.postgres(arg.direct):connections(),
      reach = parallel.map(arg.instances, function(one) return see.container(one):can_reach(arg.direct) end),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one)
        return see.container(one):logs { since = "15m", match = FAILS }
      end),
      health = see.health(arg.api):deep(),
    }
  end,

  diagnose = function(found, arg)
    if not found.direct then
      return finding("server-down", "%s", found:why "direct"):next "the playbook db-failover; a pooler before a server that is down is well"
    end
    if found.direct.standby then
      return finding("not-the-primary", "%s takes no writes", tostring(arg.direct))
        :next "somebody failed over: give the primary as it is now, or look at db-failover"
    end
    if found.pooler then return healthy "both answer: whoever was switched to the server itself can go back, by the undo of that run" end
    if found.port then
      return finding("pooler-refuses", "%s", found:why "pooler")
        :next "its list of users and its own log; restart it when what it says is old, and begin anew when it stays so"
    end
    if found.health and found.health.status == "up" then
      return finding("served-without", "%s", found:why "pooler"):next "bring it back, then undo the run that switched"
    end
    if not (found.connections and found.reach) then return unclear("nobody knows whether the server can take them: %s", found:why "connections" or found:why "reach") end
    local out = cut_off(found)
    if #out > 0 then
      return finding("cut-off", "%s cannot open a connection to it, as far as can be told", table.concat(out, ", ")):next "let them through the firewall of the server, then begin anew"
    end
    local free, wanted = room(found, arg)
    if free < wanted then
      return finding("no-room", "%d are free of %d, and %d instances may open %d", free, found.connections.limit, #arg.instances, wanted)
        :next "give each instance a smaller pool of its own, or bring the pooler back; past the limit nobody gets in"
    end
    return finding("pooler-down", "%s; the instances failed to connect %d times in 15m, and the server has %d connections free",
      found:why "pooler", failures(found), free)
  end,

  mitigations = {
    mitigation "direct" {
      answers = { "pooler-down" },
      warning = "Without the pooler each request may pay for a login, and nothing holds the connections below the server's limit.",
      plan = function(_, arg)
        local list = {}
        for at, one in ipairs(arg.instances) do list[at] = { target = one } end
        return instances.one_by_one(list, function(one)
          return { change.container_env(one.target, { key = arg.key, to = arg.address, guard = { check.postgres(arg.direct):replication().role:is "primary" } }) }
        end)
      end,
      verify = function(arg)
        local checks = { check.health(arg.api):deep().status:is "up", check.postgres(arg.direct):replication().role:is "primary" }
        for _, one in ipairs(arg.instances) do checks[#checks + 1] = check.container(one):state().ready:is(true) end
        return checks
      end,
      within = "90s",
      holds = "10s",
    },
  },

  follow_up = {
    after("0s", "Find out why the pooler ended, and bring it back."),
    after("1h", "Go back to it: runbook undo RUN, when it answers."),
  },
}
