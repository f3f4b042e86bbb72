-- Changes: values that say what is to be done, made from the engine's rows. Nothing here does I/O.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local rows = import "rows"
local order = import "order"
local checks = import "checks"
local secrets = import "secrets"

local changes = {}

local change = objects.class("a change", {}, { text = function(state) return "change " .. state.change end })

-- The state of a change; nil for anything else.
changes.of = change.of

-- The states of a list of changes; `slot` is what errors call it.
function changes.collect(value, slot)
  if type(value) ~= "table" or objects.name_of(value) then
    errors.wrong(slot .. ": expected a list of changes, got " .. objects.describe(value))
  end
  local list, count = data.list {}, 0
  for at, item in order.pairs(value) do
    local state = change.of(item)
    if type(at) ~= "number" or not state then
      errors.wrong(("%s[%s]: expected a change, got %s"):format(slot, tostring(at), objects.describe(item)))
    end
    list[at], count = state, count + 1
  end
  if count ~= #list then errors.wrong(slot .. ": the list has holes") end
  return list
end

local function reason(value) return type(value) == "string" and value ~= "" end

-- Each option of a change: what it expects, and what is sent for it, given the change's row; nothing when it is not that.
local function plain_if(expected, accepts)
  return { expected, function(value, path) return accepts(value) and { data.plain(value, path) } or nil end }
end

local options = objects.slots("change", {
  to = { "data", function(value, path, row) return { data.plain(value, path, row.takes_secret and secrets.reference or nil) } end },
  comment = plain_if("text", function(value) return type(value) == "string" end),
  level = plain_if("1, 2 or 3", function(value) return value == 1 or value == 2 or value == 3 end),
  irreversible = plain_if("text that says why", reason),
  nothing_to_undo = plain_if("text that says why", reason),
  guard = { "a list of checks", function(value, path) return { checks.collect(value, path) } end },
  activate = { "a list of changes", function(value, path)
    local list = changes.collect(value, path)
    for _, state in ipairs(list) do
      if state.activate then errors.wrong(path .. ": what activates a change has no activate of its own", state.where) end
    end
    return { list }
  end },
})

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
    else
      local taken = option[2](value, name .. ": " .. key, row)
      if not taken then
        errors.wrong(("%s: %s: expected %s, got %s"):format(name, key, option[1], objects.describe(value)))
      end
      chosen[key] = taken[1]
    end
  end
  if chosen.irreversible and chosen.nothing_to_undo then
    errors.wrong(name .. ": either irreversible, or nothing_to_undo, not both")
  end
  return chosen, named
end

-- change.redis_config(target, …, { to = …, comment = …, … }); the arguments of the row come by position, or by name in
-- that same table; the first by position and others by name, too.
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
    state.args = rows.collected(row, named, unpack(given, 1, count))
    state.where = errors.where()
    return change.new(state)
  end
end

-- change.<row>(…) for every row, and what `add` puts beside them.
function changes.namespace(list, add)
  local makers = {}
  for _, row in ipairs(list) do
    local short = row.name:gsub("%.", "_")
    makers[short] = maker("change." .. short, row)
  end
  add(makers)
  return objects.namespace("change", makers)
end

return changes
