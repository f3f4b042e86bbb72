-- Secrets never come here: in their place stands ‹secret:NAME› or ‹redacted:1›, the same for the same value.
local _, import = ...
local errors = import "errors"
local objects = import "objects"

local secrets = {}

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
