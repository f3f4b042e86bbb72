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

-- What measures the share of requests that fail, where somebody does. As a reading, and as a check that it is not too large.
function instances.share(see, arg) return arg.prometheus and see.prometheus(arg.prometheus):query(arg.errors) end

-- "40.0 % of its requests fail", when those are too many; nil when they are not, or nobody knows.
function instances.failing(found, arg)
  local share = arg.prometheus and found.share and found.share.value
  if share and share > arg.most_errors then return ("%.1f %% of its requests fail"):format(share * 100) end
end

-- A silence of the service's alerts, while somebody works on it.
function instances.silence(arg, chosen)
  return { change.alertmanager_silence(arg.alertmanager, { arg.alerts }, chosen.lasts, chosen.comment) }
end

function instances.silenced(arg, chosen)
  return { check.alertmanager(arg.alertmanager):silence({ arg.alerts }, chosen.comment).state:is "active" }
end

-- The service is well for its users, and each instance is ready.
function instances.all_well(arg)
  local checks = { check.health(arg.api):deep().status:is "up" }
  if arg.prometheus then
    checks[#checks + 1] = check.prometheus(arg.prometheus):query(arg.errors).value:at_most(arg.most_errors)
  end
  for _, instance in ipairs(arg.instances) do
    checks[#checks + 1] = check.container(instance):state().ready:is(true)
  end
  return checks
end

return instances
