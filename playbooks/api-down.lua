--- The API does not answer, or answers with errors: which instance, why, and the gentlest way back.
---
--- It looks at the logs before anything is restarted, and tells the causes apart: an instance was killed for its memory; a variable is
--- missing; the database, Redis or something else that it needs fails; a release of the last hour does not come up; an instance is down
--- and does not say why; or all are well and their users do not get to them, or get errors. Instances are taken one at a time, the next only when
--- the one before is ready.

local instances = require "_instances"

-- What the log of an instance tells, and the words for it.
local NO_SETTING = { "environment variable", "missing env", "must be set" }
local NO_DATABASE = { "too many connections", "remaining connection slots", "connection refused*5432" }
local NO_REDIS = { "connection refused*6379", "OOM command not allowed" }
local PANIC = { "panic", "fatal" }

-- How health documents name the two that have playbooks of their own.
local DATABASE = { database = true, db = true, postgres = true, postgresql = true }
local REDIS = { redis = true, cache = true }

local function words()
  local all = {}
  for _, list in ipairs { NO_SETTING, NO_DATABASE, NO_REDIS, PANIC } do
    for _, word in ipairs(list) do all[#all + 1] = word end
  end
  return all
end

local function mib(bytes) return ("%.0f MiB"):format(bytes / 1024 / 1024) end

local function is_ill(state)
  local comes_and_goes = state.restarts > 0 and (state.oom_killed or (state.up_seconds or 0) < 60)
  return not state.running or comes_and_goes or state.health and state.health.status == "unhealthy"
end

local function those(list, is_it)
  local kept = {}
  for _, one in ipairs(list) do
    if is_it(one) then kept[#kept + 1] = one end
  end
  return kept
end

-- The instances that could be looked at, each { target, state, log, before }.
local function all_of(found)
  local all = {}
  for at, one in ipairs(found.states) do
    if one.value then
      all[#all + 1] = { target = one.target, state = one.value, log = found.logs[at].value, before = found.before[at].value }
    end
  end
  return all
end

local function ill_ones(found) return those(all_of(found), function(one) return is_ill(one.state) end) end

-- Those that a mitigation is for; where it is not called for, what else is ill, or all of them.
local function meant(found, is_it)
  for _, list in ipairs { those(ill_ones(found), is_it), ill_ones(found) } do
    if #list > 0 then return list end
  end
  return all_of(found)
end

-- A line of the log that holds one of these words; nil when none does.
local function line_with(list, log)
  for _, word in ipairs(list) do
    local match = log and log.matches[word]
    if match and match.count > 0 then return match.example end
  end
end

-- The same of the first that says it, with the name of the instance.
local function told(list, ill)
  for _, one in ipairs(ill) do
    local line = line_with(list, one.log)
    if line then return ("%s says: %s"):format(tostring(one.target), line) end
  end
end

local function names(list)
  local all = {}
  for at, one in ipairs(list) do all[at] = tostring(one.target) end
  return table.concat(all, ", ")
end

local function lacks_setting(one) return line_with(NO_SETTING, one.log) ~= nil end
local function was_killed(one) return one.state.oom_killed end

local function has_previous(one) return one.before and one.before.previous end
local function is_fresh(one) return has_previous(one) and one.state.age_seconds < 60 * 60 end

-- A variable that another instance has, and that this one does not.
local function missing_setting(found)
  local lacking = those(ill_ones(found), lacks_setting)[1]
  if not lacking then return nil end
  local line = line_with(NO_SETTING, lacking.log)
  for _, one in ipairs(found.states) do
    for name in pairs(one.value and one.value.env_keys or {}) do
      if not lacking.state.env_keys[name] and line:find(name, 1, true) then return name end
    end
  end
  return line:match "%f[%w_]%u[%u%d]*_[%u%d_]+"
end

local function roomier(found)
  local limit = meant(found, was_killed)[1].state.memory_limit
  return limit > 0 and limit * 2 or nil
end

-- What fails that the service needs: by its health document, and by the logs of the ill.
local function needs(found, ill)
  local database, redis, others = told(NO_DATABASE, ill), told(NO_REDIS, ill), {}
  for _, name in ipairs(found.health and found.health.down or {}) do
    if DATABASE[name:lower()] then
      database = database or ("the health document says that %s is down"):format(name)
    elseif REDIS[name:lower()] then
      redis = redis or ("the health document says that %s is down"):format(name)
    else
      others[#others + 1] = name
    end
  end
  return database, redis, others
end

local function with_setting(found, key, value)
  return instances.one_by_one(meant(found, lacks_setting), function(one)
    return { change.container_env(one.target, { key = key, to = value }) }
  end)
end

return playbook "api-down" {
  alerts = { "APIDown", "APIErrorRateHigh" },
  severity = "SEV-1",
  owner = "backend on-call",

  inputs = {
    instances = input.container("the API's containers, behind one address"):many():default "tag:backend",
    api = input.http "the address that its users reach",
    prometheus = input.prometheus("what measures its requests"):optional(),
    errors = input.text("the share of its requests that fail, as a query")
      :default "(sum(rate(http_requests_total{code=~'5..'}[1m])) or vector(0)) / sum(rate(http_requests_total[1m]))",
    most_errors = input.number("the share that may fail"):default(0.02),
    alertmanager = input.alertmanager("what sends its alerts"):optional(),
    alerts = input.text("which of them are its own, as amtool writes it"):default 'alertname=~"API.*"',
  },

  findings = {
    ["out-of-memory"] = "an instance was killed because it reached its memory limit",
    ["setting-missing"] = "an instance says that a variable of its environment is missing",
    ["database"] = "the database refuses it",
    ["redis"] = "Redis refuses it",
    ["dependency"] = "something else that it needs is down",
    ["bad-release"] = "an instance that was made less than an hour ago does not come up",
    ["instance-down"] = "an instance is down, and nothing says why",
    ["failing-requests"] = "all instances are well, and too many of its requests fail",
    ["edge"] = "all instances are well, and their users do not get to them",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.api):deep(),
      share = instances.share(see, arg),
      firing = arg.alertmanager and see.alertmanager(arg.alertmanager):alerts(),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 200, match = words() } end),
      before = parallel.map(arg.instances, function(one) return see.container(one):previous_image() end),
    }
  end,

  diagnose = function(found, arg)
    if not (found.states and found.logs and found.before) then return unclear "the instances cannot be looked at" end
    for _, one in ipairs(found.states) do
      if one.error then return unclear("%s cannot be looked at: %s", tostring(one.target), one.error.message) end
    end
    local ill, all = ill_ones(found), #arg.instances
    local health, failing = found.health and found.health.status, instances.failing(found, arg)
    if #ill == 0 and health == "up" and not failing then return healthy("all %d instances run, and it says that it is up", all) end

    local causes = {}
    local function add(cause) causes[#causes + 1] = cause end

    local killed = those(ill, was_killed)
    if #killed > 0 then add(finding("out-of-memory", "%s, at a limit of %s", names(killed), mib(killed[1].state.memory_limit))) end
    local setting = told(NO_SETTING, ill)
    if setting then
      add(finding("setting-missing", "%s", setting):next "compare the names in its environment with those of an instance that runs")
    end
    local database, redis, others = needs(found, ill)
    if database then add(finding("database", "%s", database):next "is its primary up, and who holds its connections?") end
    if redis then add(finding("redis", "%s", redis):next(book "redis-down")) end
    if #others > 0 then
      add(finding("dependency", "the health document says that %s is down", table.concat(others, ", "))
        :next "look at that first: a restart does not mend it")
    end
    local fresh = those(ill, is_fresh)
    if #fresh > 0 then
      add(finding("bad-release", "%s: made with %s %.0f minutes ago; before it there was %s", names(fresh), fresh[1].state.image,
        fresh[1].state.age_seconds / 60, instances.image_name(fresh[1].before.previous)))
    end
    if #ill > 0 and #causes == 0 then
      local how = ill[1].state.running and "runs, and is not well" or ill[1].state.status
      add(finding("instance-down", "%s; %s", told(PANIC, ill) or names(ill) .. ": " .. how,
        failing or health == "up" and "users are still served" or "users are not served"))
    end
    if #causes == 0 and health == "up" then
      add(finding("failing-requests", "%s", failing)
        :next "what do the failing ones have in common? If it began with a release, go back to the one before":next(book "rollback"))
    elseif #causes == 0 then
      add(finding("edge", "%s", health and "it says " .. health or found:why "health"):next "look at the proxy in front of them")
    end
    return causes
  end,

  mitigations = {
    mitigation "more-memory" {
      answers = { "out-of-memory" },
      asks = { limit = ask.bytes("the memory limit of each, in bytes or as 512mb", roomier) },
      plan = function(found, arg, chosen)
        return instances.one_by_one(meant(found, was_killed), function(one)
          return {
            change.container_memory(one.target, { to = chosen.limit, comment = "the host must have that much to spare" }),
            one.state.running and change.container_restart(one.target) or change.container_start(one.target),
          }
        end)
      end,
      verify = instances.all_well,
      within = "90s",
      holds = "5s",
    },
    mitigation "add-setting" {
      answers = { "setting-missing" },
      asks = { key = ask.text("the variable", missing_setting), value = ask.text "its value, when it is no secret" },
      plan = function(found, arg, chosen) return with_setting(found, chosen.key, chosen.value) end,
      verify = instances.all_well,
      within = "90s",
      holds = "5s",
    },
    mitigation "add-secret" {
      answers = { "setting-missing" },
      asks = { key = ask.text("the variable", missing_setting), secret = ask.text "the name in [secrets] of the inventory" },
      plan = function(found, arg, chosen) return with_setting(found, chosen.key, { secret = chosen.secret }) end,
      verify = instances.all_well,
      within = "90s",
      holds = "5s",
    },
    mitigation "previous-release" {
      answers = { "bad-release" },
      warning = "What the release changed in the database stays as it is.",
      plan = function(found)
        return instances.one_by_one(those(meant(found, is_fresh), has_previous), function(one)
          return { change.container_image(one.target, { to = instances.image_name(one.before.previous) }) }
        end)
      end,
      verify = instances.all_well,
      within = "90s",
      holds = "5s",
    },
    mitigation "restart-one-by-one" {
      answers = { "instance-down" },
      not_while = { "database", "redis", "dependency" },
      plan = function(found)
        return instances.one_by_one(meant(found, function() return true end), function(one)
          return { one.state.running and change.container_restart(one.target) or change.container_start(one.target) }
        end)
      end,
      verify = instances.all_well,
      within = "90s",
      holds = "5s",
    },
    mitigation "silence" {
      purpose = "hold",
      needs = { "alertmanager" },
      asks = {
        lasts = ask.duration("for how long at most", "1h"),
        comment = ask.text("why, for those who wonder where the alerts are", "api-down: somebody is at it"),
      },
      plan = function(_, arg, chosen) return instances.silence(arg, chosen) end,
      verify = instances.silenced,
    },
  },

  follow_up = {
    after("10m", "An outage of more than 10 minutes gets a postmortem: time to detect, time to recover."),
  },
}
