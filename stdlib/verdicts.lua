-- Verdicts: what diagnose returns.
local _, import = ...
local errors = import "errors"
local objects = import "objects"
local data = import "data"
local slots = import "slots"

local verdicts = {}

local methods = {}
local verdict = objects.class("a verdict", methods, { text = function(state) return state.kind .. " " .. (state.name or state.text) end })
local declared  -- name → meaning, of the playbook at hand; nil when it declares none

function verdicts.declare(findings) declared = findings end

local function format(what, text, ...)
  if type(text) ~= "string" then errors.wrong(what .. ": expected text, got " .. objects.describe(text)) end
  return select("#", ...) > 0 and text:format(...) or text
end

-- finding(name[, format, …]): something that is wrong; without a text it is the meaning that `findings` gives it.
function verdicts.finding(name, text, ...)
  if type(name) ~= "string" then errors.wrong("finding: expected a name, got " .. objects.describe(name)) end
  if declared and not declared[name] then
    errors.wrong('finding "' .. name .. '" is not declared in findings' .. errors.suggest(name, declared))
  end
  if text == nil then text = declared and declared[name] or name end
  return verdict.new { kind = "finding", name = name, text = format('finding "' .. name .. '"', text, ...) }
end

local link = objects.class("a book", {}, { text = function(state) return "book " .. state.book end })

-- book("redis-maxmemory", { redis = arg.redis }): another playbook and its inputs, for :next(…).
function verdicts.book(name, inputs)
  if not slots.is_playbook_name(name) then
    errors.wrong("book: expected the name of a playbook, got " .. objects.describe(name))
  end
  if inputs ~= nil and (type(inputs) ~= "table" or objects.name_of(inputs) or #inputs > 0) then
    errors.wrong("book: expected a table of inputs by name, got " .. objects.describe(inputs))
  end
  return link.new { book = name, inputs = data.plain(inputs or {}, "book: inputs") }
end

-- finding(…):next "what to do", finding(…):next(book(…)): text, another playbook, or one after the other both.
-- unfit(…):next(book(…)) says which playbook does fit.
function methods.next(self, step)
  local state = verdict.self(self, "next")
  if state.kind ~= "finding" and state.kind ~= "unfit" then
    errors.wrong(":next(…) belongs to a finding or to unfit, not to " .. state.kind)
  end
  local extended = {}
  for key, value in pairs(state) do extended[key] = value end
  local follows = link.of(step)
  if follows then
    extended.link = follows
  elseif type(step) == "string" then
    extended.next = step
  else
    errors.wrong(":next(…): expected text or book(…), got " .. objects.describe(step))
  end
  return verdict.new(extended)
end

for _, kind in ipairs { "healthy", "unfit", "unclear" } do
  verdicts[kind] = function(text, ...) return verdict.new { kind = kind, text = format(kind, text, ...) } end
end

-- What diagnose returned (several values, or one list) as { verdict, findings, text }.
function verdicts.collect(...)
  local given = { ... }
  local count = select("#", ...)
  if count == 1 and type(given[1]) == "table" and not objects.name_of(given[1]) then
    given = given[1]
    count = #given
  end
  if count == 0 then errors.wrong "diagnose returned nothing; return finding, healthy, unfit or unclear" end
  local findings = data.list {}
  for at = 1, count do
    local state = verdict.of(given[at])
    if not state then
      errors.wrong("diagnose: expected finding, healthy, unfit or unclear, got " .. objects.describe(given[at]))
    end
    if state.kind ~= "finding" then
      if count > 1 then errors.wrong("diagnose: " .. state.kind .. " stands alone; only findings come in numbers") end
      return { verdict = state.kind, findings = findings, text = state.text, next = state.next, link = state.link }
    end
    findings[at] = { name = state.name, text = state.text, next = state.next, link = state.link }
  end
  return { verdict = "finding", findings = findings, text = findings[1].text }
end

return verdicts
