-- The worker's own program: loads the rest of the standard library and the playbook, then serves the engine's phases.
local host, load_id, load_body = ...

local imported = {}
local library = load_body.library

-- A module of the standard library.
local function import(name)
  if imported[name] == nil then
    if not library[name] then error("there is no " .. name .. ".lua", 0) end
    local chunk, problem = host.compile_own(library[name], "=stdlib/" .. name .. ".lua")
    if not chunk then error(problem, 0) end
    library[name] = nil
    imported[name] = chunk(host, import)
  end
  return imported[name]
end

local errors = import "errors"
local objects = import "objects"
local fiber = import "fiber"
local readings = import "readings"
local rows = import "rows"
local checks = import "checks"
local changes = import "changes"
local groups = import "groups"
local plans = import "plans"
local verdicts = import "verdicts"
local slots = import "slots"
local inputs = import "inputs"
local playbooks = import "playbooks"
local phases = import "phases"
local secrets = import "secrets"
local sandbox = import "sandbox"

local environment
local loading = false
local modules = {}  -- of the playbook's folder: name → { value }, or "loading"

-- Asks the engine for a module beside the playbook; its file and source.
local function fetch(name)
  host.send("require", 0, { name = name })
  local kind, _, body = host.receive()
  if kind ~= "module" then error("expected a module, got " .. kind, 0) end
  return body
end

local function run_file(file, source)
  slots.keep_source(file, source)
  local chunk, problem = host.compile(source, "@" .. file, environment)
  if not chunk then
    local line, text = problem:match "^[^\n]-:(%d+): (.*)$"  -- in front of it is the file's name, cut when it is long
    error(errors.new("playbook", text or problem, file .. ":" .. (line or 1)), 0)
  end
  return chunk()
end

-- require of a playbook: a module beside it, while loading only.
local function require_beside(name)
  if type(name) ~= "string" or not name:match "^[%w_-]+$" then
    errors.wrong("require wants the name of a module beside the playbook, got " .. objects.describe(name))
  end
  if not loading then errors.wrong("require works while the playbook loads only") end
  if modules[name] == "loading" then errors.wrong(name .. " requires itself") end
  if not modules[name] then
    local where = errors.where()
    local module = fetch(name)
    if module.error then errors.wrong(module.error, where) end
    modules[name] = "loading"
    modules[name] = { run_file(module.file, module.source) }
  end
  return modules[name][1]
end

local function make_environment(body)
  local kinds = { text = true, number = true }
  for _, list in ipairs { body.rows, body.changes } do
    for _, row in ipairs(list) do
      if rows.is_target_kind(row.kind) then kinds[row.kind] = true end
    end
  end
  local check = checks.namespace(body.rows)
  return sandbox.environment {
    playbook = playbooks.playbook, mitigation = playbooks.mitigation, after = playbooks.after,
    input = inputs.inputs(kinds), users_of = inputs.users_of, container_of = inputs.container_of, host_of = inputs.host_of, ask = inputs.asks,
    finding = verdicts.finding, healthy = verdicts.healthy, unfit = verdicts.unfit, unclear = verdicts.unclear,
    book = verdicts.book,
    change = changes.namespace(body.changes, function(makers) groups.add(makers, check) end), check = check,
    barrier = plans.barrier, manual = plans.manual,
    parallel = readings.parallel, same_secret = secrets.same, secret = secrets.named, require = require_beside,
  }
end

local function look(row, target, args) return readings.start(row, target, args) end

local function load(body)
  fiber.limit(body.in_flight)
  local words
  environment, words = make_environment(body)
  loading = true
  local book = playbooks.of((run_file(body.file, body.source)))
  loading = false
  if not book then errors.wrong('the file does not return a playbook; it ends with `return playbook "name" { … }`', body.file .. ":1") end
  verdicts.declare(book.spec.findings)
  phases.begin(book, rows.subjects("see", body.rows, look))
  for _, name in ipairs(body.modules or {}) do import(name).begin(book, body.rows, words) end
  return playbooks.shape(book)
end

local tasks = { load = load, phase = phases.run }

local function answer(kind, id, body)
  local good, result = xpcall(fiber.run, errors.explain, tasks[kind], body)
  if good then
    local sent, problem = pcall(host.send, "done", id, result)
    if sent then return end
    result = errors.explain(problem)
  end
  local text = (result.code == "playbook" and "" or result.code .. ": ") .. result.message
  host.send("failed", id, { message = text:sub(1, 4096), where = result.where })
end

answer("load", load_id, load_body)
while true do
  local kind, id, body = host.receive()
  if kind == "reply" then
    fiber.reply(id, body)
  elseif tasks[kind] then
    answer(kind, id, body)
  end
end
