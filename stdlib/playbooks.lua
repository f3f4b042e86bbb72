-- playbook "name" { … } and mitigation "name" { … }: their slots, and the shape that the engine is told.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local slots = import "slots"
local inputs = import "inputs"
local units = import "units"
local order = import "order"

local playbooks = {}

local mitigation = objects.class("a mitigation", {}, { text = function(state) return "mitigation " .. state.name end })
local reminder = objects.class("a follow-up", {})
local book = objects.class("a playbook", {}, { text = function(state) return "playbook " .. state.name end })

-- What is made by name and slots; `expected` says what names `accepts` takes.
local function named(what, expected, accepts, make)
  return function(name)
    local where = errors.where()
    if not accepts(name) then
      errors.wrong(("%s: expected a name of %s, got %s"):format(what, expected, objects.describe(name)), where)
    end
    return function(spec) return make(name, spec, where) end
  end
end

local mitigation_slots = objects.slots("mitigation", {
  answers = slots.texts,
  not_while = slots.texts,
  needs = slots.texts,
  warning = slots.text,
  purpose = slots.one_of "hold",
  asks = slots.named("asks", inputs.is_ask),
  plan = slots.required(slots.fn("found", "arg", "chosen")),
  verify = slots.required(slots.fn("arg", "chosen")),
  within = slots.duration,
  holds = slots.duration,
})

-- A mitigation is chosen by its number too, so that its name begins with a letter.
local function is_mitigation_name(name) return type(name) == "string" and name:match "^%l[%l%d-]*$" ~= nil end

-- What a person may type beside the names of mitigations (engine/run/choices.h).
local other_choices = { stop = true, b = true, h = true, l = true, s = true }

playbooks.mitigation = named("mitigation", "small letters, digits and -, a letter first", is_mitigation_name, function(name, spec, where)
  if other_choices[name] then
    errors.wrong(('mitigation "%s": the same word stands for another choice; say what it does, such as "stop-search"'):format(name), where)
  end
  slots.check(spec, mitigation_slots, 'mitigation "' .. name .. '"', where)
  if not spec.answers and not spec.purpose then
    errors.wrong(('answers: missing in mitigation "%s"; expected a list of findings, or purpose = "hold"'):format(name), where)
  end
  return mitigation.new { name = name, spec = spec, where = where }
end)

-- after("10m", "what is to be done then")
function playbooks.after(duration, text)
  if not units.is_duration(duration) then
    errors.wrong('after: expected a duration such as "10m", got ' .. objects.describe(duration))
  end
  if type(text) ~= "string" then errors.wrong("after: expected text, got " .. objects.describe(text)) end
  return reminder.new { after = duration, text = text }
end

local watch_slots = objects.slots("watch", {
  within = slots.required(slots.duration),
  check = slots.required(slots.fn "arg"),
  note = slots.text,
})

local playbook_slots = objects.slots("playbook", {
  alerts = slots.required(slots.texts),
  severity = slots.required(slots.one_of("SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5")),
  owner = slots.required(slots.text),
  summary = slots.text,
  inputs = slots.required(slots.named("inputs", inputs.is_input)),
  findings = slots.named("meanings", function(value) return type(value) == "string" and value ~= "" end),
  evidence = slots.required(slots.fn("see", "arg")),
  diagnose = slots.required(slots.fn("found", "arg")),
  mitigations = slots.list("mitigations", function(value) return mitigation.of(value) ~= nil end),
  watch = { "a table { within, check, note }", function(value) return type(value) == "table" and not objects.name_of(value) end },
  follow_up = slots.list("after(…)", function(value) return reminder.of(value) ~= nil end),
})

local function check_findings(findings, state, slot)
  for at, name in ipairs(state.spec[slot] or {}) do
    if findings and not findings[name] then
      errors.wrong(('%s[%d]: finding "%s" is not declared in findings%s'):format(slot, at, name, errors.suggest(name, findings)),
        slots.line_of(state.where, slot))
    end
  end
end

-- Only what may be left out can be missing.
local function check_needs(specs, state)
  for at, name in ipairs(state.spec.needs or {}) do
    local where = slots.line_of(state.where, "needs")
    if not specs[name] then
      errors.wrong(('needs[%d]: the playbook has no input "%s"%s'):format(at, name, errors.suggest(name, specs)), where)
    end
    if not inputs.is_optional(specs[name]) then
      errors.wrong(('needs[%d]: the input "%s" is always there; only one that is :optional() can be missing'):format(at, name), where)
    end
  end
end

playbooks.playbook = named("playbook", "small letters, digits and -", slots.is_playbook_name, function(name, spec, where)
  slots.check(spec, playbook_slots, "a playbook", where)
  if spec.watch then slots.check(spec.watch, watch_slots, "watch", slots.line_of(where, "watch")) end
  local by_name = {}
  for input in order.pairs(spec.inputs) do
    if not input:match "^%l[%l%d_]*$" then
      errors.wrong("inputs." .. input .. ": expected a name of small letters, digits and _", slots.line_of(where, input))
    end
  end
  for _, object in ipairs(spec.mitigations or {}) do
    local state = mitigation.of(object)
    if by_name[state.name] then errors.wrong(('mitigations: there are two "%s"'):format(state.name), state.where) end
    by_name[state.name] = state
    check_findings(spec.findings, state, "answers")
    check_findings(spec.findings, state, "not_while")
    check_needs(spec.inputs, state)
  end
  return book.new { name = name, spec = spec, where = where, mitigations = by_name }
end)

-- { name, spec, where, mitigations } of a playbook; nil for anything else.
function playbooks.of(value) return book.of(value) end

-- Slot, or "slot.field" where it is a table of its own → what the parameters of its function stand for.
function playbooks.parameters()
  local takes = {}
  for _, list in ipairs { playbook_slots, mitigation_slots } do
    for name, slot in pairs(list) do takes[name] = slot.takes end
  end
  takes["watch.check"] = watch_slots.check.takes
  takes.asks = inputs.ask_takes
  return takes
end

-- { name, spec, where } of each of its mitigations, in order of preference.
function playbooks.mitigations_of(state)
  local list = {}
  for at, object in ipairs(state.spec.mitigations or {}) do list[at] = mitigation.of(object) end
  return list
end

local function texts(list) return list and data.list(data.plain(list, "list")) end

local function mitigation_shape(state)
  local spec, names = state.spec, data.list {}
  for at, one in ipairs(inputs.asks_of(spec.asks or {})) do names[at] = one.name end
  return {
    name = state.name, warning = spec.warning, purpose = spec.purpose, within = spec.within, holds = spec.holds,
    answers = texts(spec.answers or {}), not_while = texts(spec.not_while or {}), needs = texts(spec.needs or {}),
    asks = names, has_verify = true, line = tonumber(state.where:match ":(%d+)$"),
  }
end

-- What the engine is told of a playbook: everything but its functions.
function playbooks.shape(state)
  local spec = state.spec
  local mitigations, reminders = data.list {}, data.list {}
  for at, object in ipairs(spec.mitigations or {}) do mitigations[at] = mitigation_shape(mitigation.of(object)) end
  for at, object in ipairs(spec.follow_up or {}) do reminders[at] = reminder.of(object) end
  return {
    name = state.name, alerts = texts(spec.alerts), severity = spec.severity, owner = spec.owner, summary = spec.summary,
    inputs = inputs.shape(spec.inputs), findings = spec.findings and data.plain(spec.findings, "findings"),
    mitigations = mitigations, follow_up = reminders,
    watch = spec.watch and { within = spec.watch.within, note = spec.watch.note },
  }
end

return playbooks
