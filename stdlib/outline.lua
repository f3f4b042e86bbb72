-- The outline: what a playbook reads and would change, told without looking, for a page of commands that a person types
-- (`runbook show BOOK --by-hand`). What a mitigation asks for, and what a look would find, are stand-ins.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local order = import "order"
local readings = import "readings"
local rows = import "rows"
local inputs = import "inputs"
local plans = import "plans"
local checks = import "checks"
local playbooks = import "playbooks"
local phases = import "phases"
local stand_ins = import "stand_ins"

local outline = {}

local book, row_list

-- fn(…), or nil and what is said of the failure.
local function try(fn, ...)
  local args, count = { ... }, select("#", ...)
  local good, result = xpcall(function() return fn(unpack(args, 1, count)) end, errors.explain)
  if good then return result end
  return nil, result.message
end

-- Gives the readings that a value of the evidence is made of its name.
local function name_all(name, value, list, numbers, depth)
  if numbers[value] then
    list[numbers[value]].name = name
  elseif readings.calls_of(value) then
    for _, number in ipairs(readings.calls_of(value)) do list[number].name = name end
  elseif type(value) == "table" and not objects.name_of(value) and depth < 16 then
    for _, member in order.pairs(value) do name_all(name, member, list, numbers, depth + 1) end
  end
end

-- The readings that evidence starts, in their order: { row, target, args, name }.
local function looked_at(arg)
  local list, numbers = data.list {}, {}
  local see = rows.subjects("see", row_list, function(row, target, args)
    local number = #list + 1
    list[number] = { row = row.name, target = target.name, args = args }
    local reading = readings.ready(row, target, function() return stand_ins.new(row.name) end, number)
    numbers[reading] = number
    return reading
  end)
  local result, problem = try(book.spec.evidence, see, arg)
  for name, value in order.pairs(type(result) == "table" and result or {}) do name_all(name, value, list, numbers, 0) end
  return list, problem
end

-- found.x is there, whatever x is, and was read.
local found = objects.class("found", {}, {
  index = function(_, key)
    if key == "why" then return function() end end
    return stand_ins.new(tostring(key))
  end,
}).new {}

-- What is asked for: as it was given, else its label.
local function chosen_for(asks, given)
  local chosen = {}
  for _, one in ipairs(inputs.asks_of(asks or {})) do
    local text = given[one.name]
    chosen[one.name] = text and (one.state.kind == "number" and tonumber(text) or text) or "<" .. one.state.label .. ">"
  end
  return chosen
end

local function told(state, arg, given)
  local spec = state.spec
  local chosen = chosen_for(spec.asks, given)
  local items, problem = try(function() return plans.collect(spec.plan(found, arg, chosen)) end)
  local wanted, other = try(function() return checks.collect(spec.verify(arg, chosen), "verify") end)
  return { items = items or data.list {}, checks = wanted or data.list {}, problem = problem or other }
end

-- body: { arg, given = { mitigation → { ask → text } } }
local function tell(body)
  local arg, mitigations = data.receive(body.arg or {}), {}
  local list, problem = looked_at(arg)
  for _, state in ipairs(playbooks.mitigations_of(book)) do
    mitigations[state.name] = told(state, arg, (body.given or {})[state.name] or {})
  end
  return { readings = list, problem = problem, mitigations = mitigations }
end

-- Adds the phase "outline", for the playbook that was loaded.
function outline.begin(loaded, list)
  book, row_list = loaded, list
  phases.add("outline", tell)
end

return outline
