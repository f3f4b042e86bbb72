--- The standard bundle: what is gone after a restart is looked at and kept, before anybody mends anything.
---
--- The end of the logs of all containers and how they run, who does what in the databases and who waits for whom, what the caches hold and
--- what was slow in them, and the alerts that fire. It takes what the inventory has, and says what could not be read. Nothing is changed;
--- the bundle stays with the run.

-- What could not be read, as "readings of target: why".
local function missing(found, names)
  local all, known = {}, {}
  for _, name in ipairs(names) do
    for _, one in ipairs(found[name] or {}) do
      local why = one.error and ("%s: %s"):format(tostring(one.target), one.error.message)
      if why and not known[why] then
        known[why] = { why = why }
        all[#all + 1] = known[why]
      end
      if why then table.insert(known[why], name) end
    end
  end
  for at, one in ipairs(all) do all[at] = ("%s of %s"):format(table.concat(one, ", "), one.why) end
  return all
end

local BUNDLE = { "states", "logs", "activity", "blocking", "long", "replication", "memory", "slow", "largest", "alerts", "silences" }

return playbook "evidence" {
  alerts = {},
  severity = "SEV-2",
  owner = "on-call",

  inputs = {
    containers = input.container("whose logs are kept"):many():default "kind:container":optional(),
    databases = input.postgres("the databases"):many():default "kind:postgres":optional(),
    caches = input.redis("the caches"):many():default "kind:redis":optional(),
    metrics = input.prometheus("what measures and alerts"):many():default "kind:prometheus":optional(),
    alerting = input.alertmanager("what sends alerts, and holds them back"):many():default "kind:alertmanager":optional(),
    lines = input.number("how many lines of each log"):default(500),
  },

  findings = {
    ["kept"] = "what was read is kept with the run",
    ["missing"] = "something could not be read, and is not in the bundle",
  },

  evidence = function(see, arg)
    return {
      states = parallel.map(arg.containers, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.containers, function(one) return see.container(one):logs { tail = arg.lines } end),
      activity = parallel.map(arg.databases, function(one) return see.postgres(one):activity() end),
      blocking = parallel.map(arg.databases, function(one) return see.postgres(one):blocking() end),
      long = parallel.map(arg.databases, function(one) return see.postgres(one):long_transactions() end),
      replication = parallel.map(arg.databases, function(one) return see.postgres(one):replication() end),
      memory = parallel.map(arg.caches, function(one) return see.redis(one):info "memory" end),
      slow = parallel.map(arg.caches, function(one) return see.redis(one):slowlog { count = 128 } end),
      largest = parallel.map(arg.caches, function(one) return see.redis(one):largest_keys() end),
      alerts = parallel.map(arg.metrics, function(one) return see.prometheus(one):alerts() end),
      silences = parallel.map(arg.alerting, function(one) return see.alertmanager(one):silences() end),
    }
  end,

  diagnose = function(found)
    local kept, lost = 0, missing(found, BUNDLE)
    for _, name in ipairs(BUNDLE) do
      for _, one in ipairs(found[name] or {}) do kept = kept + (one.error and 0 or 1) end
    end
    if kept + #lost == 0 then return unfit "the inventory has none of the targets that it reads" end
    local all = {}
    if kept > 0 then
      all[1] = finding("kept", "%d readings", kept):next "look at them, or hand them on: runbook evidence RUN, runbook evidence RUN --export FOLDER"
    end
    if #lost > 0 then all[#all + 1] = finding("missing", "%s", table.concat(lost, "; ")):next "get it by another way before anything is restarted" end
    return all
  end,
}
