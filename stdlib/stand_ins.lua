-- Words that stand in for values which only a look can tell: "<memory.used * 1.25>". What is read from one, or worked out with
-- one, is another; an order beside a number cannot be told, and raises.
local stand_ins = {}

local words = setmetatable({}, { __mode = "k" })  -- stand-in → its words

local function said(value)
  if words[value] then return words[value] end
  return tostring(value)
end

local make
local meta = { __metatable = false, __tostring = function(self) return "<" .. words[self] .. ">" end,
  __index = function(self, key) return make(words[self] .. "." .. tostring(key)) end,
  __call = function(self) return make(words[self]) end, __unm = function(self) return make("-" .. words[self]) end,
  __concat = function(left, right) return tostring(left) .. tostring(right) end }
for event, sign in pairs { add = "+", sub = "-", mul = "*", div = "/", mod = "%", pow = "^" } do
  meta["__" .. event] = function(left, right) return make(said(left) .. " " .. sign .. " " .. said(right)) end
end

function make(text)
  local value = setmetatable({}, meta)
  words[value] = text
  return value
end

-- One that reads as "<text>".
function stand_ins.new(text) return make(text) end

-- The words of a stand-in, with brackets; any other value as it is.
function stand_ins.plain(value)
  if value ~= nil and words[value] then return tostring(value) end
  return value
end

return stand_ins
