-- Checks: readers that are recorded instead of run, a path into the result, and one comparison.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local rows = import "rows"
local order = import "order"
local units = import "units"

local checks = {}

local methods = {}

-- A recorded reader; what is no comparison is a step of the path into its result.
local check = objects.class("a check", methods, {
  index = function(state, key)
    if state.compare then
      errors.wrong("a check has one comparison, and after it only :lasting(…); got " .. tostring(key))
    end
    local path = data.list {}
    for _, part in ipairs(state.path) do path[#path + 1] = part end
    path[#path + 1] = tostring(key)
    return checks.recorder(state, path)
  end,
  call = function(state)
    local step = state.path[#state.path]
    if step then errors.wrong("a check has no comparison " .. step .. errors.suggest(step, methods)) end
  end,
  text = function(state) return "check " .. state.row end,
})

function checks.recorder(state, path)
  return check.new { row = state.row, target = state.target, args = state.args, path = path, where = state.where }
end

local function copied(state)
  local copy = {}
  for key, value in pairs(state) do copy[key] = value end
  return copy
end

local function comparison(name, wants, accepts)
  methods[name] = function(self, operand)
    local state = check.self(self, name)
    if state.compare then errors.wrong("a check has one comparison; got " .. state.compare .. " and " .. name) end
    if not accepts(operand) then
      errors.wrong((":%s(…): expected %s, got %s"):format(name, wants, objects.describe(operand)))
    end
    local compared = copied(state)
    compared.compare, compared.operand = name, operand
    return check.new(compared)
  end
end

local function is_scalar(value) return type(value) == "string" or type(value) == "number" or type(value) == "boolean" end
local function is_text(value) return type(value) == "string" end
local function is_nothing(value) return value == nil end

for _, name in ipairs { "is", "is_not", "has", "has_not" } do
  comparison(name, "text, a number, true or false", is_scalar)
end
for _, name in ipairs { "at_least", "at_most", "below", "above" } do
  comparison(name, 'a number, or an amount such as "2s" or "5gb"', units.is_amount)
end
comparison("matches", "text", is_text)
comparison("stays_flat", "nothing", is_nothing)
comparison("is_absent", "nothing", is_nothing)

-- How long the comparison must hold without a break.
function methods.lasting(self, duration)
  local state = check.self(self, "lasting")
  if not state.compare then errors.wrong ":lasting(…) comes after a comparison" end
  if not units.is_duration(duration) then
    errors.wrong(':lasting(…): expected a duration such as "10s", got ' .. objects.describe(duration))
  end
  local longer = copied(state)
  longer.lasting = duration
  return check.new(longer)
end

-- check.<subject>(target):<reader>(…)
function checks.namespace(list)
  return rows.subjects("check", list, function(row, target, args)
    return checks.recorder({ row = row.name, target = { ["$target"] = target.name, kind = target.kind }, args = args,
      where = errors.where() }, data.list {})
  end)
end

-- The states of a list of finished checks; `slot` is what errors call it. One check alone stands for a list of one.
function checks.collect(value, slot)
  if check.of(value) then value = { value } end
  if type(value) ~= "table" or objects.name_of(value) then
    errors.wrong(slot .. ": expected a list of checks, got " .. objects.describe(value))
  end
  local list, count = data.list {}, 0
  for at, item in order.pairs(value) do
    local state = check.of(item)
    if type(at) ~= "number" or not state then
      errors.wrong(("%s[%s]: expected a check, got %s"):format(slot, tostring(at), objects.describe(item)))
    end
    if not state.compare then
      errors.wrong(("%s[%d]: a check of %s without a comparison; end it with :is(…), :below(…), :stays_flat() or the like")
        :format(slot, at, state.row), state.where)
    end
    list[at], count = state, count + 1
  end
  if count ~= #list then errors.wrong(slot .. ": the list has holes") end
  return list
end

-- Copies of collected checks that speak for one member of a group.
function checks.of_member(list, name)
  local out = data.list {}
  for at, state in ipairs(list) do
    out[at] = copied(state)
    out[at].member = name
  end
  return out
end

return checks
