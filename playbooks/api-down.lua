--- The API does not answer, or answers with errors: which instance, why, and the gentlest way back.
---
--- It tells the causes apart, and looks at the logs before anything is restarted: an instance was killed for its memory; a release of
--- the last hour does not come up; a variable is missing; the database or Redis is what fails; an instance is down and does not say
--- why. Instances are taken one at a time, the next only when the one before is healthy.

-- What the log of an instance tells, and the words for it.
local NO_SETTING = { "missing env", "environment variable", "must be set" }
local NO_DATABASE = { "too many connections", "connection refused*5432", "remaining connection slots" }
local NO_REDIS = { "connection refused*6379", "OOM command not allowed" }
local PANICS = { "panic", "fatal" }

local function words()
  local all = {}
  for _, list in ipairs { NO_SETTING, NO_DATABASE, NO_REDIS, PANICS } do
    for _, word in ipairs(list) do all[#all + 1] = word end
  end
  return all
end

-- A line of the log that holds one of these words; nil when none does.
local function told(log, list)
  for _, word in ipairs(list) do
    local match = log and log.matches[word]
    if match and match.count > 0 then return match.example end
  end
end

local function is_ill(state) return not state.running or state.restarts > 0 and state.up_seconds < 60 or state.health and state.health.status == "unhealthy" end

-- The instances with what was read of each, those that are ill.
local function ill_ones(found)
  local ill = {}
  for at, one in ipairs(found.states or {}) do
    if one.value and is_ill(one.value) then
      ill[#ill + 1] = { target = one.target, state = one.value, log = found.logs and found.logs[at].value,
        before = found.before and found.before[at].value }
    end
  end
  return ill
end

local function first_told(ill, list)
  for _, one in ipairs(ill) do
    local line = told(one.log, list)
    if line then return line end
  end
end

local function those(ill, is_it)
  local list = {}
  for _, one in ipairs(ill) do
    if is_it(one) then list[#list + 1] = one end
  end
  return list
end

local function killed_for_memory(one) return one.state.oom_killed end

local function is_fresh(arg)
  return function(one)
    local previous = one.before and one.before.previous
    return previous and one.state.age_seconds < arg.fresh_minutes * 60
  end
end

local function healthy_again(arg)
  return {
    check.health(arg.api):deep(arg.path).status:is "up",
  }
end

local function runs(instance) return { check.container(instance):state().health.status:is "healthy" } end

-- The limits and images differ from one instance to the next, so each change is made for its own.
local function one_by_one(list, make)
  local targets, by_name = {}, {}
  for at, one in ipairs(list) do
    targets[at], by_name[tostring(one.target)] = one.target, one
  end
  return change.across(targets, { at_a_time = 1, check = runs, within = "60s" }, function(target) return { make(target, by_name[tostring(target)]) } end)
end

return playbook "api-down" {
  alerts = { "APIDown", "APIErrorRateHigh" },
  severity = "SEV-1",
  owner = "backend on-call",

  inputs = {
    instances = input.container("the API's containers, behind one address"):many():default "tag:backend",
    api = input.http "the address that its users reach",
    path = input.text("the path that says how it is"):default "/health",
    fresh_minutes = input.number("how young a container may be to be a release under suspicion"):default(60),
  },

  findings = {
    ["out-of-memory"] = "an instance was killed because it reached its memory limit",
    ["bad-release"] = "an instance that was made anew a short while ago does not come up",
    ["setting-missing"] = "an instance says that a variable of its environment is missing",
    ["database"] = "the instances run, and the database refuses them",
    ["redis"] = "the instances run, and Redis refuses them",
    ["instance-down"] = "an instance is down, and its log does not say why",
    ["edge"] = "all instances are well, and their users do not reach them",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.api):deep(arg.path),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 200, match = words() } end),
      before = parallel.map(arg.instances, function(one) return see.container(one):previous_image() end),
    }
  end,

  diagnose = function(found, arg)
    if not found.states then return unclear "no instance could be looked at" end
    local ill, all = ill_ones(found), #arg.instances
    local well = found.health and found.health.status == "up"
    if #ill == 0 and well then return healthy("all %d instances run, and it says that it is up", all) end

    local causes = {}
    local function add(name, ...) causes[#causes + 1] = finding(name, ...) end
    local killed = those(ill, killed_for_memory)
    if #killed > 0 then add("out-of-memory", "%d of %d instances, with a limit of %d bytes", #killed, all, killed[1].state.memory_limit) end
    local fresh = those(ill, is_fresh(arg))
    if #fresh > 0 then
      add("bad-release", "%d of %d instances run %s for less than %d minutes; before it there was %s", #fresh, all, fresh[1].state.image,
        arg.fresh_minutes, fresh[1].before.previous.tags[1] or "an image without a name")
    end
    local setting, database, redis = first_told(ill, NO_SETTING), first_told(ill, NO_DATABASE), first_told(ill, NO_REDIS)
    if setting then
      causes[#causes + 1] = finding("setting-missing", "%s", setting):next "compare the keys of its environment with those of an instance that runs"
    end
    if database then causes[#causes + 1] = finding("database", "%s", database):next "who holds the database's connections, and is its primary up?" end
    if redis then causes[#causes + 1] = finding("redis", "%s", redis):next(book "redis-down") end
    if #causes == 0 and #ill > 0 then
      add("instance-down", "%d of %d instances: %s", #ill, all, first_told(ill, PANICS) or ill[1].state.status)
    end
    if #causes > 0 then return causes end
    return finding("edge", "%d instances run, and %s", all, found.health and "it says " .. found.health.status or found:why "health")
      :next "look at the proxy in front of them, and at what the health document says is down"
  end,

  mitigations = {
    mitigation "more-memory" {
      answers = { "out-of-memory" },
      asks = {
        limit = ask.bytes("the memory limit of each", function(found)
          local killed = those(ill_ones(found), killed_for_memory)
          return killed[1] and killed[1].state.memory_limit * 2 or 512 * 1024 * 1024
        end),
      },
      plan = function(found, _, chosen)
        local plan = {}
        for _, one in ipairs(those(ill_ones(found), killed_for_memory)) do
          plan[#plan + 1] = change.container_memory(one.target, { to = chosen.limit, comment = "the host must have that much to spare" })
          plan[#plan + 1] = one.state.running and change.container_restart(one.target) or change.container_start(one.target)
        end
        return plan
      end,
      verify = healthy_again,
      within = "90s",
      holds = "5s",
    },
    mitigation "previous-release" {
      answers = { "bad-release" },
      warning = "Migrations of the database that the release made are not taken back.",
      plan = function(found, arg)
        return {
          one_by_one(those(ill_ones(found), is_fresh(arg)), function(target, one)
            return change.container_image(target, { to = one.before.previous.tags[1] })
          end),
        }
      end,
      verify = healthy_again,
      within = "90s",
      holds = "5s",
    },
    mitigation "restart-one-by-one" {
      answers = { "instance-down" },
      not_while = { "database", "redis" },
      plan = function(found)
        return {
          one_by_one(ill_ones(found), function(target, one)
            return one.state.running and change.container_restart(target) or change.container_start(target)
          end),
        }
      end,
      verify = healthy_again,
      within = "90s",
      holds = "5s",
    },
  },

  follow_up = {
    after("10m", "An outage of more than 10 minutes gets a postmortem: time to detect, time to recover."),
  },
}
