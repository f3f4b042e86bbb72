--- One cause sends a storm of alerts, in which those that matter are not seen.

local kMany = 50
@if changes@
local kComment = "the storm of alerts while the network is mended"
@end@

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    alertmanager = input.alertmanager "where the alerts come together",
  },

  findings = {
    ["storm"] = "more alerts than anybody reads",
  },

  evidence = function(see, arg)
    local alertmanager = see.alertmanager(arg.alertmanager)
    return { active = alertmanager:alerts(), silences = alertmanager:silences() }
  end,

  diagnose = function(found)
    if not found.active then return unclear("%s", found:why "active") end
    if found.active.count > kMany then
      return finding("storm", "%d alerts are active", found.active.count):next "find the one cause that most of them have"
    end
    local silences = found.silences and found.silences.count or 0
    return healthy("%d alerts are active, %d silences in force", found.active.count, silences)
  end,
@if changes@

  mitigations = {
    mitigation "silence" {
      answers = { "storm" },
      warning = "What is silenced is not seen by anybody until the silence ends.",
      plan = function(_, arg)
        return { change.alertmanager_silence(arg.alertmanager, { "alertname=InstanceDown" }, "2h", kComment) }
      end,
      verify = function(arg) return { check.alertmanager(arg.alertmanager):alerts().count:at_most(kMany) } end,
      within = "1m",
    },
  },
@end@

  follow_up = { after("10m", "Are there alerts that inhibit these?") },
}
