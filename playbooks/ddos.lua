--- Far more requests come than usual: from a few addresses, which can be kept out, or from many, which is for whoever is in front.
---
--- Requests and connections are counted where they arrive. What stands out is kept out at the firewall for a while; the limit of the
--- service is tightened where it is the service that suffers. A flood from everywhere is no matter for one host: then it says so, and
--- who has to be called.

local visitors = require "_visitors"

local FEW = 10

return playbook "ddos" {
  alerts = { "TrafficFlood", "RequestRateHigh" },
  severity = "SEV-1",
  owner = "infra on-call",

  inputs = {
    proxy = input.ssh "the host at which requests arrive",
    log = input.text("the access log of its proxy"):default "/var/log/nginx/access.log",
    holding = input.text("only requests that hold this"):default "/",
    window = input.text("over what time they are counted"):default "1m",
    site = input.http "what its users reach",
    usual = input.number("how many requests in a minute are usual"):default(600),
    times = input.number("how many times as many are a flood"):default(5),
    firewall = input.ssh("the host whose ufw keeps addresses out"):optional(),
    instances = input.container("the containers that limit requests"):many():optional(),
    key = input.text("the variable that says how many requests in a minute they take"):default "RATE_LIMIT_PER_MINUTE",
  },

  findings = {
    ["few-sources"] = "a few addresses make most of the requests",
    ["many-sources"] = "the requests come from many addresses, and none stands out",
  },

  evidence = function(see, arg)
    local host = see.host(arg.proxy)
    return {
      asked = host:requests(visitors.asked(arg)),
      sockets = host:sockets(10),
      load = host:load(),
      answer = see.http(arg.site):get("/"),
      rules = arg.firewall and see.host(arg.firewall):firewall(),
      states = arg.instances and parallel.map(arg.instances, function(one) return see.container(one):state() end),
    }
  end,

  diagnose = function(found, arg)
    local asked = found.asked
    if not asked then return unclear("nobody knows how many requests come: " .. found:why "asked") end
    local text = ("%.0f requests in a minute from %d addresses, %.1f times the usual"):format(asked.per_minute, asked.addresses, asked.per_minute / arg.usual)
    if asked.per_minute < arg.usual * arg.times then return healthy("%s", text) end
    if found.sockets then text = ("%s; %d connections"):format(text, found.sockets.connections) end
    if not found.answer then text = text .. "; it does not answer any more" end
    local list = visitors.who_stand_out(asked, arg.usual / 10)
    if #list > 0 and #list <= FEW and visitors.share(list, asked) > 0.5 then
      return finding("few-sources", "%s; of these %s", text, visitors.names(list))
    end
    return finding("many-sources", "%s", text):next "call the provider or the CDN in front: what arrives at the host has already taken the line"
  end,

  mitigations = {
    mitigation "keep-out" {
      answers = { "few-sources" },
      needs = { "firewall" },
      asks = { lasts = ask.text("for how long", function() return "2h" end) },
      warning = "All who share such an address are kept out, too.",
      plan = function(found, arg, chosen) return visitors.keep_out(arg.firewall, visitors.who_stand_out(found.asked, arg.usual / 10), chosen.lasts) end,
      verify = function(arg) return { check.host(arg.proxy):requests(visitors.asked(arg)).per_minute:below(arg.usual * arg.times) } end,
      within = "5m",
    },

    mitigation "tighten" {
      purpose = "hold",
      needs = { "instances" },
      asks = { limit = ask.number("how many requests in a minute an address may make", function() return 10 end) },
      warning = "Counts for everybody: clients that ask a lot and may are refused, too.",
      plan = function(found, arg, chosen) return visitors.tighten(found, arg, chosen.limit) end,
      verify = visitors.tightened,
      within = "90s",
    },
  },

  follow_up = {
    after("2h", "Look whether it is over before those who were kept out come back."),
    after("1d", "Set the limit back, or write it where it is deployed from."),
  },
}
