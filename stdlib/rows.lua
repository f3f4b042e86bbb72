-- The engine's rows: what can be read and changed, with which arguments. `see`, `check` and `change` are made of them.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local order = import "order"
local stand_ins = import "stand_ins"

local rows = {}

local function is_list_of_text(value)
  if type(value) ~= "table" or #value == 0 then return false end
  for _, word in ipairs(value) do
    if type(word) ~= "string" then return false end
  end
  return true
end

local types = {
  text = { "text", function(value) return type(value) == "string" end },
  number = { "a number", function(value) return type(value) == "number" end },
  boolean = { "true or false", function(value) return type(value) == "boolean" end },
  argv = { "a list of words", is_list_of_text },
  bytes = { 'a size: a number, or text such as "5gb"', function(value)
    return type(value) == "number" or type(value) == "string"
  end },
  target = { "a target, such as an input", function(value) return data.target(value) ~= nil end },
  table = { "a table", function(value) return type(value) == "table" and not objects.name_of(value) end },
}

local function is_named(value)
  if type(value) ~= "table" or objects.name_of(value) or #value > 0 then return false end
  return true
end

local function by_name(row)
  local known = {}
  for _, arg in ipairs(row.args) do known[arg.name] = arg end
  return known
end

-- The arguments of a call by name: those given by position in the row's order, and those that were named.
function rows.collected(row, named, ...)
  local count, args = select("#", ...), {}
  if count > #row.args then
    errors.wrong(("%s takes %d arguments, got %d"):format(row.name, #row.args, count))
  end
  for at = 1, count do args[row.args[at].name] = (select(at, ...)) end
  local known = by_name(row)
  for name, value in order.pairs(named) do
    if not known[name] then
      errors.wrong(row.name .. " takes no argument " .. tostring(name) .. errors.suggest(name, known))
    end
    if args[name] ~= nil then errors.wrong(row.name .. ": " .. name .. " is given twice, by position and by name") end
    args[name] = value
  end
  for _, arg in ipairs(row.args) do
    local value = stand_ins.plain(args[arg.name])
    if value == nil and arg.required then errors.wrong(row.name .. ": the argument " .. arg.name .. " is missing") end
    if value ~= nil and not types[arg.type][2](value) then
      errors.wrong(("%s: %s: expected %s, got %s"):format(row.name, arg.name, types[arg.type][1], objects.describe(value)))
    end
    local target = arg.type == "target" and data.target(value)
    args[arg.name] = data.plain(target and target.name or value, row.name .. ": " .. arg.name)
  end
  return args
end

-- The same, given by position, or as one table of names.
function rows.arguments(row, ...)
  local only = ...
  if select("#", ...) == 1 and is_named(only) then return rows.collected(row, only) end
  return rows.collected(row, {}, ...)
end

-- { name, kind } of the target that was handed over; raises when it is none.
function rows.target(what, value)
  local target = data.target(value)
  if target then return target end
  local hint = type(value) == "string" and "; targets come from inputs, never from text"
    or value == nil and "; is it an input of this playbook?" or ""
  errors.wrong(what .. " wants a target, got " .. objects.describe(value) .. hint)
end

function rows.check_kind(row, what, target)
  if row.kind ~= "*" and row.kind ~= target.kind then
    errors.wrong(("%s wants a target of kind %s; %s is of kind %s"):format(what, row.kind, target.name, tostring(target.kind)))
  end
end

-- What is read where the engine runs takes no target: see.clock():now().
local here = { name = "engine", kind = "engine" }

-- Whether an inventory has targets of that kind: "*" is any, and where the engine runs is none.
function rows.is_target_kind(kind) return kind ~= "*" and kind ~= here.kind end

local function subject_target(name, set, value)
  local _, row = next(set)
  if row.kind ~= here.kind then return rows.target(name, value) end
  if value ~= nil then errors.wrong(name .. " takes no target, got " .. objects.describe(value)) end
  return here
end

-- word.<subject>(target):<reader>(…) for every row; act(row, target, args) makes the result.
function rows.subjects(word, list, act)
  local readers, makers = {}, {}
  for _, row in ipairs(list) do
    local subject, reader = row.name:match "^([%w_]+)%.([%w_]+)$"
    readers[subject] = readers[subject] or {}
    readers[subject][reader] = row
  end
  for subject, set in pairs(readers) do
    local name, methods = word .. "." .. subject, {}
    local class = objects.class(name, methods)
    for reader, row in pairs(set) do
      methods[reader] = function(self, ...)
        local target = class.self(self, reader)
        rows.check_kind(row, name .. ":" .. reader, target)
        return act(row, target, rows.arguments(row, ...))
      end
    end
    makers[subject] = function(value) return class.new(subject_target(name, set, value)) end
  end
  return objects.namespace(word, makers)
end

return rows
