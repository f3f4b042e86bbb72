--- A search engine that nothing asks any more takes memory and processor from what is in trouble.
---
--- The search page is answered by something else; the container is kept for a later release. It may be stopped while an incident
--- needs its resources, and only when the inventory names no user of it and the search page answers without it.

local MIB = 1024 * 1024

local function heavy(stats, arg)
  return stats.memory_used >= arg.memory_mib * MIB or stats.cpu_percent >= arg.cpu_percent
end

local function load_text(stats)
  return ("%.0f MiB and %.0f %% of a processor"):format(stats.memory_used / MIB, stats.cpu_percent)
end

return playbook "search-orphan" {
  alerts = { "HostMemoryPressure" },
  severity = "SEV-3",
  owner = "infra on-call",

  inputs = {
    search = input.container "the container of the search engine",
    users = input.http("services that ask it"):many():default(users_of "search"):optional(),
    site = input.http "where people search",
    page = input.text("the page that searches, with a query"):default "/search?q=a",
    memory_mib = input.number("from how much memory on it is worth stopping, in MiB"):default(256),
    cpu_percent = input.number("or from how much of a processor on, in percent"):default(50),
  },

  findings = {
    ["orphan"] = "nothing asks the search engine, and it takes what others need",
    ["in-use"] = "something asks it: stopping it would break search",
  },

  evidence = function(see, arg)
    local search = see.container(arg.search)
    return {
      state = search:state(),
      logs = search:logs { tail = 200, match = { "error", "OutOfMemory" } },
      page = see.http(arg.site):get(arg.page),
      stats = search:stats(),
    }
  end,

  diagnose = function(found, arg)
    if not found.state then return unclear("its container cannot be looked at: " .. found:why "state") end
    if not found.state.running then return healthy("it does not run: %s", found.state.status) end
    if arg.users and #arg.users > 0 then
      return finding("in-use", "the inventory says that %s uses it", tostring(arg.users[1])):next "leave it; look for something else to stop"
    end
    if not found.stats then return unclear("nobody knows what it takes: " .. found:why "stats") end
    if not heavy(found.stats, arg) then return healthy("it takes %s only", load_text(found.stats)) end
    if not found.page or found.page.status ~= 200 then
      return unclear "the search page does not answer now, so nobody could tell whether it needs this container"
    end
    return finding("orphan", "nothing uses it, and it takes %s", load_text(found.stats))
  end,

  mitigations = {
    mitigation "stop-search" {
      answers = { "orphan" },
      plan = function(found, arg)
        return { change.container_stop(arg.search, { comment = "its data stays; start it again when there is room" }) }
      end,
      verify = function(arg)
        return {
          check.container(arg.search):state().status:is "exited",
          check.http(arg.site):get(arg.page).status:is(200),
        }
      end,
      within = "30s",
      holds = "5s",
    },
  },

  follow_up = { after("1d", "Take it out of the compose file, or write down who needs it.") },
}
