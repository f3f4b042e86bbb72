-- Data: what may cross to the engine, and the handles that stand for targets.
local host, import = ...
local errors = import "errors"
local objects = import "objects"
local stand_ins = import "stand_ins"

local data = {}

local target = objects.class("a target", {}, {
  text = function(state) return state.name end,
  index = function(_, key)
    errors.wrong("a target has no fields: look at it through see or check, not with ." .. tostring(key))
  end,
})
local handles = {}

-- One handle for each name, so that they compare and serve as keys by name.
local function handle(name, kind)
  if not handles[name] then handles[name] = target.new { name = name, kind = kind } end
  return handles[name]
end

-- { name, kind } of a handle; nil for anything else.
function data.target(value) return target.of(value) end

-- Marks a table as a list, also when it is empty.
function data.list(items) return setmetatable(items, host.list) end

-- What the engine sent as arguments of a phase, with handles for its targets.
function data.receive(value)
  if type(value) ~= "table" then return value end
  if type(value["$target"]) == "string" then return handle(value["$target"], value.kind) end
  local copy = {}
  for key, member in pairs(value) do copy[key] = data.receive(member) end
  return copy
end

local kMostDepth = 16

-- `allowed` gives what stands for further opaque things; none without it.
local function copy(value, path, depth, budget, allowed)
  value = stand_ins.plain(value)
  local kind = type(value)
  budget.left = budget.left - 1
  if budget.left < 0 then errors.wrong(path .. ": more than 100,000 values cannot be sent") end
  if kind == "nil" or kind == "boolean" or kind == "string" then return value end
  if kind == "number" then
    if value ~= value or value == math.huge or value == -math.huge then
      errors.wrong(path .. ": " .. tostring(value) .. " cannot be sent")
    end
    return value
  end
  local state = target.of(value)
  if state then return { ["$target"] = state.name, kind = state.kind } end
  local stands = allowed and allowed(value)
  if stands then return stands end
  if kind ~= "table" or objects.name_of(value) then
    errors.wrong(path .. ": " .. objects.describe(value) .. " cannot be sent")
  end
  if depth == kMostDepth then errors.wrong(path .. ": tables nested deeper than 16, or inside themselves") end
  local result, count, positions = {}, 0, 0
  for key, member in next, value do
    count = count + 1
    local at
    if type(key) == "number" then
      positions = positions + 1
      at = path .. "[" .. key .. "]"
    elseif type(key) == "string" and key:sub(1, 1) ~= "$" then
      at = path .. "." .. key
    else
      errors.wrong(path .. ": keys are text without a $ in front, or positions; got " .. objects.describe(key))
    end
    result[key] = copy(member, at, depth + 1, budget, allowed)
  end
  if positions > 0 and (positions ~= count or positions ~= #value) then
    errors.wrong(path .. ": a list with holes, or with names besides its positions, cannot be sent")
  end
  return result
end

-- A copy of the value that can be sent; raises an error that names the path to what cannot. allowed(value) gives
-- what is sent for an opaque thing that may go there.
function data.plain(value, path, allowed) return copy(value, path, 0, { left = 100000 }, allowed) end

return data
