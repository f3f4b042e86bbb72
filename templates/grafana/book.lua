--- The dashboards do not load.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    grafana = input.grafana "the Grafana whose dashboards are missing",
  },

  findings = {
    ["away"] = "nothing answers at its address",
    ["database-down"] = "it answers, and its database does not",
  },

  evidence = function(see, arg) return { health = see.grafana(arg.grafana):health() } end,

  diagnose = function(found)
    if not found.health then return finding("away", "%s", found:why "health"):next "is it running, and is its address right?" end
    if found.health.database == "ok" then return healthy("version %s and its database answer", found.health.version) end
    return finding("database-down", "its database is %s", found.health.database)
  end,
@if changes@

  mitigations = {
    mitigation "mend-database" {
      answers = { "database-down" },
      plan = function() return { manual "Bring the database of Grafana back" { expects = "running" } } end,
      verify = function(arg) return { check.grafana(arg.grafana):health().database:is "ok" } end,
      within = "5m",
    },
  },
@end@

  follow_up = { after("10m", "Why did nobody notice earlier?") },
}
