--- A service cannot be reached, and the firewall of its host (ufw) may be what keeps its clients out.
---
--- Of ufw's rules the first that fits decides, so that one is looked for: for this port, and for who asks from where. It is deleted, and
--- no other. The host puts it back by itself unless somebody can still log in afterwards. Whether anything listens behind it is asked
--- first: a firewall is often blamed for a service that is down.

local function listens(found, arg)
  for _, socket in ipairs(found.sockets.listening) do
    if socket.port == arg.port then return true end
  end
  return false
end

local function who(arg) return arg.from and "who comes from " .. arg.from or "who comes from anywhere" end

return playbook "ufw-blocks" {
  alerts = { "ServiceUnreachable" },
  severity = "SEV-2",
  owner = "infra on-call",

  inputs = {
    host = input.ssh "the host that the service runs on",
    service = input.http "the service, as it is reached from here",
    port = input.number("the port of that host that it is reached by"):default(443),
    from = input.text("the address of a client that does not reach it; anybody's, when left out"):optional(),
  },

  findings = {
    ["nothing-listens"] = "nothing listens there, whatever the firewall says",
    ["rule-denies"] = "a rule of ufw keeps it out",
    ["application-rule-denies"] = "a rule of ufw keeps it out that names no port, but an application",
    ["no-rule-allows"] = "no rule of ufw lets it in, and the default is to keep it out",
    ["not-the-firewall"] = "it listens, ufw lets it in, and it cannot be reached all the same",
  },

  evidence = function(see, arg)
    local host = see.host(arg.host)
    return {
      probe = see.net(arg.service):tcp_probe(),
      rules = host:ufw_rules { port = arg.port, from = arg.from },
      sockets = host:sockets(200),
    }
  end,

  diagnose = function(found, arg)
    if not found.rules then return unclear("nobody knows what ufw lets in: " .. found:why "rules") end
    if not found.sockets then return unclear("nobody knows what listens there: " .. found:why "sockets") end
    local rules, rule = found.rules, found.rules.decides
    if found.probe and not (arg.from and rules.blocked) then return healthy("%s accepts connections", found.probe.address) end
    if not listens(found, arg) then
      return finding("nothing-listens", "nothing on %s listens at port %d", tostring(arg.host), arg.port):next "start the service, or ask at another port"
    end
    if not rules.blocked then
      return finding("not-the-firewall", rules.active and "ufw lets in %s, and it cannot be reached" or "ufw is not active, and %s cannot reach it", who(arg))
        :next "look at what lies between: the provider's firewall, the route, and what docker publishes, which passes by ufw"
    end
    if not rule then
      return finding("no-rule-allows", "no rule lets in %s at port %d, and the default is to %s", who(arg), arg.port, rules.incoming)
        :next "decide who may come in, then let them: ufw allow"
    end
    if not rule.rule then
      return finding("application-rule-denies", "rule %d of ufw, for %s, is to %s", rule.number, rule.app, rule.action)
        :next "delete it by its number, after a look at ufw status numbered"
    end
    return finding("rule-denies", "rule %d of ufw: %s", rule.number, rule.rule)
  end,

  mitigations = {
    mitigation "delete-rule" {
      answers = { "rule-denies" },
      asks = { seconds = ask.number("after how many seconds the host puts it back when nobody can log in", function() return 60 end) },
      warning = "Somebody wrote that rule. Whatever else it keeps out comes in again, too.",
      plan = function(found, arg, chosen)
        local rule = found.rules and found.rules.decides
        return rule and { change.ufw_delete(arg.host, { rule = rule.rule, unless_confirmed = chosen.seconds }) } or {}
      end,
      verify = function(arg)
        return {
          check.net(arg.service):tcp_probe().ms:at_least(0),
          check.host(arg.host):ufw_rules({ port = arg.port, from = arg.from }).blocked:is(false),
        }
      end,
      within = "30s",
      holds = "3s",
    },
  },

  follow_up = { after("1d", "Who added the rule, and what for? Let the next one say so: change.ufw_rule takes a label.") },
}
