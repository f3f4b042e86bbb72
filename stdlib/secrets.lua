-- Secrets never come here. What was read has ‹secret:NAME› or ‹redacted:1› in their place, the same for the same value; what
-- is to be sent has a handle, which can be put where a change takes a secret and nowhere else: the engine knows its value.
local _, import = ...
local errors = import "errors"
local objects = import "objects"

local secrets = {}

local function cannot(what)
  return function()
    errors.wrong("a secret cannot be " .. what .. ": a playbook only says where it goes, as `to` of a change")
  end
end

local text, number, compared = cannot "made text", cannot "computed with", cannot "compared"

local handle = objects.class("a secret", {}, {
  text = text,
  index = function() cannot "looked into" () end,
  events = {
    __eq = compared, __lt = compared, __le = compared, __concat = text, __len = cannot "measured", __unm = number, __add = number,
    __sub = number, __mul = number, __div = number, __mod = number, __pow = number,
  },
})

-- The secret that [secrets] of the inventory has under that name.
function secrets.named(name)
  if type(name) ~= "string" or name == "" then errors.wrong("secret wants the name that it has in [secrets], got " .. objects.describe(name)) end
  return handle.new { secret = name }
end

-- { secret = NAME } of a handle, as the engine is told; nil for anything else.
function secrets.reference(value)
  local state = handle.of(value)
  return state and { secret = state.secret } or nil
end

-- What stands in a text in place of a secret; nothing when there is none, or more than one.
local function mark_of(text)
  local first = text:match "‹secret:.-›" or text:match "‹redacted:%d+›"
  local rest = first and text:gsub("‹secret:.-›", "", 1)
  if rest == text then rest = text:gsub("‹redacted:%d+›", "", 1) end
  return first and not rest:find "‹secret:" and not rest:find "‹redacted:" and first or nil
end

-- Whether two texts hold the same secret; nil when one of them could not be read.
function secrets.same(a, b)
  if a == nil or b == nil then return nil end
  for _, value in ipairs { a, b } do
    if type(value) ~= "string" then errors.wrong("same_secret compares two texts that were read, got " .. objects.describe(value)) end
  end
  return (mark_of(a) or a) == (mark_of(b) or b)
end

return secrets
