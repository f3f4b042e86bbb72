--- A few clients ask a service far more often than the others: a scraper, a broken client, somebody who tries passwords.
---
--- The access log of the proxy tells who. A few addresses are kept out at the firewall, for a while that ends by itself; where there are
--- many, the limit of the service itself is tightened, one instance after the other. The users behind one address of an office or a
--- provider are kept out with the one who is meant, so who is kept out is always shown first.

local visitors = require "_visitors"

local FEW = 5

return playbook "ratelimit-tighten" {
  alerts = { "RateLimitSpike", "LoginBruteForce" },
  severity = "SEV-3",
  owner = "backend on-call",

  inputs = {
    proxy = input.ssh "the host of the proxy through which everybody comes",
    log = input.text("its access log"):default "/var/log/nginx/access.log",
    holding = input.text("only requests that hold this, such as /api/auth/login"):default "/",
    window = input.text("over what time they are counted"):default "5m",
    most = input.number("from how many in a minute on an address asks too often"):default(120),
    firewall = input.ssh("the host whose ufw keeps addresses out"):optional(),
    instances = input.container("the containers that limit requests"):many():optional(),
    key = input.text("the variable that says how many requests in a minute they take"):default "RATE_LIMIT_PER_MINUTE",
  },

  findings = {
    ["few-addresses"] = "a few addresses ask far more often than the others",
    ["many-addresses"] = "many addresses ask too often",
  },

  evidence = function(see, arg)
    return {
      asked = see.host(arg.proxy):requests(visitors.asked(arg)),
      rules = arg.firewall and see.host(arg.firewall):firewall(),
      states = arg.instances and parallel.map(arg.instances, function(one) return see.container(one):state() end),
    }
  end,

  diagnose = function(found, arg)
    local asked = found.asked
    if not asked then return unclear("nobody knows who asks: " .. found:why "asked") end
    if asked.highest <= arg.most then return healthy("%.0f requests in a minute, and no address makes more than %.0f of them", asked.per_minute, asked.highest) end
    local limiter = asked.refused > 0 and ("the limiter refuses %.0f %% of all"):format(100 * asked.refused / asked.count) or "the limiter refuses none"
    local list = visitors.who_stand_out(asked, arg.most)
    if #list > 0 and #list <= FEW then return finding("few-addresses", "%s; %s", visitors.names(list), limiter) end
    return finding("many-addresses", "%d addresses make %.0f requests in a minute; %s", asked.addresses, asked.per_minute, limiter)
  end,

  mitigations = {
    mitigation "keep-out" {
      answers = { "few-addresses" },
      needs = { "firewall" },
      asks = { lasts = ask.text("for how long", function() return "2h" end) },
      warning = "All who share such an address are kept out, too.",
      plan = function(found, arg, chosen) return visitors.keep_out(arg.firewall, visitors.who_stand_out(found.asked, arg.most), chosen.lasts) end,
      verify = function(arg) return { check.host(arg.proxy):requests(visitors.asked(arg)).highest:at_most(arg.most) } end,
      within = "10m",
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
    after("1d", "Set the limit back, or write it where it is deployed from."),
    after("1d", "Ask whose addresses those are, before they are kept out for good."),
  },
}
