--- The PostgreSQL of a pg_auto_failover cluster takes no writes, or lets nobody in.
---
--- It asks the monitor who is the primary and who may be promoted, and each node what it is itself. Where the primary is down and a standby
--- is in sync, it orders the failover and waits until another node takes writes; where the monitor is at it by itself, it says so
--- and leaves it alone. Where no standby is in sync it changes nothing and says why: promoting one would lose what was committed. Sessions that hold a
--- transaction open and do nothing are ended when hardly a connection is left. How long nobody could write stands in the report.

-- Those that take writes by their own word.
local function writers(found)
  local all = {}
  for _, one in ipairs(found.servers) do
    if one.value and not one.value.standby and not one.value.read_only then all[#all + 1] = one end
  end
  return all
end

-- What it says of the last time that nobody could write, when that is an hour ago at most.
local function outage(found)
  local last = found.outage
  if last and last.lasts_s then return ("; nobody can write since %s"):format(last.from) end
  if not last or last.ago_s > 3600 or last.seconds < 1 then return "" end  -- one check that failed is no outage
  return ("; nobody could write for %.1f s, from %s until %s"):format(last.seconds, last.from, last.to)
end

-- The nodes on which hardly a connection is left, each { target, used, limit, idle }.
local function crowded(found, arg)
  local all = {}
  for at, one in ipairs(found.connections) do
    local limit = one.value and one.value.limit - one.value.reserved
    if limit and one.value.used > limit * arg.crowded / 100 then
      all[#all + 1] = { target = one.target, used = one.value.used, limit = limit, idle = found.idle[at].value or {} }
    end
  end
  return all
end

local MOST = 50  -- sessions that one plan ends

-- The sessions of those nodes that are ended, those that have held on for longest first.
local function holding(found, arg)
  local all = {}
  for _, node in ipairs(crowded(found, arg)) do
    for _, session in ipairs(node.idle) do
      if #all < MOST then all[#all + 1] = { target = node.target, pid = session.pid, started = session.started } end
    end
  end
  return all
end

-- Nobody takes writes by their own word: what the monitor makes of it.
local function without_a_writer(found)
  local group = found.group
  if group.under_way then return finding("failing-over", "%s%s", group.why, outage(found)):next "it goes on by itself, for as long as the old primary is given to step down (30 s unless set): run this again then" end
  if group.writable then return unclear("the monitor finds %s well, and from here no node takes writes: look at the network between", group.primary.name) end
  if group.may_fail_over then return finding("primary-down", "%s%s", group.why, outage(found)) end
  return finding("no-standby", "%s; %s%s", group.why, group.why_not, outage(found))
    :next "get the old primary back: what was committed is on its disk alone, and promoting a standby loses it"
end

-- What is wrong with the connections of nodes that answer; nil when nothing is.
local function connections(found, arg)
  local node = crowded(found, arg)[1]
  if not node then return nil end
  local words = "%s has %d of %d connections in use, %d of them idle in their transaction"
  if #holding(found, arg) > 0 then return finding("held-open", words, tostring(node.target), node.used, node.limit, #node.idle) end
  return finding("crowded", words, tostring(node.target), node.used, node.limit, #node.idle):next "look in the reading `connections` for who has them"
end

local function writable_again(arg)
  local checks = { check.pg_failover(arg.monitor):group(arg.formation, arg.group).writable:is(true) }
  if arg.api then checks[#checks + 1] = check.health(arg.api):deep(arg.health).status:is "up" end
  return checks
end

return playbook "db-failover" {
  alerts = { "PostgresPrimaryDown", "PostgresTooManyConnections" },
  severity = "SEV-1",
  owner = "infra on-call",

  inputs = {
    monitor = input.postgres("the database of the monitor, pg_auto_failover"):default "tag:pg-monitor",
    nodes = input.postgres("the nodes, each by its own address"):many():default "tag:pg-node",
    api = input.http("what needs the database"):optional(),
    health = input.text("its page that tells of the database"):default "/health/deep",
    formation = input.text("the formation"):default "default",
    group = input.number("the group in it"):default(0),
    crowded = input.number("from what share of the connections on hardly one is left, in percent"):default(90),
    idle = input.number("from how many seconds on a session that holds a transaction open is ended"):default(60),
  },

  findings = {
    ["primary-down"] = "the primary takes no writes, and a standby has all that was committed",
    ["failing-over"] = "the monitor is promoting a standby by itself",
    ["two-primaries"] = "more than one node takes writes",
    ["no-standby"] = "nobody takes writes, and no standby has all that was committed",
    ["held-open"] = "hardly a connection is left, and sessions hold transactions open and do nothing",
    ["crowded"] = "hardly a connection is left",
    ["no-redundancy"] = "the primary takes writes, and no standby has all that is committed",
    ["api-unwell"] = "the database takes writes, and what needs it says that it is not well",
  },

  evidence = function(see, arg)
    local ha = see.pg_failover(arg.monitor)
    local function of_each(read) return parallel.map(arg.nodes, function(node) return read(see.postgres(node)) end) end
    return {
      group = ha:group(arg.formation, arg.group),
      outage = ha:outage(arg.formation, arg.group),
      events = ha:events(arg.formation, arg.group),
      servers = of_each(function(node) return node:server() end),
      replication = of_each(function(node) return node:replication() end),
      connections = of_each(function(node) return node:connections() end),
      idle = of_each(function(node) return node:idle_in_transaction(arg.idle) end),
      activity = of_each(function(node) return node:activity() end),
      api = arg.api and see.health(arg.api):deep(arg.health),
    }
  end,

  diagnose = function(found, arg)
    if not found.group then return unclear("the monitor cannot be asked: " .. found:why "group") end
    local busy, all_writers = connections(found, arg), writers(found)
    local takes_writes = all_writers[1]
    if #all_writers > 1 then
      return finding("two-primaries", "%s and %s; the monitor calls %s the primary", tostring(takes_writes.target), tostring(all_writers[2].target),
        found.group.primary and found.group.primary.name or "none of them")
        :next "stop the one that the monitor does not call the primary, before anything else: what it takes now is lost to the other"
    end
    if not takes_writes and not (busy and found.group.writable) then
      local cause = without_a_writer(found)
      return busy and { cause, busy } or cause
    end
    if busy then return busy end
    if not found.group.writable then return unclear("%s takes writes, and the monitor says: %s", tostring(takes_writes.target), found.group.why) end
    local all = {}
    if arg.api and found.api and found.api.status ~= "up" then
      all[1] = finding("api-unwell", "%s takes writes, and %s says that it is %s%s", tostring(takes_writes.target), tostring(arg.api), found.api.status, outage(found))
        :next "its connections may still lead to the old primary: api-down"
    end
    if not found.group.may_fail_over then
      all[#all + 1] = finding("no-redundancy", "%s takes writes, and none may follow: %s%s", tostring(takes_writes.target), found.group.why_not, outage(found))
        :next "get the other node back: pg_autoctl run on it; until then one more failure is an outage"
    end
    if #all > 0 then return all end
    return healthy("%s takes writes, and a standby may follow%s", tostring(takes_writes.target), outage(found))
  end,

  mitigations = {
    mitigation "fail-over" {
      answers = { "primary-down" },
      warning = "Whoever is still connected to the old primary is cut off.",
      plan = function(found, arg)
        local order = { formation = arg.formation, group = arg.group }
        if found.group and not found.group.writable then order.nothing_to_undo = "the old primary is down; it becomes a standby when it is back" end
        return { change.pg_failover_perform(arg.monitor, order) }
      end,
      verify = writable_again,
      within = "120s",
    },
    mitigation "end-idle" {
      answers = { "held-open" },
      warning = "Their clients are cut off; what their transactions did is rolled back. The role that changes needs a connection that the server keeps for it.",
      plan = function(found, arg)
        local sessions = holding(found, arg)
        if #sessions == 0 then return {} end
        return { change.each_of(sessions, { at_most = MOST }, function(one)
          return { change.postgres_end_session(one.target, one.pid, one.started) }
        end) }
      end,
      verify = writable_again,  -- how many connections are free now is seen when it looks again
    },
  },

  follow_up = {
    after("0s", "Find out who holds transactions open, and write down for how long nobody could write."),
  },
}
