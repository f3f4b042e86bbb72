-- Put in front of the prelude: prints everything that can be reached from a playbook's environment by indexing,
-- through metatables too, one name a line.
local host = ...
local metatables = setmetatable({}, { __mode = "k" })
local set = setmetatable
host.seen_setmetatable = function(object, meta)
  metatables[object] = meta
  return set(object, meta)
end

local function walk(environment)
  local lines, seen = {}, {}
  local function visit(value, path)
    if path ~= "" then lines[#lines + 1] = path .. " " .. type(value) end
    if type(value) ~= "table" or seen[value] then return end
    seen[value] = true
    for key, member in next, value do visit(member, path .. "." .. tostring(key)) end
    local meta = metatables[value]
    if not meta then return end
    if meta.__metatable ~= false then lines[#lines + 1] = path .. " OPEN METATABLE" end
    if not meta.__newindex then lines[#lines + 1] = path .. " CAN BE WRITTEN" end
    -- What __index would give: the members are the function's upvalue, so every known name is tried.
    for _, name in ipairs(host.names) do
      local good, member = pcall(function() return value[name] end)
      if good and member ~= nil then visit(member, path .. "." .. name) end
    end
  end
  visit(environment, "")
  lines[#lines + 1] = "metatable of text: " .. (getmetatable("") == false and "locked" or "OPEN")
  table.sort(lines)
  for _, line in ipairs(lines) do host.send("print", 0, { text = line }) end
end
