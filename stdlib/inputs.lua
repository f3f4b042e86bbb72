-- Inputs, which the operator gives before the look, and asks, which he answers before the plan.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"

local inputs = {}

local made = 0  -- counts inputs and asks, so that they come in the order of the source

local function label_of(what, label)
  if type(label) ~= "string" or label == "" then errors.wrong(what .. ": expected a label, got " .. objects.describe(label)) end
  return label
end

local users = objects.class("users_of", {})

-- users_of "redis": by default, the targets that use the one given as that input.
function inputs.users_of(name)
  return users.new { users_of = label_of("users_of", name) }
end

local homes = objects.class("container_of", {})
local kind_of_home = { container_of = "container", host_of = "ssh" }

-- container_of "redis": by default, the container in which the one given as that input runs.
function inputs.container_of(name)
  return homes.new { name = "container_of", of = label_of("container_of", name) }
end

-- host_of "redis": by default, the host on which the one given as that input runs.
function inputs.host_of(name)
  return homes.new { name = "host_of", of = label_of("host_of", name) }
end

local input_methods = {}
local input = objects.class("an input", input_methods)

local plain = { text = true, number = true }  -- kinds that are no targets

-- For a target: users_of "input", container_of "input", host_of "input", or text that selects targets as `-p` does, such as "cache-1" or "tag:cache".
function input_methods.default(self, value)
  local state = input.self(self, "default")
  local home, marker = homes.of(value), users.of(value)
  if plain[state.kind] then
    if type(value) ~= (state.kind == "number" and "number" or "string") then
      errors.wrong((":default(…) of an input.%s: expected a %s, got %s"):format(state.kind, state.kind, objects.describe(value)))
    end
    state.default = value
  elseif home then
    if state.kind ~= kind_of_home[home.name] then
      errors.wrong(("%s is the default of an input.%s, not of an input.%s"):format(home.name, kind_of_home[home.name], state.kind))
    end
    state.default = { [home.name] = home.of }
  elseif marker then
    state.default = { users_of = marker.users_of }
  elseif type(value) == "string" and value ~= "" then
    state.default = value
  else
    errors.wrong((':default(…) of an input.%s: expected users_of "input", container_of "input", host_of "input", or text such as "tag:cache", got %s')
      :format(state.kind, objects.describe(value)))
  end
  return self
end

-- A list of targets instead of one.
function input_methods.many(self)
  local state = input.self(self, "many")
  if plain[state.kind] then errors.wrong(":many() belongs to targets, not to input." .. state.kind) end
  state.many = true
  return self
end

function input_methods.optional(self)
  input.self(self, "optional").optional = true
  return self
end

-- input.<kind> "label" for every kind of target, and for text and number.
function inputs.inputs(kinds)
  local makers = {}
  for kind in pairs(kinds) do
    makers[kind] = function(label)
      made = made + 1
      return input.new { kind = kind, label = label_of("input." .. kind, label), optional = false, order = made }
    end
  end
  return objects.namespace("input", makers)
end

local ask = objects.class("an ask", {})

local function number_or_text(value) return type(value) == "number" or type(value) == "string" end
local defaults = {
  bytes = { 'a size: a number, or text such as "5gb"', number_or_text },
  duration = { 'a duration such as "10m"', function(value) return type(value) == "string" end },
  number = { "a number", function(value) return type(value) == "number" end },
  text = { "text", function(value) return type(value) == "string" end },
  choice = { "one of the options", function(value) return type(value) == "string" end },
}

local function new_ask(kind, label, default, options)
  made = made + 1
  local given = default ~= nil and type(default) ~= "function"
  if given and not defaults[kind][2](default) then
    errors.wrong(("ask.%s: expected %s, or a function, got %s"):format(kind, defaults[kind][1], objects.describe(default)))
  end
  return ask.new { kind = kind, label = label_of("ask." .. kind, label), default = default, options = options, order = made }
end

local makers = {}
for _, kind in ipairs { "bytes", "duration", "number", "text" } do
  makers[kind] = function(label, default) return new_ask(kind, label, default) end
end

function makers.choice(label, options, default)
  if type(options) ~= "table" or #options == 0 then
    errors.wrong("ask.choice: expected a list of options, got " .. objects.describe(options))
  end
  return new_ask("choice", label, default, data.list(data.plain(options, "ask.choice")))
end

inputs.asks = objects.namespace("ask", makers)
inputs.ask_takes = { "found", "arg" }  -- what the parameters of a function that gives a default stand for

local samples = { bytes = 1, duration = "10m", number = 1, text = "text" }

local function sample(name, state)
  local own = samples[state.kind]
  if own and type(state.default) == type(own) then return state.default end
  if state.options then return state.options[1] end
  if own then return own end
  local handle = data.receive { ["$target"] = name, kind = state.kind }
  return state.many and { handle } or handle
end

-- name → a value that fits, for every input or ask: targets named like their inputs, defaults where they are given. Of those that
-- are in left_out there is what nobody gave: nothing, and of many an empty list.
function inputs.samples(named, left_out)
  local values = {}
  for name, object in pairs(named) do
    local state = input.of(object) or ask.of(object)
    if not (left_out and left_out[name]) then
      values[name] = sample(name, state)
    elseif state.many then
      values[name] = {}
    end
  end
  return values
end

function inputs.is_input(value) return input.of(value) ~= nil end
function inputs.is_optional(object) return input.of(object).optional end

-- name → true of those that may be without a value, but for what `kept` lists.
function inputs.leavable(named, kept)
  local names = {}
  for name, object in pairs(named) do
    local state = input.of(object)
    if state.optional and not (plain[state.kind] and state.default ~= nil) then names[name] = true end
  end
  for _, name in ipairs(kept or {}) do names[name] = nil end
  return names
end

function inputs.is_ask(value) return ask.of(value) ~= nil end

local function in_order(named, class)
  local list = {}
  for name, object in pairs(named) do list[#list + 1] = { name = name, state = class.of(object) } end
  table.sort(list, function(a, b)
    if a.state.order ~= b.state.order then return a.state.order < b.state.order end
    return a.name < b.name
  end)
  return list
end

-- The inputs of a playbook as a list, in the order of its source.
function inputs.shape(named)
  local shape = data.list {}
  for at, one in ipairs(in_order(named, input)) do
    local state = one.state
    shape[at] = { name = one.name, kind = state.kind, label = state.label, default = state.default,
      optional = state.optional, many = state.many }
  end
  return shape
end

-- The asks of a mitigation in the order of its source: { name, state }.
function inputs.asks_of(named) return in_order(named, ask) end

-- An ask with the default that its function gives for what was found.
function inputs.answerable(one, found, arg)
  local state, default = one.state, one.state.default
  if type(default) == "function" then
    default = default(found, arg)
    if default ~= nil and not defaults[state.kind][2](default) then
      errors.wrong(("asks.%s: its function gave %s; expected %s"):format(one.name, objects.describe(default), defaults[state.kind][1]))
    end
  end
  if state.kind == "bytes" and type(default) == "number" then default = math.ceil(default) end
  return { name = one.name, kind = state.kind, label = state.label, options = state.options,
    default = data.plain(default, "asks." .. one.name) }
end

return inputs
