--- A container does not run, or is not healthy.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    container = input.container "the container that is looked at",
  },

  findings = {
    ["out-of-memory"] = "the kernel ended it at its memory limit",
    ["stopped"] = "it does not run",
    ["unhealthy"] = "it runs, and its health check fails",
  },

  evidence = function(see, arg)
    local container = see.container(arg.container)
    return {
      state = container:state(),
      logs = container:logs { since = "10m", match = { "error", "panic" } },
    }
  end,

  diagnose = function(found)
    local state = found.state
    if not state then return unclear "its state could not be read" end
    if not state.running then
      if state.oom_killed then return finding("out-of-memory", "it ended at its limit of %d bytes", state.memory_limit):next "find out what grew, or raise its limit" end
      return finding("stopped", "it is %s, with exit code %d", state.status, state.exit_code):next "look in the reading `logs` for its last words"
    end
    if state.health and state.health.status == "unhealthy" then
      return finding("unhealthy", "its health check failed %d times in a row", state.health.failing)
    end
    return healthy("%s, restarted %d times", state.status, state.restarts)
  end,
@if changes@

  mitigations = {
    mitigation "have-it-restarted" {
      answers = { "stopped", "unhealthy" },
      plan = function() return { manual "Restart the container" { expects = "restarted" } } end,
      verify = function(arg) return { check.container(arg.container):state().running:is(true) } end,
      within = "1m",
      holds = "5s",
    },
  },
@end@

  follow_up = { after("10m", "Find out why it ended: its restart count and its log say since when.") },
}
