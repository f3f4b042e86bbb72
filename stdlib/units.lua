-- Durations and amounts, as authors write them: "30s", "5gb".
local units = {}

local times = { ms = true, s = true, m = true, h = true, d = true }
local sizes = { b = true, k = true, kb = true, kib = true, m = true, mb = true, mib = true, g = true, gb = true, gib = true,
  t = true, tb = true, tib = true }

local function unit_of(value)
  return type(value) == "string" and value:match "^%d+%.?%d*%s*(%a+)$" or nil
end

-- "250ms", "30s", "15m", "2h", "1d"
function units.is_duration(value)
  local unit = unit_of(value)
  return unit ~= nil and not value:find "%s" and times[unit] == true
end

-- A number, a duration, or a size such as "5gb".
function units.is_amount(value)
  local unit = unit_of(value)
  return type(value) == "number" or unit ~= nil and (times[unit] == true or sizes[unit:lower()] == true)
end

function units.is_whole(value, least)
  return type(value) == "number" and value >= least and value == math.floor(value) and value < 2 ^ 31
end

return units
