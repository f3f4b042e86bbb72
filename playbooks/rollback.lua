--- Put back the release that ran before: stability first, forensics later.
---
--- It needs no hypothesis. When nobody has one within five minutes, the release before is the safe place; so it is offered also where
--- everything looks well, one level higher. What pulls new releases by itself is stopped first, or it would bring the bad one back. The
--- containers are made anew one at a time, each with the image that it ran before, and the old ones are kept: the undo is exact.

local function target_image(one) return one.value and one.value.previous and one.value.previous.tags[1] end

local function without_a_way_back(found)
  for _, one in ipairs(found.before or {}) do
    if not target_image(one) then return one end
  end
end

-- Whether every instance runs an image that is older than another one that the engine has.
local function is_back(found)
  for _, one in ipairs(found.before) do
    local newest = one.value and one.value.others[1]
    if not newest or newest.created <= one.value.current.created then return false end
  end
  return true
end

local function runs(instance) return { check.container(instance):state().health.status:is "healthy" } end

return playbook "rollback" {
  alerts = {},
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    instances = input.container("the containers of the release"):many():default "tag:backend",
    updater = input.container("what pulls new releases by itself"):optional(),
    api = input.http "the address that its users reach",
    path = input.text("the path that says how it is"):default "/health",
  },

  findings = {
    ["ill"] = "the service is not well, and there is a release to go back to",
    ["nowhere-to-go"] = "the engine has no image from before for an instance",
  },

  evidence = function(see, arg)
    return {
      health = see.health(arg.api):deep(arg.path),
      states = parallel.map(arg.instances, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 200 } end),
      before = parallel.map(arg.instances, function(one) return see.container(one):previous_image() end),
      updater = arg.updater and see.container(arg.updater):state(),
    }
  end,

  diagnose = function(found)
    if not found.before or not found.states then return unclear "the instances cannot be looked at" end
    local well = found.health and found.health.status == "up"
    if well and is_back(found) then return healthy "it says that it is up, and a newer release is not running" end
    local stuck = without_a_way_back(found)
    if stuck then
      return finding("nowhere-to-go", "%s", stuck.error and stuck.error.message or "no older image of the same repository")
        :next "pull the image of the release before on its host, and begin anew"
    end
    if well then return unclear "it says that it is up; only a person can know that the release is bad all the same" end
    return finding("ill", "%s", found.health and "it says " .. found.health.status or found:why "health")
  end,

  mitigations = {
    mitigation "previous-release" {
      answers = { "ill" },
      warning = "Migrations of the database that the release made are not taken back.",
      plan = function(found, arg)
        local image, targets = {}, {}
        for at, one in ipairs(found.before) do
          image[tostring(one.target)], targets[at] = target_image(one), one.target
        end
        local plan = {}
        if arg.updater and found.updater and found.updater.running then
          plan[1] = change.container_stop(arg.updater, { comment = "start it again when the release is mended" })
        end
        plan[#plan + 1] = change.across(targets, { at_a_time = 1, check = runs, within = "60s" }, function(target)
          return { change.container_image(target, { to = image[tostring(target)] }) }
        end)
        return plan
      end,
      verify = function(arg) return { check.health(arg.api):deep(arg.path).status:is "up" } end,
      within = "90s",
      holds = "5s",
    },
  },

  follow_up = {
    after("1d", "Mend the release, and start again what pulls new ones."),
  },
}
