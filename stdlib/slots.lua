-- The slots of playbooks and mitigations: which there are, what each takes, and where in the file it stands.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local order = import "order"
local units = import "units"

local slots = {}

local sources = {}  -- file → its text

function slots.keep_source(file, source) sources[file] = source end

local function lines_of(file)
  local lines = {}
  for line in ((sources[file] or "") .. "\n"):gmatch "(.-)\r?\n" do lines[#lines + 1] = line end
  return lines
end

-- The line that sets `key` in the table that begins at `where`; `where` itself when there is none to be seen.
function slots.line_of(where, key)
  local file, line = tostring(where):match "^(.*):(%d+)$"
  if not sources[file] or type(key) ~= "string" then return where end
  local lines = lines_of(file)
  local name = key:gsub("%W", "%%%0")
  for at = tonumber(line), #lines do
    local text = lines[at]:gsub("%-%-.*$", "")
    if text:find("%f[%w_]" .. name .. "%s*=") or text:find("%[%s*[\"']" .. name .. "[\"']%s*%]%s*=") then
      return file .. ":" .. at
    end
  end
  return where
end

-- Raises "slot: expected …, got …" at the slot's line.
function slots.unfit(where, slot, path, expected, got)
  errors.wrong(("%s: expected %s, got %s"):format(path, expected, objects.describe(got)), slots.line_of(where, slot))
end

-- A playbook is found by its name, which is that of its file; a name that begins with - would be an option.
function slots.is_playbook_name(value) return type(value) == "string" and value:match "^[%l%d][%l%d-]*$" ~= nil end

local function is_text(value) return type(value) == "string" and value ~= "" end
local function is_table(value) return type(value) == "table" and not objects.name_of(value) end

-- Each: a sentence's "expected …", and test(value) → good[, where below the slot, what stands there].
slots.text = { "text", is_text }
-- A function, and what its parameters stand for: "see", "found", "arg", "chosen".
function slots.fn(...) return { "a function", function(value) return type(value) == "function" end, takes = { ... } } end

slots.duration = { 'a duration such as "30s"', units.is_duration }

slots.texts = { "a list of text", function(value)
  if not is_table(value) then return false end
  for key, item in order.pairs(value) do
    if type(key) ~= "number" or not is_text(item) then return false, "[" .. tostring(key) .. "]", item end
  end
  return true
end }

-- A table of names and things that `accepts` takes.
function slots.named(expected, accepts)
  return { "a table of names and " .. expected, function(value)
    if not is_table(value) then return false end
    for key, item in order.pairs(value) do
      if type(key) ~= "string" or key == "" then return false, "[" .. tostring(key) .. "]", key end
      if not accepts(item) then return false, "." .. key, item end
    end
    return true
  end }
end

-- A list of things that `accepts` takes.
function slots.list(expected, accepts)
  return { "a list of " .. expected, function(value)
    if not is_table(value) then return false end
    for key, item in order.pairs(value) do
      if type(key) ~= "number" or not accepts(item) then return false, "[" .. tostring(key) .. "]", item end
    end
    return true
  end }
end

function slots.one_of(...)
  local list, known = { ... }, {}
  for _, name in ipairs(list) do known[name] = true end
  return { "one of " .. table.concat(list, ", "), function(value) return known[value] == true end }
end

-- Holds a table against its slots: name → { expected, test, required }. `what` is "a playbook" or "a mitigation".
function slots.check(value, spec, what, where)
  if not is_table(value) then errors.wrong(("%s: expected a table of slots, got %s"):format(what, objects.describe(value)), where) end
  for key in order.pairs(value) do
    if not spec[key] then
      local line = slots.line_of(where, key)
      errors.wrong(("%s: %s has no such slot%s"):format(tostring(key), what, errors.suggest(key, spec)), line)
    end
  end
  for name, slot in order.pairs(spec) do
    local given = value[name]
    if given == nil then
      if slot.required then errors.wrong(("%s: missing in %s; expected %s"):format(name, what, slot[1]), where) end
    else
      local good, below, got = slot[2](given)
      if not good then
        if below then slots.unfit(where, name, name .. below, slot[1], got) end
        slots.unfit(where, name, name, slot[1], given)
      end
    end
  end
end

function slots.required(slot) return { slot[1], slot[2], takes = slot.takes, required = true } end

return slots
