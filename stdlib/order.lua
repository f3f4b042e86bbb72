-- Tables in the order of their keys: numbers, text, booleans, opaque things by their text. What Lua's own `pairs` gives
-- differs between two processes, and nothing that is shown or hashed may.
local _, import = ...
local errors = import "errors"
local objects = import "objects"

local order = {}

local ranks = { number = 1, string = 2, boolean = 3, table = 4 }

local function before(a, b)
  local first, second = ranks[type(a)], ranks[type(b)]
  if first ~= second then return first < second end
  if first <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

function order.pairs(map)
  if type(map) ~= "table" then errors.wrong("pairs wants a table, got " .. objects.describe(map)) end
  local keys = {}
  for key in next, map do
    if not ranks[type(key)] or type(key) == "table" and not objects.name_of(key) then
      errors.wrong("pairs: a " .. type(key) .. " as a key has no order")
    end
    keys[#keys + 1] = key
  end
  table.sort(keys, before)
  local at = 0
  return function()
    at = at + 1
    local key = keys[at]
    if key ~= nil then return key, map[key] end
  end
end

return order
