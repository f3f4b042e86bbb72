-- The phases of a run, as the engine drives them: evidence, diagnose, for a chosen mitigation asks, plan, verify, and
-- watch.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local fiber = import "fiber"
local order = import "order"
local readings = import "readings"
local inputs = import "inputs"
local checks = import "checks"
local plans = import "plans"
local slots = import "slots"
local verdicts = import "verdicts"

local phases = {}

local book, see      -- the playbook's state, and the way to look
local arg, found     -- the inputs, and what the last look found

function phases.begin(state, looker)
  book, see = state, looker
end

local found_class = objects.class("found", {}, {
  index = function(state, key)
    if key == "why" then return state.why end
    if not state.declared[key] then
      errors.wrong("evidence has no " .. tostring(key) .. errors.suggest(key, state.declared))
    end
    return state.values[key]
  end,
})

-- found.x is what was read, nil when it could not be read; found:why "x" then says why.
local function make_found(declared, values, whys)
  local function why(_, name)
    if not declared[name] then errors.wrong("evidence has no " .. tostring(name) .. errors.suggest(name, declared)) end
    return whys[name] and whys[name].message
  end
  return found_class.new { declared = declared, values = values, why = why }
end

-- Waits for a value of the evidence table: its plain value; notes the calls it is made of, and the first error.
local function settle(value, note, path, depth)
  note.left = note.left - 1
  if note.left < 0 then errors.wrong(path .. ": more than 100,000 values cannot be sent") end
  if readings.is(value) then
    local result, err, id = readings.settle(value)
    note.calls[#note.calls + 1] = id
    note.why = note.why or err
    note.single = depth == 0 and id or nil
    return result
  end
  if readings.calls_of(value) then
    for _, id in ipairs(readings.calls_of(value)) do note.calls[#note.calls + 1] = id end
    return value
  end
  if type(value) == "table" and not objects.name_of(value) and depth < 16 then
    local copy = {}
    for key, member in order.pairs(value) do copy[key] = settle(member, note, path .. "." .. tostring(key), depth + 1) end
    return copy
  end
  data.plain(value, path)
  return value
end

local function entry(note, value, path)
  if note.single then return { call = note.single } end
  if #note.calls > 0 then return { calls = data.list(note.calls) } end
  return { value = data.plain(value, path) }
end

function phases.check_reading_name(name)
  if type(name) ~= "string" or name == "why" or name:sub(1, 1) == "$" then
    errors.wrong("evidence: " .. tostring(name) .. " cannot be the name of a reading", book.where)
  end
end

function phases.evidence(body)
  arg, found = data.receive(body.arg or {}), nil
  local result = book.spec.evidence(see, arg)
  if type(result) ~= "table" or objects.name_of(result) then
    errors.wrong("evidence: expected a table of names and readings, got " .. objects.describe(result),
      slots.line_of(book.where, "evidence"))
  end
  local declared, values, whys, entries = {}, {}, {}, {}
  for name, value in order.pairs(result) do
    phases.check_reading_name(name)
    local note = { calls = {}, left = 100000 }
    declared[name] = true
    values[name] = settle(value, note, "evidence." .. name, 0)
    whys[name] = note.why
    entries[name] = entry(note, values[name], "evidence." .. name)
  end
  fiber.drain()
  found = make_found(declared, values, whys)
  return { readings = entries }
end

local function looked()
  if not found then errors.raise("internal", "nothing was looked at yet") end
  return found
end

function phases.diagnose() return verdicts.collect(book.spec.diagnose(looked(), arg)) end

local function mitigation(body)
  local state = book.mitigations[body.mitigation]
  if not state then errors.wrong("no mitigation " .. tostring(body.mitigation) .. errors.suggest(body.mitigation, book.mitigations)) end
  return state.spec
end

function phases.asks(body)
  local list = data.list {}
  for at, one in ipairs(inputs.asks_of(mitigation(body).asks or {})) do list[at] = inputs.answerable(one, looked(), arg) end
  return { asks = list }
end

function phases.plan(body)
  local spec = mitigation(body)
  return { items = plans.collect(spec.plan(looked(), arg, data.receive(body.chosen or {}))) }
end

function phases.verify(body)
  local spec = mitigation(body)
  looked()
  return { checks = checks.collect(spec.verify(arg, data.receive(body.chosen or {})), "verify") }
end

function phases.watch()
  looked()
  return { checks = checks.collect(book.spec.watch.check(arg), "watch.check") }
end

local known = { evidence = phases.evidence, diagnose = phases.diagnose, asks = phases.asks, plan = phases.plan, verify = phases.verify,
  watch = phases.watch }

-- A phase of another module: fn(body) gives its result.
function phases.add(name, fn) known[name] = fn end

-- Runs the phase that the engine asks for; only evidence may look.
function phases.run(body)
  if not book then errors.raise("internal", "no playbook is loaded") end
  readings.allow(body.phase == "evidence")
  return known[body.phase](body)
end

return phases
