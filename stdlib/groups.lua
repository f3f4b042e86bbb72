-- Groups: the same changes for many targets, or for many things on one. They are written out when the plan is made, so
-- that what is shown and approved is the flat list of what happens.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local order = import "order"
local units = import "units"
local checks = import "checks"
local changes = import "changes"

local groups = {}

local group = objects.class("a group of changes", {})

-- { items } of a group, each as the engine takes it; nil for anything else.
groups.of = group.of

local function whole(least)
  return { "a whole number of at least " .. least, function(value) return units.is_whole(value, least) end }
end
local share = { 'a whole number of at least 1, or a percentage such as "80%"', function(value)
  if type(value) ~= "string" then return units.is_whole(value, 1) end
  local percent = tonumber(value:match "^(%d%d?%d?)%%$")
  return percent ~= nil and percent >= 1 and percent <= 100
end }
local duration = { 'a duration such as "30s"', units.is_duration }
local fn = { "a function that is given the target and returns a list of checks", function(value) return type(value) == "function" end }

local across_options = objects.slots("change.across", {
  at_a_time = whole(1), max_failed = whole(0), canary = whole(0), check = fn, within = duration, holds = duration,
  min_healthy = share, healthy = fn,
})
local each_of_options = objects.slots("change.each_of", { at_most = whole(1) })
local rolling_restart_options = objects.slots("change.rolling_restart", {
  timeout = whole(0), max_failed = whole(0), canary = whole(0), within = duration, holds = duration, min_healthy = share,
})

local function check_options(what, given, known, required)
  if type(given) ~= "table" or objects.name_of(given) then
    errors.wrong(what .. ": expected a table of options, got " .. objects.describe(given))
  end
  for key, value in order.pairs(given) do
    local option = known[key]
    if not option then errors.wrong(what .. " takes no " .. tostring(key) .. errors.suggest(key, known)) end
    if not option[2](value) then
      errors.wrong(("%s: %s: expected %s, got %s"):format(what, key, option[1], objects.describe(value)))
    end
  end
  if required and given[required] == nil then errors.wrong(("%s: %s is missing: %s"):format(what, required, known[required][1])) end
end

local function list_of(what, value)
  if type(value) ~= "table" or objects.name_of(value) then
    errors.wrong(what .. ": expected a list, got " .. objects.describe(value))
  end
  local count = 0
  for _ in next, value do count = count + 1 end
  if count ~= #value then errors.wrong(what .. ": expected a list without holes and names") end
  if count == 0 then errors.wrong(what .. ": the selection is empty") end
  return value
end

local function targets_of(what, value)
  local seen, list = {}, {}
  for at, one in ipairs(list_of(what, value)) do
    local target = data.target(one)
    if not target then errors.wrong(("%s[%d]: expected a target, got %s"):format(what, at, objects.describe(one))) end
    if seen[target.name] then errors.wrong(("%s: %s is in it twice"):format(what, target.name)) end
    seen[target.name] = true
    list[at] = { handle = one, name = target.name }
  end
  return list
end

local function copied(state, extra)
  local copy = {}
  for key, value in pairs(state) do copy[key] = value end
  for key, value in pairs(extra) do copy[key] = value end
  return copy
end

-- The targets in waves: first the canary, none of which may fail, then at_a_time each.
local function waves_of(targets, options)
  local waves = {}
  local at, size = 1, math.min(options.canary or 0, #targets)
  if size > 0 then waves[1] = { first = 1, last = size, may_fail = 0, canary = true } end
  at = size + 1
  while at <= #targets do
    local last = math.min(at + (options.at_a_time or 1) - 1, #targets)
    waves[#waves + 1] = { first = at, last = last, may_fail = options.max_failed or 0 }
    at = last + 1
  end
  return waves
end

-- How many of the targets must be healthy; a percentage is rounded up.
local function least_of(share_given, count)
  if type(share_given) ~= "string" then return share_given end
  return math.ceil(tonumber(share_given:match "%d+") * count / 100)
end

-- No wave may be so large that too few are left, were all of it to fail.
local function check_waves(what, waves, count, options)
  local least = least_of(options.min_healthy, count)
  for _, wave in ipairs(waves) do
    local size = wave.last - wave.first + 1
    if count - size < least then
      errors.wrong(("%s: %s = %d takes %d of %d out at once and leaves %d, and min_healthy = %s wants %d: at most %d at once"):format(
        what, wave.canary and "canary" or "at_a_time", wave.canary and options.canary or options.at_a_time or 1, size, count,
        count - size, tostring(options.min_healthy), least, math.max(count - least, 0)))
    end
  end
  return least
end

-- What must hold before a wave is begun: so many of the others are healthy that it may take all of its own out.
local function healthy_before(wave, place, targets, options, least)
  local wanted = data.list {}
  for at, target in ipairs(targets) do
    if at < wave.first or at > wave.last then
      local asked = checks.collect((options.healthy or options.check)(target.handle), "change.across: healthy")
      if #asked == 0 then errors.wrong("change.across: no check tells whether " .. target.name .. " is healthy") end
      for _, state in ipairs(checks.of_member(asked, target.name)) do wanted[#wanted + 1] = state end
    end
  end
  return {
    barrier = wanted, at_least = least, within = options.within, member = { name = "", may_fail = 0 },
    text = ("at least %d of the %d others healthy before %s"):format(least, #targets - (wave.last - wave.first + 1), place),
  }
end

-- change.across(targets, { at_a_time, max_failed, canary, min_healthy, healthy, check, within, holds }, function(target) return changes end)
local function across(value, options, make)
  local what, where = "change.across", errors.where()
  local targets = targets_of(what, value)
  check_options(what, options, across_options, "check")
  if type(make) ~= "function" then errors.wrong(what .. ": expected a function last, got " .. objects.describe(make)) end
  if options.healthy and not options.min_healthy then errors.wrong(what .. ": healthy says nothing without min_healthy") end
  local items, waves = data.list {}, waves_of(targets, options)
  local least = options.min_healthy and check_waves(what, waves, #targets, options)
  for number, wave in ipairs(waves) do
    local place = ("wave %d of %d%s"):format(number, #waves, wave.canary and ", the canary" or "")
    if least then
      items[#items + 1] = copied(healthy_before(wave, place, targets, options, least), { where = where })
    end
    local wanted, names = data.list {}, {}
    for at = wave.first, wave.last do
      local target = targets[at]
      local member = { name = target.name, may_fail = wave.may_fail }
      for _, state in ipairs(changes.collect(make(target.handle), what .. " for " .. target.name)) do
        items[#items + 1] = copied(state, { member = member })
      end
      local held = checks.of_member(checks.collect(options.check(target.handle), what .. ": check"), target.name)
      for _, state in ipairs(held) do wanted[#wanted + 1] = state end
      names[#names + 1] = target.name
    end
    items[#items + 1] = {
      barrier = wanted, within = options.within, holds = options.holds, where = where, member = { name = "", may_fail = wave.may_fail },
      text = place .. ": " .. table.concat(names, ", "),
    }
  end
  return group.new { items = items }
end

-- change.each_of(list, { at_most = n }, function(member) return changes end): what is gone when its turn comes is left out.
local function each_of(value, options, make)
  local what = "change.each_of"
  local members = list_of(what, value)
  check_options(what, options, each_of_options, "at_most")
  if type(make) ~= "function" then errors.wrong(what .. ": expected a function last, got " .. objects.describe(make)) end
  if #members > options.at_most then
    errors.wrong(("%s: %d are selected, and at most %d may be: narrow the selection"):format(what, #members, options.at_most))
  end
  local items = data.list {}
  for at, member in ipairs(members) do
    for _, state in ipairs(changes.collect(make(member), ("%s[%d]"):format(what, at))) do
      items[#items + 1] = copied(state, { may_vanish = true })
    end
  end
  return group.new { items = items }
end

-- change.rolling_restart(containers, { timeout, max_failed, canary, min_healthy, within, holds }): one at a time, the next only when
-- the one before is ready.
local function rolling_restart(makers, check)
  return function(value, options)
    options = options or {}
    check_options("change.rolling_restart", options, rolling_restart_options)
    local waves = {
      at_a_time = 1, max_failed = options.max_failed, canary = options.canary, holds = options.holds, min_healthy = options.min_healthy,
      within = options.within or "60s",
      check = function(container) return { check.container(container):state().ready:is(true) } end,
    }
    return across(value, waves, function(container)
      return { makers.container_restart(container, { timeout = options.timeout }) }
    end)
  end
end

-- Adds the groups to the makers of changes; `check` is what playbooks have by that name.
function groups.add(makers, check)
  makers.across, makers.each_of = across, each_of
  if makers.container_restart then makers.rolling_restart = rolling_restart(makers, check) end
end

return groups
