-- What playbooks share that look after a service which runs as several containers.
local instances = {}

-- How an image is named to get it back: by its name, or by its id when a newer one took the name away.
function instances.image_name(image) return image.tags[1] or image.id end

-- The changes that `make` gives for each of { target, state, … }, one instance after the other, each only when the one before is ready. None
-- for none: then there is nothing that could be done.
function instances.one_by_one(list, make)
  if #list == 0 then return {} end
  local targets, by_name = {}, {}
  for at, one in ipairs(list) do
    targets[at], by_name[tostring(one.target)] = one.target, one
  end
  return { change.across(targets, {
    at_a_time = 1,
    within = "60s",
    check = function(target) return { check.container(target):state().ready:is(true) } end,
  }, function(target) return make(by_name[tostring(target)]) end) }
end

-- The service is well for its users, and each instance is ready.
function instances.all_well(arg)
  local checks = { check.health(arg.api):deep().status:is "up" }
  for _, instance in ipairs(arg.instances) do
    checks[#checks + 1] = check.container(instance):state().ready:is(true)
  end
  return checks
end

return instances
