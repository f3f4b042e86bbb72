--- The API answers, and answers too slowly.
---
--- It asks Prometheus how slow it is and by which route, then looks at what usually makes it wait: queries that run for long and who waits
--- for them, a cache that misses, and requests that send the same query again and again. One query that others wait for, or that runs
--- for too long, can be cancelled; its session stays. Everything else is somebody's to decide, and it says whose.

-- Of one request, the same query: from so often on it is no accident.
local AGAIN = 10

-- The client's sessions that run a query for too long, the longest first. Who only waits for another's lock is no cause of anything.
local function long(active, arg)
  local all = {}
  for _, one in ipairs(active) do
    if one.query_s >= arg.long and one.waits_for ~= "Lock" then all[#all + 1] = one end
  end
  table.sort(all, function(a, b) return a.query_s > b.query_s end)
  return all
end

-- The one that the most wait for, and that waits for nobody; the reader gives those first that block most.
local function blocker(blocking)
  for _, one in ipairs(blocking) do
    if #one.blocked_by == 0 then return one end
  end
end

-- The session whose query is to be cancelled: who keeps others waiting comes first.
local function culprit(found, arg)
  local root = blocker(found.blocking or {})
  if root then return root.state == "active" and root or nil end
  return long(found.active or {}, arg)[1]
end

local function said(one) return ("%s: %s"):format(one.role, one.query) end

-- How often lines of one request hold one and the same query; the worst. A request is known by its id, a query by its text without numbers.
local function repeated(logs)
  local counts, worst = {}, { times = 0 }
  for _, log in ipairs(logs) do
    for _, line in ipairs(log.value and log.value.lines or {}) do
      local id = line.text:match 'request_id"?[=:]%s*"?([%w_-]+)'
      local query = line.text:match "SELECT.*"
      if id and query then
        local key = id .. query:gsub("%d+", "?")
        counts[key] = (counts[key] or 0) + 1
        if counts[key] > worst.times then worst = { times = counts[key], request = id, query = query } end
      end
    end
  end
  return worst
end

local function hit_rate(stats)
  local asked = stats.keyspace_hits + stats.keyspace_misses
  return asked > 0 and stats.keyspace_hits / asked * 100 or nil
end

-- The one route that is too slow, where others are not.
local function outlier(routes, arg)
  local slow = {}
  for _, one in ipairs(routes.series) do
    if one.value > arg.limit then slow[#slow + 1] = one end
  end
  return #slow == 1 and #routes.series > 1 and slow[1] or nil
end

return playbook "api-latency-burn" {
  alerts = { "APILatencySLOBurn", "APISlow" },
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    prometheus = input.prometheus "what measures its requests",
    p95 = input.text("how long a request takes, in seconds, as a query")
      :default "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
    routes = input.text("the same by route"):default "histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket[5m])))",
    limit = input.number("how long it may take, in seconds"):default(2),
    db = input.postgres("the database that it asks"):optional(),
    long = input.number("from how many seconds on a query runs for too long"):default(30),
    redis = input.redis("its cache"):optional(),
    hits = input.number("how many of a hundred look-ups the cache must know"):default(80),
    instances = input.container("its containers, for their logs"):many():optional(),
  },

  findings = {
    ["blocked"] = "sessions of the database wait for the query of another one",
    ["held-open"] = "sessions of the database wait for a transaction that does nothing",
    ["long-query"] = "a query runs for too long",
    ["cache-misses"] = "the cache does not know most of what it is asked for",
    ["n-plus-one"] = "one request sends the same query again and again",
    ["one-route"] = "one route is slow and the others are not",
    ["slow"] = "requests take too long, and nothing that was looked at says why",
  },

  evidence = function(see, arg)
    local db, redis = arg.db and see.postgres(arg.db), arg.redis and see.redis(arg.redis)
    return {
      p95 = see.prometheus(arg.prometheus):query(arg.p95),
      routes = see.prometheus(arg.prometheus):query(arg.routes),
      active = db and db:activity "active",
      blocking = db and db:blocking(),
      stats = redis and redis:info "stats",
      server = redis and redis:info "server",
      logs = parallel.map(arg.instances, function(one) return see.container(one):logs { tail = 1000 } end),
    }
  end,

  diagnose = function(found, arg)
    if not found.p95 then return unclear("nobody knows how long its requests take: " .. found:why "p95") end
    if found.p95.value <= arg.limit then return healthy("95 of 100 requests take at most %.2g s", found.p95.value) end

    local causes = {}
    local function add(cause) causes[#causes + 1] = cause end
    local root, slow = blocker(arg.db and found.blocking or {}), long(arg.db and found.active or {}, arg)
    if root and root.state == "active" then
      add(finding("blocked", "%d kept waiting by %s", root.blocks, said(root)))
    elseif root then
      add(finding("held-open", "%d kept waiting by an open transaction of %s", root.blocks, said(root)):next "end that session, or have its owner end it")
    end
    if slow[1] then add(finding("long-query", "for %.0f s, %s", slow[1].query_s, said(slow[1])):next "ask its owner whether it may be cancelled") end
    local rate = arg.redis and found.stats and hit_rate(found.stats)
    if rate and rate < arg.hits then
      add(finding("cache-misses", "it knew %.0f of 100, and is up for %.0f s", rate, found.server and found.server.uptime_in_seconds or 0)
        :next "after a restart it is warm again in 15 minutes; else, is it full?":next(book "redis-maxmemory"))
    end
    local worst = repeated(found.logs or {})
    if worst.times >= AGAIN then
      add(finding("n-plus-one", "%d times in the request %s: %s", worst.times, worst.request, worst.query)
        :next "did it begin with a release?":next(book "rollback"))
    end
    local route = found.routes and outlier(found.routes, arg)
    if route then add(finding("one-route", "%s takes %.2g s", route.labels.route, route.value):next "look at what it alone does") end
    if #causes > 0 then return causes end
    return finding("slow", "95 of 100 requests take up to %.2g s", found.p95.value):next "look at traces, and at what else it calls"
  end,

  mitigations = {
    mitigation "cancel-query" {
      answers = { "blocked", "long-query" },
      needs = { "db" },
      warning = "The query fails for whoever sent it, and so does the transaction that it is in.",
      plan = function(found, arg)
        local one = culprit(found, arg)
        return { one and change.postgres_cancel_query(arg.db, one.pid, one.started, one.query_started) }
      end,
      verify = function(arg) return { check.prometheus(arg.prometheus):query(arg.p95).value:at_most(arg.limit) } end,
      within = "6m",
      holds = "5s",
    },
  },

  follow_up = { after("10m", "Over 10 minutes: write down which query it was, and give it an index or a limit (statement_timeout).") },
}
