-- What a playbook can reach: an allow-list, built anew, with every shared table locked.
--
-- Left out on purpose: files, programs, modules of Lua, code from text or bytecode, environments, garbage collection,
-- coroutines (fibers are ours), raw access, `next` and math.random (a plan must come out the same every time),
-- and addresses, which tostring and %p would show.
local host, import = ...
local errors = import "errors"
local objects = import "objects"
local order = import "order"

local sandbox = {}

local real_tostring, real_format = tostring, string.format

local function plain_tostring(...)
  if select("#", ...) == 0 then errors.wrong "tostring wants a value" end
  local value = ...
  local kind = type(value)
  if kind == "function" or kind == "thread" or kind == "userdata" then return kind end
  local text = real_tostring(value)
  if kind == "table" and text:find "^table: 0x" then return "table" end
  return text
end

local function plain_format(pattern, ...)
  if type(pattern) == "string" and pattern:gsub("%%%%", ""):find "%%[-+ #0-9.]*p" then
    errors.wrong "string.format: %p shows an address, which differs each time"
  end
  local count, values = select("#", ...), { ... }
  for at = 1, count do
    local kind = type(values[at])
    if kind == "table" or kind == "function" then values[at] = plain_tostring(values[at]) end
  end
  return real_format(pattern, unpack(values, 1, count))
end

local function print_line(...)
  local parts = {}
  for at = 1, select("#", ...) do parts[at] = plain_tostring((select(at, ...))) end
  host.send("print", 0, { text = table.concat(parts, "\t"):sub(1, 65536) })
end

local function render(value, indent, depth)
  if type(value) == "string" then return real_format("%q", value) end
  if type(value) ~= "table" or objects.name_of(value) or errors.is(value) then return plain_tostring(value) end
  if next(value) == nil then return "{}" end
  if depth == 6 then return "{…}" end
  local lines = {}
  for key, member in order.pairs(value) do
    local name = type(key) == "string" and key or "[" .. plain_tostring(key) .. "]"
    lines[#lines + 1] = indent .. "  " .. name .. " = " .. render(member, indent .. "  ", depth + 1)
  end
  return "{\n" .. table.concat(lines, "\n") .. "\n" .. indent .. "}"
end

-- Prints a value with everything in it.
local function inspect(value) print_line(render(value, "", 0)) end

local function pick(library, names)
  local picked = {}
  for name in names:gmatch "%S+" do picked[name] = library[name] end
  return picked
end

local libraries = {
  string = pick(string, "byte char find gmatch gsub len lower match rep reverse sub upper"),
  table = pick(table, "concat insert remove sort"),
  math = pick(math, "abs ceil exp floor fmod huge log max min modf pi pow sqrt"),
}
libraries.string.format = plain_format
libraries.table.unpack = unpack

local strings = getmetatable ""
strings.__index = libraries.string
strings.__metatable = false

-- The global environment of a playbook: Lua's part, and `words`, the language of playbooks. Globals are neither made
-- nor changed by a playbook, and reading one that does not exist raises. Returns the names that there are, too.
function sandbox.environment(words)
  local names = pick({
    assert = assert, error = error, getmetatable = getmetatable, ipairs = ipairs, pcall = pcall, rawequal = rawequal,
    select = select, setmetatable = setmetatable, tonumber = tonumber, type = type, unpack = unpack, xpcall = xpcall,
  }, "assert error getmetatable ipairs pcall rawequal select setmetatable tonumber type unpack xpcall")
  names.tostring, names.pairs, names.print, names.inspect = plain_tostring, order.pairs, print_line, inspect
  for name, library in pairs(libraries) do names[name] = objects.namespace(name, library) end
  for name, word in pairs(words) do names[name] = word end
  return setmetatable({}, {
    __metatable = false,
    __index = function(_, key)
      if names[key] ~= nil then return names[key] end
      errors.wrong("there is no global " .. plain_tostring(key) .. errors.suggest(key, names))
    end,
    __newindex = function(_, key)
      errors.wrong("globals cannot be set: write `local " .. plain_tostring(key) .. "`")
    end,
  }), names
end

return sandbox
