--- A PostgreSQL runs out of connections, because sessions hold transactions open and do nothing.

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    db = input.postgres "the server that is looked at",
  },

  findings = {
    ["held-open"] = "hardly a connection is left, and a session is idle in its transaction",
    ["near-limit"] = "hardly a connection is left",
  },

  evidence = function(see, arg)
    local db = see.postgres(arg.db)
    return {
      connections = db:connections(),
      idle = db:idle_in_transaction { over = 300 },
      blocking = db:blocking(),
    }
  end,

  diagnose = function(found)
    if not found.connections or not found.idle then return unclear "the server could not be asked" end
    local used, limit = found.connections.used, found.connections.limit - found.connections.reserved
    if used <= limit * 0.9 then return healthy("%d of %d connections", used, limit) end
    if #found.idle > 0 then
      return finding("held-open", "%d of %d connections, %d idle in their transaction", used, limit, #found.idle)
    end
    return finding("near-limit", "%d of %d connections", used, limit):next "look in the reading `connections` for who has them"
  end,
@if changes@

  mitigations = {
    mitigation "end-the-longest" {
      answers = { "held-open" },
      warning = "Its client is cut off; what its transaction did is rolled back.",
      plan = function(found, arg)
        local longest = found.idle and found.idle[1]
        return longest and { change.postgres_end_session(arg.db, longest.pid, longest.started) } or {}
      end,
      verify = function(arg) return { check.postgres(arg.db):connections().used:at_least(1) } end,
      within = "30s",
      holds = "5s",
    },
  },
@end@

  follow_up = { after("10m", "Find out who forgets to end transactions.") },
}
