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

return playbook "rollback" {
  alerts = {},
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    instances = input.container("the containers of the release"):many():default "tag:backend",
    updater = input.container("what pulls new releases by itself"):optional(),
    api = input.http "the address that its users reach",
  },

  findings = {
    ["ill"] = "the service is not well, and there is a release to go back to",
    ["nowhere-to-go"] = "the engine has no image from before for an instance",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.api):deep(),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 200 } end),
      before = parallel.map(arg.instances, function(one) return see.container(one):previous_image() end),
      updater = arg.updater and see.container(arg.updater):state(),
    }
  end,

  diagnose = function(found)
    if not (found.before and found.states) then return unclear "the instances cannot be looked at" end
    for at, one in ipairs(found.before) do
      local failed = one.error or found.states[at].error
      if failed then return unclear("%s cannot be looked at: %s", tostring(one.target), failed.message) end
    end
    local well = found.health and found.health.status == "up"
    if well and is_back(found) then return healthy "it says that it is up, and the engine has a newer release than the one that runs" end
    for _, one in ipairs(found.before) do
      if not previous(one) then
        return finding("nowhere-to-go", "%s: no older image of %s", tostring(one.target), one.value.repository)
          :next "pull the image of the release before on its host, and begin anew"
      end
    end
    if well then return unclear "it says that it is up; only a person can know that the release is bad all the same" end
    return finding("ill", "%s", found.health and "it says " .. found.health.status or found:why "health")
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
  },

  follow_up = {
    after("1d", "Mend the release, and start again what pulls new ones."),
  },
}
