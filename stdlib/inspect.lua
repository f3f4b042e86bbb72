-- The inspection: tries a playbook's slots out without a target, and tells what they look at, change and check.
--
-- Readers, changes and checks are those of a run, so names, arguments and types are held to the same rules; only what a look
-- would give is unknown. What went wrong is told as problems { slot, message, where, sure }. A problem is sure when
-- every run would meet it; one that followed an unknown value is none, one that may be due to a sample is told as such.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local order = import "order"
local readings = import "readings"
local rows = import "rows"
local inputs = import "inputs"
local playbooks = import "playbooks"
local checks = import "checks"
local plans = import "plans"
local slots = import "slots"
local verdicts = import "verdicts"
local phases = import "phases"
local unknowns = import "unknowns"

local inspect = {}

local book, row_list, words

local problems  -- what was found so far
local sampled   -- whether a sample was handed out since the last try began
local without   -- the names of the inputs that are left out in this tour; nil while all are there

-- Values by name, as a slot gets them; a name that is none of `known` raises. take(name) is told of each that is asked for.
local function named(what, known, values, take)
  return objects.class(what, {}, {
    index = function(_, key)
      if known[key] == nil then errors.wrong("there is no " .. what .. " " .. tostring(key) .. errors.suggest(key, known)) end
      take(key)
      return values[key]
    end,
  }).new {}
end

local function is_sample(value) return data.target(value) == nil end

local function given(what, specs, left_out)
  local values = inputs.samples(specs, left_out)
  return named(what, specs, values, function(key) sampled = sampled or values[key] ~= nil and is_sample(values[key]) end)
end

local lua_errors = setmetatable({}, { __mode = "k" })  -- those that Lua itself raised

local function explain(raised)
  local err = errors.explain(raised)
  if not errors.is(raised) then lua_errors[err] = true end
  return err
end

-- Each is told once: what fails with all inputs fails without some, too.
local function trouble(slot, raised, sure)
  for _, known in ipairs(problems) do
    if known.message == raised.message and known.where == raised.where then return end
  end
  problems[#problems + 1] = { slot = slot, message = raised.message, where = raised.where, sure = sure and not without, without = without }
end

-- Whether an error would have come with any other input or answer as well. A sample has the right type, but what is cut out of
-- it may be nil where the real one has something.
local function is_sure(raised)
  if not sampled then return true end
  return not (lua_errors[raised] or raised.message:find "nil$" or raised.message:find "is missing$")
end

-- fn(…): its result, and whether it is one that a run would have as well; nil after an error.
local function try(slot, fn, ...)
  sampled = false
  local good, result, touched = unknowns.try(explain, fn, ...)
  if good then return result, not (sampled or touched) end
  if not touched then trouble(slot, result, is_sure(result)) end
end

-- see, as evidence gets it: every reading is there at once, and unknown.
local function looker()
  return rows.subjects("see", row_list, function(row, target) return readings.ready(row, target, unknowns.new) end)
end

local function check_names(result)
  if type(result) ~= "table" or objects.name_of(result) then
    errors.wrong("evidence: expected a table of names and readings, got " .. objects.describe(result),
      slots.line_of(book.where, "evidence"))
  end
  local declared = {}
  for name in order.pairs(result) do
    phases.check_reading_name(name)
    declared[name] = true
  end
  return declared
end

-- found, as a slot gets it: what was declared, by value_of(name); other names are problems.
local function finder(slot, declared, value_of, used)
  local function ask(key)
    if not declared[key] then
      local wrong = errors.new("playbook", "evidence has no " .. tostring(key) .. errors.suggest(key, declared), errors.where())
      trouble(slot, wrong, true)
      error(wrong, 0)
    end
    used[key] = true
  end
  local function why(_, name)
    ask(name)
    return value_of(name) == nil and name .. " was not read" or nil
  end
  return objects.class("found", {}, {
    index = function(_, key)
      if key == "why" then return why end
      ask(key)
      return value_of(key)
    end,
  }).new {}
end

local function nothing() return nil end

-- What a slot makes of a look that could read nothing; when that is an error, of one whose values are unknown.
local function with_found(slot, declared, fn, ...)
  local used = {}
  sampled = false
  local good, result = unknowns.try(explain, fn, finder(slot, declared, nothing, used), ...)
  if good then return result, next(used) == nil and not sampled end
  if next(used) == nil then return trouble(slot, result, is_sure(result)) end
  if slot == "diagnose" then trouble("unread", result, false) end
  return (try(slot, fn, finder(slot, declared, unknowns.new, used), ...)), false
end

local function inspect_mitigation(state, declared, arg)
  local spec, told = state.spec, {}
  local chosen = given("ask", spec.asks or {})
  local wanted = try("verify", function() return checks.collect(spec.verify(arg, chosen), "verify") end)
  told.checks = wanted and #wanted
  if not declared then return told end
  for _, one in ipairs(inputs.asks_of(spec.asks or {})) do
    with_found("asks", declared, function(found) return inputs.answerable(one, found, arg) end)
  end
  local items, exact = with_found("plan", declared, function(found) return plans.collect(spec.plan(found, arg, chosen)) end)
  told.items, told.exact = items, exact
  return told
end

local function list_of(names)
  local list = data.list {}
  for name in pairs(names) do list[#list + 1] = name end  -- the engine sorts them
  return list
end

local function vocabulary()
  local known = objects.vocabulary()
  local told = { globals = list_of(words), namespaces = {}, classes = {}, slots = {}, parameters = {} }
  for name, members in pairs(known.namespaces) do told.namespaces[name] = list_of(members) end
  for slot, takes in pairs(playbooks.parameters()) do told.parameters[slot] = data.list(takes) end
  for name, methods in pairs(known.classes) do told.classes[name] = list_of(methods) end
  for name, members in pairs(known.slots) do told.slots[name] = list_of(members) end
  return told
end

local function look(see, arg)
  return try("evidence", function() return check_names(book.spec.evidence(see, arg)) end)
end

local function inspect_diagnosis(declared, arg)
  local spec = book.spec
  if declared then
    with_found("diagnose", declared, function(found) return verdicts.collect(spec.diagnose(found, arg)) end)
  end
  if spec.watch then try("watch", function() return checks.collect(spec.watch.check(arg), "watch.check") end) end
end

-- The slots once more, as they are when nobody gives what may be left out; a mitigation is given what it needs.
local function tour_without(see)
  local function tour(kept, visit)
    local left_out = inputs.leavable(book.spec.inputs, kept)
    if not next(left_out) then return end
    local names = {}
    for name in order.pairs(left_out) do names[#names + 1] = name end
    without = table.concat(names, ", ")
    local arg = given("input", book.spec.inputs, left_out)
    visit(look(see, arg), arg)
    without = nil
  end
  tour(nil, inspect_diagnosis)
  for _, state in ipairs(playbooks.mitigations_of(book)) do
    tour(state.spec.needs, function(declared, arg) inspect_mitigation(state, declared, arg) end)
  end
end

local function report()
  problems = data.list {}
  local arg, see = given("input", book.spec.inputs), looker()
  local declared = look(see, arg)
  inspect_diagnosis(declared, arg)
  local mitigations = {}
  for _, state in ipairs(playbooks.mitigations_of(book)) do
    mitigations[state.name] = inspect_mitigation(state, declared, arg)
  end
  tour_without(see)
  return {
    readings = declared and list_of(declared), problems = problems, mitigations = mitigations, words = vocabulary(),
  }
end

-- Adds the phase "inspect", for the playbook that was loaded.
function inspect.begin(loaded, list, names)
  book, row_list, words = loaded, list, names
  phases.add("inspect", report)
end

return inspect
