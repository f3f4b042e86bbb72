--- Put back the release that ran before: stability first, forensics later.
---
--- It needs no hypothesis. When nobody has one within five minutes, the release before is the safe place; so it is offered also where
--- everything looks well, one level higher. What pulls new releases by itself is stopped first, or it would bring the bad one back. The
--- containers are made anew one at a time, each with the image that it ran before; one that does not become healthy ends it there.
--- The old containers are kept, so that the way back is exact.

local instances = require "_instances"

local function previous(one) return one.value and one.value.previous end

-- Whether the engine has a newer release of each than the one that runs.
local function is_back(found)
  for _, one in ipairs(found.before) do
    local newest = one.value and one.value.others[1]
    if not newest or newest.created <= one.value.current.created then return false end
  end
  return true
end

local function with_a_way_back(found)
  local list = {}
  for _, one in ipairs(found.before) do
    if previous(one) then list[#list + 1] = { target = one.target, image = instances.image_name(previous(one)) } end
  end
  return list
end

-- "version 1.5.0", as the service says itself; nil when it does not.
local function version_of(found, arg)
  local answer = arg.version and found.version
  if not answer or answer.status ~= 200 then return nil end
  local said = type(answer.json) == "table" and answer.json.version or answer.body:match "^%s*(%S+)%s*$"
  return said and "version " .. tostring(said)
end

return playbook "rollback" {
  alerts = {},
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    instances = input.container("the containers of the release"):many():default "tag:backend",
    updater = input.container("what pulls new releases by itself"):optional(),
    api = input.http "the address that its users reach",
    prometheus = input.prometheus("what measures its requests"):optional(),
    errors = input.text("the share of its requests that fail, as a query")
      :default "(sum(rate(http_requests_total{code=~'5..'}[1m])) or vector(0)) / sum(rate(http_requests_total[1m]))",
    most_errors = input.number("the share that may fail"):default(0.02),
    alertmanager = input.alertmanager("what sends its alerts"):optional(),
    alerts = input.text("which of them are its own, as amtool writes it"):default 'alertname=~"API.*"',
    version = input.text("the path where it says which version answers, such as /version"):optional(),
  },

  findings = {
    ["ill"] = "the service is not well, and there is a release to go back to",
    ["nowhere-to-go"] = "the engine has no image from before for an instance",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.api):deep(),
      share = instances.share(see, arg),
      firing = arg.alertmanager and see.alertmanager(arg.alertmanager):alerts(),
      version = arg.version and see.http(arg.api):get(arg.version),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 200 } end),
      before = parallel.map(arg.instances, function(one) return see.container(one):previous_image() end),
      updater = arg.updater and see.container(arg.updater):state(),
    }
  end,

  diagnose = function(found, arg)
    if not (found.before and found.states) then return unclear "the instances cannot be looked at" end
    for at, one in ipairs(found.before) do
      local failed = one.error or found.states[at].error
      if failed then return unclear("%s cannot be looked at: %s", tostring(one.target), failed.message) end
    end
    local failing = instances.failing(found, arg)
    local well = found.health and found.health.status == "up" and not failing
    local who = version_of(found, arg) or "it"
    if well and is_back(found) then return healthy("%s says that it is up, and the engine has a newer release than the one that runs", who) end
    for _, one in ipairs(found.before) do
      if not previous(one) then
        return finding("nowhere-to-go", "%s: no older image of %s", tostring(one.target), one.value.repository)
          :next "pull the image of the release before on its host, and begin anew"
      end
    end
    if well then return unclear("%s says that it is up; only a person can know that the release is bad all the same", who) end
    local says = found.health and ("%s says %s"):format(who, found.health.status) or found:why "health"
    return finding("ill", "%s", failing and says .. ", and " .. failing or says)
  end,

  mitigations = {
    mitigation "previous-release" {
      answers = { "ill" },
      warning = "What the release changed in the database stays as it is.",
      plan = function(found, arg)
        local plan = instances.one_by_one(with_a_way_back(found), function(one)
          return { change.container_image(one.target, { to = one.image }) }
        end)
        if #plan > 0 and arg.updater and found.updater and found.updater.running then
          table.insert(plan, 1, change.container_stop(arg.updater, { comment = "start it again when the release is mended" }))
        end
        return plan
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
        comment = ask.text("why, for those who wonder where the alerts are", "rollback: somebody is at it"),
      },
      plan = function(_, arg, chosen) return instances.silence(arg, chosen) end,
      verify = instances.silenced,
    },
  },

  follow_up = {
    after("1d", "Mend the release, and start again what pulls new ones."),
  },
}
