-- Values that nobody knows yet: what an inspection hands out in place of what a look would find.
--
-- They let code go on as far as it can: a field, a call or a sum of one is another. What cannot be said of them (an order
-- beside a number, a length) raises Lua's own error, so whoever uses them counts how often they were touched, and takes no error
-- that came after for a mistake of the author.
local unknowns = {}

local kMostTouches = 20000  -- a loop that waits for a value to change must end

local touches = 0

local make

local function touch()
  touches = touches + 1
  if touches > kMostTouches then error("an unknown value was waited for", 0) end
  return make()
end

local meta = { __metatable = false, __tostring = function() return "unknown" end, __concat = function() touch() return "unknown" end,
  __lt = function() touch() return false end, __le = function() touch() return false end, __newindex = function() touch() end }
for _, event in ipairs { "index", "call", "unm", "add", "sub", "mul", "div", "mod", "pow" } do meta["__" .. event] = touch end

function make() return setmetatable({}, meta) end

-- A new one. To be handed it is to be touched by it.
function unknowns.new() return touch() end

-- fn(...), and whether it was handed an unknown value: good, result or error, touched.
function unknowns.try(handler, fn, ...)
  touches = 0
  local args, count = { ... }, select("#", ...)
  local good, result = xpcall(function() return fn(unpack(args, 1, count)) end, handler)
  return good, result, touches > 0
end

return unknowns
