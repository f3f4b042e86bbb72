--- A replica of PostgreSQL is away, or so far behind that what it tells is old.
---
--- It looks at the primary first: what streams from it, how far each is behind, and how much WAL it keeps for one that does not come. A
--- replica that is down, or up and no longer fed, is started anew by its unit; until it has caught up the application can do without,
--- with the variable that leads it there emptied, one instance at a time. A slot that keeps WAL for a replica that is away fills the
--- disk of the primary: that is said with its number, and nobody drops it here, for the replica could not come back then.

local instances = require "_instances"

local function bytes(count) return ("%.0f MB"):format(count / 1e6) end

-- The slot that keeps the most for nobody, where that is too much: they come in that order.
local function abandoned(found, arg)
  for _, one in ipairs(found.slots or {}) do
    if not one.active and one.retained_bytes and one.retained_bytes > arg.slot_bytes then return one end
  end
end

-- How far the replica is behind, in seconds. Where nothing was written for long the last change is old, and nothing is missing: that the
-- primary knows, who tells by how many bytes the furthest of its standbys is behind. What it has not received the replica cannot miss.
local function behind(found, receiver)
  local missing = 0
  for _, one in ipairs(found.primary.standbys) do missing = math.max(missing, one.behind_bytes or 0) end
  if receiver.status == "streaming" and missing == 0 then return 0, 0 end
  return receiver.last_replayed_s or 0, missing
end

local function ready(arg)
  local checks = {}
  for _, one in ipairs(arg.instances) do checks[#checks + 1] = check.container(one):state().ready:is(true) end
  return checks
end

return playbook "db-replica-down" {
  alerts = { "ReplicaDown", "ReplicationLagHigh" },
  severity = "SEV-3",
  owner = "infra on-call",

  inputs = {
    primary = input.postgres "the primary",
    replica = input.postgres "the replica in trouble",
    host = input.ssh("the host that the replica runs on"):default(host_of "replica"):optional(),
    unit = input.text("its unit there"):default "postgresql@15-main",
    instances = input.container("who reads from it"):many():default(users_of "replica"):optional(),
    key = input.text("their variable that leads there"):default "READ_DATABASE_URL",
    late = input.number("how many seconds it may be behind"):default(30),
    slot_bytes = input.number("how much WAL may be kept for one that is away"):default(1000000000),
  },

  findings = {
    ["replica-down"] = "the replica does not answer",
    ["not-streaming"] = "the replica answers, and gets nothing from the primary any more",
    ["paused"] = "somebody paused the replay on the replica",
    ["late"] = "the replica receives, and is too far behind with the replay",
    ["slot-fills-disk"] = "the primary keeps WAL for somebody who is away, and will run out of disk",
    ["two-primaries"] = "both take writes: what one of them has the other never sees",
    ["swapped"] = "what is given as the primary is a standby",
    ["primary-down"] = "the primary does not answer either",
  },

  evidence = function(see, arg)
    local primary, host = see.postgres(arg.primary), arg.host and see.host(arg.host)
    return {
      primary = primary:replication(),
      slots = primary:slots(),
      wal = primary:wal(),
      replica = parallel.map({ arg.replica }, function(one) return see.postgres(one):replication() end),
      queries = parallel.map({ arg.replica }, function(one) return see.postgres(one):long_transactions(arg.late) end),
      unit = host and host:unit(arg.unit),
      journal = host and host:journal { unit = arg.unit, lines = 200 },
      disk = host and host:disk "/",
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
    }
  end,

  diagnose = function(found, arg)
    if not found.primary then return finding("primary-down", "%s", found:why "primary"):next "the playbook db-failover" end
    if found.primary.role ~= "primary" then
      return finding("swapped", "%s is a standby now", tostring(arg.primary))
        :next "somebody failed over: give the primary and the replica as they are now, and set the inventory right"
    end
    local causes = {}
    local slot = abandoned(found, arg)
    if slot then
      causes[#causes + 1] = finding("slot-fills-disk", "%s of WAL for the %s slot %s, in use by nobody", bytes(slot.retained_bytes), slot.type, slot.name)
        :next "bring back who reads from it; if that never comes back, drop the slot by hand, with pg_drop_replication_slot"
    end
    local replica = found.replica and found.replica[1]
    if not replica then return unclear("the replica was not looked at: %s", found:why "replica") end
    if replica.error then
      local unit = found.unit and ("its unit is %s; "):format(found.unit.active) or ""
      causes[#causes + 1] = finding("replica-down", "%s%s", unit, replica.error.message)
      return causes
    end
    if replica.value.role == "primary" then
      causes[#causes + 1] = finding("two-primaries", "%s and %s take writes", tostring(arg.primary), tostring(arg.replica))
        :next "keep the application away from one of them at once; which one is right only people can say, so rebuild neither before somebody has"
      return causes
    end
    local receiver = replica.value.receiver
    local late, missing = behind(found, receiver)
    if receiver.paused then
      causes[#causes + 1] = finding("paused", "%d s behind", late):next "find out who paused it; SELECT pg_wal_replay_resume() on the replica lets it go on"
    elseif receiver.status ~= "streaming" or #found.primary.standbys == 0 then
      causes[#causes + 1] = finding("not-streaming", "its receiver is %s, the primary feeds %d standbys, the last change that it has is %d s old",
        receiver.status, #found.primary.standbys, receiver.last_replayed_s or 0)
    elseif late > arg.late then
      local long = found.queries[1].value and found.queries[1].value[1]
      causes[#causes + 1] = finding("late", "%d s behind, %s missing%s", late, bytes(missing),
        long and ("; the query of process %d may hold it up"):format(long.pid) or "")
        :next "look for a long query on the replica, then at its disk and processor"
    end
    if #causes > 0 then return causes end
    return healthy("it streams, and is %d s behind", late)
  end,

  mitigations = {
    mitigation "restart-replica" {
      answers = { "replica-down", "not-streaming" },
      needs = { "host" },
      warning = "Whoever reads from it is cut off for as long as it starts.",
      plan = function(_, arg) return { change.unit_restart(arg.host, arg.unit) } end,
      verify = function(arg) return { check.postgres(arg.replica):replication().receiver.status:is "streaming" } end,
      within = "90s",
      holds = "3s",
    },
    mitigation "without-replica" {
      answers = { "replica-down", "not-streaming", "late", "paused" },
      needs = { "instances" },
      warning = "What was read from the replica is read from the primary, which must be able to bear it.",
      plan = function(_, arg)
        local list = {}
        for at, one in ipairs(arg.instances) do list[at] = { target = one } end
        return instances.one_by_one(list, function(one) return { change.container_env(one.target, { key = arg.key, to = "" }) } end)
      end,
      verify = ready,
      within = "60s",
      holds = "3s",
    },
  },

  follow_up = {
    after("0s", "When it has caught up: undo the run that kept the application away from it."),
    after("1d", "Find out why it fell behind, and alert on its lag before it is this large."),
  },
}
