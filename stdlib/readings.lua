-- Readings: a call to the engine that was started, and whose value comes later.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local fiber = import "fiber"

local readings = {}

local allowed = false

local methods = {}

local reading = objects.class("a reading", methods, {
  text = function(state)
    return "reading " .. state.row .. (not state.event.fired and " (pending)" or state.error and " (failed)" or "")
  end,
})

local function value_of(state)
  if state.give then return state.give() end
  return state.value
end

local function settled(self, method)
  local state = reading.self(self, method)
  fiber.wait(state.event)
  return state
end

-- Waits; the value, or raises { code, message, where, cause }.
function methods.value(self)
  local state = settled(self, "value")
  local err = state.error
  if err then errors.raise(err.code, state.row .. " of " .. state.target .. ": " .. err.message, nil, err) end
  return value_of(state)
end

-- Waits; the value, or `fallback` when the reading failed.
function methods.value_or(self, fallback)
  local state = settled(self, "value_or")
  if state.error then return fallback end
  return value_of(state)
end

-- Waits; whether the reading failed.
function methods.failed(self) return settled(self, "failed").error ~= nil end

-- While false, nothing can be read: only the evidence phase looks.
function readings.allow(flag) allowed = flag end

-- Starts a call of a row on a target ({ name, kind }); gives its reading at once.
function readings.start(row, target, args)
  if not allowed then
    errors.wrong("no I/O here: only evidence looks; decide on what was found, and use check. in verify")
  end
  local state = { row = row.name, target = target.name, event = fiber.event() }
  state.id = fiber.call({ row = row.name, target = { ["$target"] = target.name, kind = target.kind }, args = args },
    function(reply)
      local err = reply.error
      state.value = reply.value
      state.error = err and errors.new(err.code, err.message, err.where)
      fiber.fire(state.event)
    end)
  return reading.new(state)
end

-- A reading that is there already; give() makes its value when it is asked for. `id` counts as the number of its call.
function readings.ready(row, target, give, id)
  if id then fiber.note(id) end
  return reading.new { row = row.name, target = target.name, event = { fired = true, waiters = {} }, give = give }
end

-- Waits for a value that may be a reading: its value, its error, the number of its call.
function readings.settle(value)
  local state = reading.of(value)
  if not state then return value end
  fiber.wait(state.event)
  return value_of(state), state.error, state.id
end

function readings.is(value) return reading.of(value) ~= nil end

local logs = setmetatable({}, { __mode = "k" })

-- The numbers of the calls that a result of parallel.map is made of; nil for anything else.
function readings.calls_of(value) return value ~= nil and logs[value] or nil end

local parallel_options = objects.slots("parallel", { limit = true })

local function each(list, fn, options, take)
  if type(list) ~= "table" or objects.name_of(list) then
    errors.wrong("parallel wants a list, got " .. objects.describe(list))
  end
  if type(fn) ~= "function" then errors.wrong("parallel wants a function, got " .. objects.describe(fn)) end
  local limit = 32
  for key, value in pairs(options or {}) do
    if not parallel_options[key] then errors.wrong("parallel has no option " .. tostring(key) .. errors.suggest(key, parallel_options)) end
    if type(value) ~= "number" or value < 1 then errors.wrong("limit: expected a number from 1, got " .. objects.describe(value)) end
    limit = value
  end
  local log, done, next_one = {}, fiber.event(), 1
  local running = math.min(limit, #list)
  running = running - running % 1
  if running == 0 then return log end
  local function work()
    while next_one <= #list do
      local at = next_one
      next_one = at + 1
      local good, value, err = xpcall(function() return readings.settle(fn(list[at])) end, errors.explain)
      if not good then value, err = nil, value end
      take(at, value, err)
    end
    running = running - 1
    if running == 0 then fiber.fire(done) end
  end
  for _ = 1, running do fiber.spawn(work, log) end
  fiber.wait(done)
  fiber.adopt(log)
  return log
end

local parallel = {}

-- Runs fn for every element, `limit` (32) at a time: a list of { target or item, value, error } in the list's order.
function parallel.map(list, fn, options)
  local result = {}
  local log = each(list, fn, options, function(at, value, err)
    local name = data.target(list[at]) and "target" or "item"
    result[at] = { [name] = list[at], value = value, error = err }
  end)
  logs[result] = log
  return result
end

-- Runs fn for every element, `limit` (32) at a time; raises the first error after all have ended.
function parallel.each(list, fn, options)
  local first
  each(list, fn, options, function(_, _, err) first = first or err end)
  if first then error(first, 0) end
end

readings.parallel = objects.namespace("parallel", parallel)

return readings
