-- Opaque things: a playbook holds them, calls their methods, and can neither look into them nor change them.
-- Their state stands in a table of their class; unknown members raise with the nearest known name.
local _, import = ...
local errors = import "errors"

local objects = {}

local names = setmetatable({}, { __mode = "k" })
local vocabulary = { classes = {}, namespaces = {}, slots = {} }  -- name → members, for all that were made

-- What there is to be named: the methods of every class, the members of every namespace, the slots of every table.
function objects.vocabulary() return vocabulary end

-- Tells which slots there are in a table that a playbook writes; `known` has them as keys, and is given back.
function objects.slots(name, known)
  vocabulary.slots[name] = known
  return known
end

-- What a class offers beyond `methods`: `text(state)` for tostring, `index(state, key)` for other members, `call(state)`
-- to say what is wrong with a call of it, `events` for further metamethods.
function objects.class(name, methods, special)
  special = special or {}
  local states = setmetatable({}, { __mode = "k" })
  local meta = {
    __metatable = false,
    __index = function(object, key)
      if methods[key] then return methods[key] end
      if special.index then return special.index(states[object], key) end
      errors.wrong(name .. " has no " .. tostring(key) .. errors.suggest(key, methods))
    end,
    __newindex = function(_, key) errors.wrong(name .. " cannot be changed: " .. tostring(key)) end,
    __call = function(object)
      if special.call then special.call(states[object]) end
      errors.wrong(name .. " cannot be called")
    end,
    __tostring = function(object) return special.text and special.text(states[object]) or name end,
    __concat = function(left, right) return tostring(left) .. tostring(right) end,
  }
  for event, handler in pairs(special.events or {}) do meta[event] = handler end
  vocabulary.classes[name] = methods
  local class = {}
  function class.new(state)
    local object = setmetatable({}, meta)
    states[object] = state
    names[object] = name
    return object
  end
  -- The state of an object of this class; nil for anything else.
  function class.of(value) return value ~= nil and states[value] or nil end
  -- The state of `self` in a method.
  function class.self(value, method)
    local state = class.of(value)
    if state == nil then errors.wrong("call it with a colon: " .. name .. ":" .. method .. "(…)") end
    return state
  end
  return class
end

-- A table of functions that cannot be changed; an unknown name raises with the nearest known one.
function objects.namespace(name, members)
  local proxy = setmetatable({}, {
    __metatable = false,
    __index = function(_, key)
      if members[key] ~= nil then return members[key] end
      errors.wrong(name .. "." .. tostring(key) .. " does not exist" .. errors.suggest(key, members))
    end,
    __newindex = function(_, key) errors.wrong(name .. " cannot be changed: " .. tostring(key)) end,
    __tostring = function() return name end,
  })
  names[proxy] = name
  vocabulary.namespaces[name] = members
  return proxy
end

-- The class or namespace of an opaque thing; nil for anything else.
function objects.name_of(value) return value ~= nil and names[value] or nil end

-- What a value is, for the end of "expected …, got …".
function objects.describe(value)
  local kind = type(value)
  if objects.name_of(value) then return names[value] end
  if kind == "string" then return #value <= 40 and 'text "' .. value .. '"' or "text of " .. #value .. " bytes" end
  if kind == "number" or kind == "boolean" then return kind .. " " .. tostring(value) end
  if kind == "nil" then return "nil" end
  return "a " .. kind
end

return objects
