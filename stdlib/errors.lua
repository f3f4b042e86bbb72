-- Errors as playbooks see them: tables { code, message, where, cause } that read as "where: message".
-- Every one points to a line of the playbook, never to one of the standard library.
local host = ...

local errors = {}

local known = setmetatable({}, { __mode = "k" })

local meta = {
  __metatable = false,
  __tostring = function(err)
    local text = err.code == "playbook" and err.message or err.code .. ": " .. err.message
    return err.where and err.where .. ": " .. text or text
  end,
}

function errors.new(code, message, where, cause)
  local err = setmetatable({ code = code, message = message, where = where, cause = cause }, meta)
  known[err] = true
  return err
end

function errors.is(value) return known[value] == true end

-- "file:line" of the playbook, or nil before any of it ran.
function errors.where()
  local file, line = host.where()
  return file and file .. ":" .. line
end

function errors.raise(code, message, where, cause)
  error(errors.new(code, message, where or errors.where(), cause), 0)
end

-- What an author got wrong.
function errors.wrong(message, where) errors.raise("playbook", message, where) end

local function keys(names)
  local list = {}
  for name in pairs(names) do
    if type(name) == "string" then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- The end of a sentence about a name that is none of the keys of `names`.
function errors.suggest(name, names)
  local list = keys(names)
  local near = type(name) == "string" and #name <= 64 and host.nearest(name, list)
  if near then return '; did you mean "' .. near .. '"?' end
  if #list == 0 then return "; there are none" end
  if #list <= 20 then return "; there are " .. table.concat(list, ", ") end
  return ""
end

-- A message handler: makes an error table of whatever was raised. Lua's own errors begin with their position, in
-- which a long file name is cut at the front.
function errors.explain(raised)
  if errors.is(raised) then return raised end
  if type(raised) == "table" then
    local text = rawget(raised, "message")
    return errors.new("playbook", "raised a table" .. (type(text) == "string" and ": " .. text or ""), errors.where())
  end
  if type(raised) ~= "string" then
    return errors.new("playbook", "raised " .. tostring(raised), errors.where())
  end
  local file, line, text = raised:match "^([^\n]-):(%d+): (.*)$"
  if not file then
    return errors.new("playbook", raised, errors.where())
  end
  if file:sub(1, 7) == "stdlib/" then
    return errors.new("playbook", text, errors.where())
  end
  if file:sub(1, 3) == "..." then
    local whole = host.where()
    local tail = file:sub(4)
    if whole and whole:sub(-#tail) == tail then file = whole end
  end
  return errors.new("playbook", text, file .. ":" .. line)
end

return errors
