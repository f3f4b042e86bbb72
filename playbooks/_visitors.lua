-- What playbooks share that look after those who ask too much of a service, by the access log of the proxy in front of it.
local instances = require "_instances"

local visitors = {}

-- The question to the log.
function visitors.asked(arg) return { path = arg.log, since = arg.window, holding = arg.holding } end

-- Those who ask far more often than the others do: each above `most` in a minute, and ten times as often as the one in the middle.
function visitors.who_stand_out(asked, most)
  local list = {}
  for _, one in ipairs(asked and asked.top or {}) do
    if one.per_minute > most and (one.times >= 10 or asked.addresses <= 2) then list[#list + 1] = one end
  end
  return list
end

-- "203.0.113.7 (480 in a minute), 198.51.100.4 (300 in a minute)"
function visitors.names(list)
  local names = {}
  for at, one in ipairs(list) do names[at] = ("%s (%.0f in a minute)"):format(one.address, one.per_minute) end
  return table.concat(names, ", ")
end

-- The share of all requests that these make.
function visitors.share(list, asked)
  local sum = 0
  for _, one in ipairs(list) do sum = sum + one.count end
  return asked.count > 0 and sum / asked.count or 0
end

-- Keeps them out of the host, before all other rules, for as long as that.
function visitors.keep_out(firewall, list, lasts)
  local changes = {}
  for at, one in ipairs(list) do
    changes[at] = change.ufw_rule(firewall, { rule = ("deny from %s to any"):format(one.address), at = 1, lasts = lasts })
  end
  return changes
end

-- Sets how many requests each instance takes of one address, one instance after the other.
function visitors.tighten(found, arg, limit)
  local list = {}
  for _, one in ipairs(found.states or {}) do
    if one.value then list[#list + 1] = { target = one.target, state = one.value } end
  end
  return instances.one_by_one(list, function(one)
    return { change.container_env(one.target, { key = arg.key, to = tostring(limit) }) }
  end)
end

-- That the variable is set the change itself has read back; each instance is there again with it.
function visitors.tightened(arg)
  local checks = {}
  for at, one in ipairs(arg.instances) do checks[at] = check.container(one):state().ready:is(true) end
  return checks
end

return visitors
