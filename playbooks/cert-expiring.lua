--- A certificate is about to end, or has ended: nothing renewed it, or the proxy still shows the old one.
---
--- What counts is what is shown to clients, not what lies on the disk: a certificate that was renewed and never loaded ends as the old
--- one does. Where the file is newer than what is shown, a reload is enough; else the renewal runs first, and its log says why it did not.

local function ending(one, arg) return one.value and one.value.days_left < arg.days end

-- The certificates of the endpoints that are about to end.
local function ending_ones(found, arg)
  local list = {}
  for _, one in ipairs(found.shown) do
    if ending(one, arg) then list[#list + 1] = one end
  end
  return list
end

local function text_of(one) return ("that of %s has %.1f days left"):format(tostring(one.target), one.value.days_left) end

local function unread(found)
  for _, one in ipairs(found.shown) do
    if one.error then return one end
  end
end

-- How the last renewal ended, and the last that it said.
local function renewal_text(found)
  if not found.renewal then return "cannot be looked at" end
  local said = found.log and found.log.lines[#found.log.lines]
  return said and found.renewal.result .. ", " .. said.message or found.renewal.result
end

local function renewed(arg)
  local checks = {}
  for at, endpoint in ipairs(arg.endpoints) do checks[at] = check.net(endpoint):certificate().days_left:at_least(arg.days) end
  return checks
end

return playbook "cert-expiring" {
  alerts = { "CertificateExpiringSoon" },
  severity = "SEV-3",
  owner = "infra on-call",

  inputs = {
    endpoints = input.http("where clients are shown the certificate"):many(),
    host = input.ssh "the host of the proxy, which renews it",
    file = input.text("the certificate that the proxy loads"):default "/etc/nginx/site.pem",
    days = input.number("from how few days left it is in trouble"):default(14),
    renewal = input.text("the unit that renews it"):default "certbot.service",
    timer = input.text("the timer that starts the renewal"):default "certbot.timer",
    proxy = input.text("the unit that shows it"):default "nginx.service",
  },

  findings = {
    ["not-loaded"] = "it was renewed, and the proxy still shows the old one",
    ["not-renewed"] = "the renewal did not renew it",
    ["no-timer"] = "nothing starts the renewal: its timer does not run",
    ["not-trusted"] = "it has time left, and clients refuse it all the same",
  },

  evidence = function(see, arg)
    local host = see.host(arg.host)
    return {
      shown = parallel.map(arg.endpoints, function(endpoint) return see.net(endpoint):certificate() end),
      file = host:certificate(arg.file),
      timer = host:unit(arg.timer),
      renewal = host:unit(arg.renewal),
      log = host:journal { unit = arg.renewal, lines = 50 },
    }
  end,

  diagnose = function(found, arg)
    if not found.shown then return unclear "no endpoint could be asked" end
    local list, failed = ending_ones(found, arg), unread(found)
    if #list == 0 and failed then return unclear(("nobody knows what %s shows: %s"):format(tostring(failed.target), failed.error.message)) end
    if #list > 0 then
      local first = list[1]
      if found.file and found.file.days_left >= arg.days then
        return finding("not-loaded", "%s, and the file has %.1f", text_of(first), found.file.days_left)
      end
      if found.timer and found.timer.active ~= "active" then
        return finding("no-timer", "%s, and %s is %s", text_of(first), arg.timer, found.timer.active)
      end
      return finding("not-renewed", "%s; %s: %s", text_of(first), arg.renewal, renewal_text(found))
    end
    for _, one in ipairs(found.shown) do
      if not one.value.trusted then
        return finding("not-trusted", "that of %s: %s", tostring(one.target), one.value.why)
          :next "is the chain whole, the name one of those that it holds, the clock right?"
      end
    end
    return healthy("each has at least %d days left, and clients believe it", arg.days)
  end,

  mitigations = {
    mitigation "reload" {
      answers = { "not-loaded" },
      plan = function(found, arg)
        return { change.unit_reload(arg.host, { unit = arg.proxy, comment = "it reads the renewed certificate" }) }
      end,
      verify = renewed,
    },
    mitigation "renew" {
      answers = { "not-renewed", "no-timer" },
      warning = "Authorities count how often one asks: read the log of the last renewal before you run another.",
      plan = function(found, arg)
        return {
          change.unit_run(arg.host, { unit = arg.renewal }),
          change.unit_reload(arg.host, { unit = arg.proxy, comment = "it reads the renewed certificate" }),
        }
      end,
      verify = renewed,
      within = "60s",
    },
  },

  follow_up = { after("1d", "Did the timer run since? A certificate that was renewed by hand ends again.") },
}
