-- Changes and checks: values that say what is to be done and what is to hold. Nothing here does I/O.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local rows = import "rows"
local order = import "order"

local plans = {}

local change = objects.class("a change", {}, { text = function(state) return "change " .. state.change end })

local options = {
  to = { "data", function() return true end },
  comment = { "text", function(value) return type(value) == "string" end },
  level = { "1, 2 or 3", function(value) return value == 1 or value == 2 or value == 3 end },
  irreversible = { "text that says why", function(value) return type(value) == "string" end },
}

-- Splits the table at the end of a change's arguments into options and named arguments.
local function split(name, row, given)
  local known, chosen, named = {}, {}, {}
  for key, option in pairs(options) do known[key] = option end
  for _, arg in ipairs(row.args) do known[arg.name] = true end
  for key, value in order.pairs(given) do
    local option = options[key]
    if not known[key] then
      errors.wrong(name .. " takes no " .. tostring(key) .. errors.suggest(key, known))
    elseif not option then
      named[key] = value
    elseif not option[2](value) then
      errors.wrong(("%s: %s: expected %s, got %s"):format(name, key, option[1], objects.describe(value)))
    else
      chosen[key] = data.plain(value, name .. ": " .. key)
    end
  end
  return chosen, named
end

-- change.redis_config(target, …, { to = …, comment = …, level = …, irreversible = … }); the arguments of the row come
-- by position, or by name in that same table.
local function maker(name, row)
  return function(value, ...)
    local target = rows.target(name, value)
    rows.check_kind(row, name, target)
    local count, given = select("#", ...), { ... }
    local state, named = {}, {}
    if type(given[count]) == "table" and #given[count] == 0 and not objects.name_of(given[count]) then
      state, named = split(name, row, given[count])
      given[count] = nil
      count = count - 1
    end
    state.change = row.name
    state.target = { ["$target"] = target.name, kind = target.kind }
    if count == 0 then
      state.args = rows.arguments(row, named)
    elseif next(named) then
      errors.wrong(name .. ": arguments come by position or by name, not both: " .. next(named))
    else
      state.args = rows.arguments(row, unpack(given, 1, count))
    end
    state.where = errors.where()
    return change.new(state)
  end
end

function plans.changes(list)
  local makers = {}
  for _, row in ipairs(list) do
    local short = row.name:gsub("%.", "_")
    makers[short] = maker("change." .. short, row)
  end
  return objects.namespace("change", makers)
end

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
    return plans.recorder(state, path)
  end,
  text = function(state) return "check " .. state.row end,
})

function plans.recorder(state, path)
  return check.new { row = state.row, target = state.target, args = state.args, path = path, where = state.where }
end

local function comparison(name, wants, accepts)
  methods[name] = function(self, operand)
    local state = check.self(self, name)
    if state.compare then errors.wrong("a check has one comparison; got " .. state.compare .. " and " .. name) end
    if not accepts(operand) then
      errors.wrong((":%s(…): expected %s, got %s"):format(name, wants, objects.describe(operand)))
    end
    local compared = {}
    for key, value in pairs(state) do compared[key] = value end
    compared.compare, compared.operand = name, operand
    return check.new(compared)
  end
end

local function is_scalar(value) return type(value) == "string" or type(value) == "number" or type(value) == "boolean" end
local function is_amount(value) return type(value) == "number" or type(value) == "string" end
local function is_text(value) return type(value) == "string" end

comparison("is", "text, a number, true or false", is_scalar)
comparison("is_not", "text, a number, true or false", is_scalar)
comparison("has", "text, a number, true or false", is_scalar)
comparison("matches", "text", is_text)
comparison("stays_flat", "nothing", function(value) return value == nil end)
for _, name in ipairs { "at_least", "at_most", "below", "above" } do
  comparison(name, 'a number, or an amount such as "2s"', is_amount)
end

-- How long the comparison must hold without a break.
function methods.lasting(self, duration)
  local state = check.self(self, "lasting")
  if not state.compare then errors.wrong ":lasting(…) comes after a comparison" end
  if not plans.is_duration(duration) then
    errors.wrong(':lasting(…): expected a duration such as "10s", got ' .. objects.describe(duration))
  end
  local longer = {}
  for key, value in pairs(state) do longer[key] = value end
  longer.lasting = duration
  return check.new(longer)
end

function plans.checks(list)
  return rows.subjects("check", list, function(row, target, args)
    return plans.recorder({ row = row.name, target = { ["$target"] = target.name, kind = target.kind }, args = args,
      where = errors.where() }, data.list {})
  end)
end

local units = { ms = true, s = true, m = true, h = true, d = true }

function plans.is_duration(value)
  local unit = type(value) == "string" and value:match "^%d+%.?%d*(%a+)$"
  return unit ~= nil and unit ~= false and units[unit] == true
end

local function collect(value, slot, class, what)
  if type(value) ~= "table" or objects.name_of(value) then
    errors.wrong(slot .. ": expected a list of " .. what .. "s, got " .. objects.describe(value))
  end
  local list, count = data.list {}, 0
  for key, item in order.pairs(value) do
    local state = class.of(item)
    if type(key) ~= "number" or not state then
      errors.wrong(("%s[%s]: expected a %s, got %s"):format(slot, tostring(key), what, objects.describe(item)))
    end
    list[key], count = state, count + 1
  end
  if count ~= #list then errors.wrong(slot .. ": the list has holes") end
  return list
end

function plans.collect_changes(value) return collect(value, "plan", change, "change") end

function plans.collect_checks(value)
  local list = collect(value, "verify", check, "check")
  for at, state in ipairs(list) do
    if not state.compare then
      errors.wrong(("verify[%d]: a check of %s without a comparison; end it with :is(…), :below(…), :stays_flat() or the like")
        :format(at, state.row), state.where)
    end
  end
  return list
end

return plans
