--- A Docker Engine has containers that do not run.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    docker = input.docker "the engine that is looked at",
  },

  findings = {
    ["restarting"] = "containers start again and again",
    ["dead"] = "containers that docker could not remove",
  },

  evidence = function(see, arg)
    local docker = see.docker(arg.docker)
    return { version = docker:version(), containers = docker:ps() }
  end,

  diagnose = function(found)
    if not found.version or not found.containers then return unclear "the engine could not be asked" end
    local counts = found.containers.by_status
    if counts.dead then return finding("dead", "%d containers", counts.dead) end
    if counts.restarting then
      return finding("restarting", "%d containers", counts.restarting):next "look at each of them: see.container"
    end
    return healthy("%d containers run", counts.running or 0)
  end,
@if changes@

  mitigations = {
    mitigation "have-them-removed" {
      answers = { "dead" },
      plan = function() return { manual "Remove the dead containers" { expects = "removed" } } end,
      verify = function(arg) return { check.docker(arg.docker):ps().count:at_least(1) } end,
      within = "1m",
      holds = "5s",
    },
  },
@end@

  follow_up = { after("10m", "Find out why they ended.") },
}
