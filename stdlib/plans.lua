-- The items of a plan: changes, groups of them, barriers between them, and what a person does.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local order = import "order"
local units = import "units"
local checks = import "checks"
local changes = import "changes"
local groups = import "groups"

local plans = {}

local barrier = objects.class("a barrier", {})
local manual = objects.class("a manual item", {})

local barrier_durations = objects.slots("barrier", { within = true, holds = true })

-- barrier { check, check, within = "30s", holds = "5s" }: its checks must hold before the plan goes on.
function plans.barrier(spec)
  local where = errors.where()
  if type(spec) ~= "table" or objects.name_of(spec) then
    errors.wrong("barrier: expected a table of checks, got " .. objects.describe(spec), where)
  end
  local wanted, state = {}, { where = where }
  for key, value in order.pairs(spec) do
    if type(key) == "number" then
      wanted[key] = value
    elseif not barrier_durations[key] then
      errors.wrong("barrier takes no " .. tostring(key) .. errors.suggest(key, barrier_durations), where)
    elseif not units.is_duration(value) then
      errors.wrong(('barrier: %s: expected a duration such as "30s", got %s'):format(key, objects.describe(value)), where)
    else
      state[key] = value
    end
  end
  state.barrier = checks.collect(wanted, "barrier")
  if #state.barrier == 0 then errors.wrong("barrier: there is no check in it", where) end
  return barrier.new(state)
end

local manual_options = objects.slots("manual", { expects = true, undo = true })

-- manual "what a person does" { expects = "what they see then", undo = manual "what takes it back" { … } }
function plans.manual(what)
  local where = errors.where()
  if type(what) ~= "string" or what == "" then
    errors.wrong("manual: expected text that says what to do, got " .. objects.describe(what), where)
  end
  return function(spec)
    if type(spec) ~= "table" or objects.name_of(spec) then
      errors.wrong("manual: expected { expects = … } behind its text, got " .. objects.describe(spec), where)
    end
    for key in order.pairs(spec) do
      if not manual_options[key] then errors.wrong("manual takes no " .. tostring(key) .. errors.suggest(key, manual_options), where) end
    end
    local kind = type(spec.expects)
    if kind ~= "number" and (kind ~= "string" or spec.expects == "") then
      errors.wrong("manual: expects: expected text or a number, as it is seen, got " .. objects.describe(spec.expects), where)
    end
    local undo = manual.of(spec.undo)
    if spec.undo ~= nil and not undo then
      errors.wrong("manual: undo: expected a manual item, got " .. objects.describe(spec.undo), where)
    end
    return manual.new { manual = what, expects = tostring(spec.expects), undo = undo, where = where }
  end
end

-- What a playbook's plan returned, as the flat list that the engine takes.
function plans.collect(value)
  if type(value) ~= "table" or objects.name_of(value) then
    errors.wrong("plan: expected a list of items, got " .. objects.describe(value))
  end
  local items, count, number = data.list {}, 0, 0
  for at, item in order.pairs(value) do
    local single, many = changes.of(item) or barrier.of(item) or manual.of(item), groups.of(item)
    if type(at) ~= "number" or not (single or many) then
      errors.wrong(("plan[%s]: expected a change, a group, a barrier or a manual item, got %s"):format(tostring(at), objects.describe(item)))
    end
    count = math.max(count, at)
    number = number + 1
    if single then items[#items + 1] = single end
    for _, one in ipairs(many and many.items or {}) do
      if one.member then one.member.group = at end
      items[#items + 1] = one
    end
  end
  if count ~= number then errors.wrong("plan: the list has holes") end
  return items
end

return plans
