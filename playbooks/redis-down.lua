--- Redis is unreachable, or refuses writes.
--- Sessions and refresh tokens live there, the rate limiter fails open without it, and revoked tokens pass again:
--- most users notice within minutes.
---
--- It tells eight causes apart: memory is full under a policy that evicts nothing; the server wants another password than the one we
--- have; it is still loading; it answers here but not where its clients look for it, or not from one of their containers; it was killed
--- for its memory; its container or its unit is down; its dump cannot be written, mostly for want of room; nothing answers at all. Raising the
--- limit loses nothing and comes first, evicting keys deletes data and is level 3. A container or a unit is started again once its log
--- is kept. For the others it says where to look next.

local function full(memory)
  return memory and memory.maxmemory > 0 and memory.used / memory.maxmemory > 0.97
end

local function refuses_writes(found)
  return full(found.memory) and found.policy == "noeviction"
end

-- A quarter more than is in use, in whole 16 MiB: steady from one look to the next.
local function roomier(found)
  local step = 16 * 1024 * 1024
  local used = found.memory and math.max(found.memory.used, found.memory.maxmemory) or step
  return math.ceil(used * 1.25 / step) * step
end

-- Which containers cannot get to it, and which can.
local function reach_of(found)
  local cut, through = {}, {}
  for _, one in ipairs(found.reach or {}) do
    if one.value then table.insert(one.value.reachable and through or cut, one) end
  end
  return cut, through
end

local function names(list)
  local all = {}
  for at, one in ipairs(list) do all[at] = tostring(one.target) end
  return table.concat(all, ", ")
end

-- Why its container, where it has one, does not serve; nil when it runs.
local function container_cause(found, arg)
  local state = arg.container and found.container
  if not state or state.running then return nil end
  if state.oom_killed then return finding("oom-killed", "at a limit of %.0f MiB", state.memory_limit / 1024 / 1024) end
  local last = found.logs and found.logs.lines[#found.logs.lines]
  return finding("crashed", "%s with %d; its last line: %s", state.status, state.exit_code, last and last.text or "none")
end

-- Why its unit on a host, where it has one, does not serve; nil when it runs, or nobody could look.
local function unit_cause(found, arg)
  local unit = arg.host and not arg.container and found.unit
  if not unit or unit.active == "active" or unit.active == "activating" then return nil end
  for _, kill in ipairs(found.kills or {}) do
    if kill.process:find "redis" then return finding("oom-killed", "the kernel killed it at %s", kill.time) end
  end
  local last = found.journal and found.journal.lines[#found.journal.lines]
  return finding("crashed", "%s is %s (%s); its last line: %s", unit.name, unit.active, unit.result, last and last.message or "none")
end

-- Its last dump failed, and the next step is to look at the disk that it goes to. It answers even PING with MISCONF then.
local function dump_cause(found, arg)
  local disk = arg.host and found.disk
  local how_full = disk and ("%d %% of %s used"):format(disk.percent, disk.mount) or "nobody looked at its disk"
  local cause = finding("dump-fails", "%s", how_full)
  if arg.host then return cause:next(book("disk-full", { host = arg.host, path = arg.dumps })) end
  return cause:next "look at the disk of its dump, and at its log for the reason"
end

local LEAST_MEMORY = 6 * 1024 * 1024  -- docker takes no less

-- Twice what it may have now; where that is not known, what a small Redis needs.
local function more_memory(found)
  local limit = found.container and found.container.memory_limit or 0
  return limit > 0 and limit * 2 or 1024 * 1024 * 1024
end

local function serves(arg)
  local checks = { check.redis(arg.redis):ping():is "PONG" }
  for _, one in ipairs(arg.backends) do checks[#checks + 1] = check.container(one):can_reach(arg.redis).reachable:is(true) end
  return checks
end

return playbook "redis-down" {
  alerts = { "RedisUnreachable" },
  severity = "SEV-1",
  owner = "infra on-call",

  inputs = {
    redis = input.redis "the instance in trouble",
    container = input.container("the container that it runs in"):default(container_of "redis"):optional(),
    backends = input.container("containers that use it"):many():default(users_of "redis"):optional(),
    host = input.ssh("the host that it runs on"):default(host_of "redis"):optional(),
    unit = input.text("its unit there, where it is no container"):default "redis-server",
    dumps = input.text("the folder of its dump there"):default "/var/lib/redis",
  },

  findings = {
    ["memory-full"] = "maxmemory is reached and the policy evicts nothing: every write fails",
    ["auth-mismatch"] = "Redis answers, but not to the password that we and the clients have",
    ["loading"] = "Redis is up and reads its dump; it answers when it is done",
    ["cut-off"] = "Redis answers here, but its clients cannot get to it",
    ["oom-killed"] = "it was killed because memory ran out: that of its container, or of its host",
    ["crashed"] = "its container or its unit is down",
    ["dump-fails"] = "it cannot write its dump, and takes no writes for that: mostly its disk is full",
    ["unreachable"] = "nothing accepts connections at its address",
  },

  evidence = function(see, arg)
    local redis, net = see.redis(arg.redis), see.net(arg.redis)
    local container, host = arg.container and see.container(arg.container), arg.host and see.host(arg.host)
    return {
      ping = redis:ping(),
      memory = redis:info "memory",
      policy = redis:config "maxmemory-policy",
      persistence = redis:info "persistence",
      errors = redis:errors(),
      clients = redis:info "clients",
      role = redis:role(),
      slowlog = redis:slowlog(8),
      doctor = redis:memory_doctor(),
      largest = redis:largest_keys { sample = 2000, top = 5 },
      address = net:resolve(),
      port = net:tcp_probe(),
      client_address = net:resolve "clients",
      client_port = net:tcp_probe "clients",
      container = container and container:state(),
      logs = container and container:logs { tail = 200 },
      unit = host and host:unit(arg.unit),
      journal = host and host:journal { unit = arg.unit, lines = 200 },
      kills = host and host:oom_kills { within = "2h" },
      disk = host and host:disk(arg.dumps),
      host_memory = host and host:memory(),
      reach = parallel.map(arg.backends, function(one) return see.container(one):can_reach(arg.redis) end),
    }
  end,

  diagnose = function(found, arg)
    local why = found:why "ping"
    if why then
      if why:find "LOADING" then
        return finding("loading", "it answers \"%s\"", why):next "wait; a restart would begin the loading anew"
      end
      if why:find "MISCONF" then return dump_cause(found, arg) end
      if why:find "NOAUTH" or why:find "WRONGPASS" then
        return finding("auth-mismatch", "it answers \"%s\"", why)
          :next "compare the password in the inventory's secret with requirepass or the ACL of the server, then recreate the one that is wrong"
      end
      local cause, _, through = container_cause(found, arg) or unit_cause(found, arg), reach_of(found)
      if cause then return cause end
      if not found.port and #through > 0 then
        return unclear("it does not answer here, and %s can reach it: look at the network between here and it", names(through))
      end
      if not found.port then
        return finding("unreachable", "%s", why)
          :next "name its host in the inventory, and look at its service there: state, last 200 lines of its log, free disk of its data directory"
      end
      return unclear("its port accepts connections, but PING fails: " .. why)
    end

    local causes = {}
    if refuses_writes(found) then
      causes[#causes + 1] = finding("memory-full", "%d of %d bytes used under noeviction; %d writes refused so far",
        found.memory.used, found.memory.maxmemory, found.errors and found.errors.OOM or 0)
    end
    if found.persistence and found.persistence.rdb_last_bgsave_status == "err" then causes[#causes + 1] = dump_cause(found, arg) end
    if not found.client_address then
      causes[#causes + 1] = finding("cut-off", "its clients' name for it does not resolve: %s", found:why "client_address")
        :next "DNS: the resolver of the clients' hosts, and stale caches"
    elseif not found.client_port then
      causes[#causes + 1] = finding("cut-off", "it answers here, but not at the address its clients use: %s", found:why "client_port")
        :next "network: the bridge or firewall between the clients and Redis"
    end
    local cut = reach_of(found)
    if #cut > 0 then
      causes[#causes + 1] = finding("cut-off", "%s cannot reach it: %s", names(cut), cut[1].value.why or "no connection")
        :next "network: that container's, its name service and the firewall; Redis itself is well"
    end
    if #causes > 0 then return causes end
    return healthy "it answers here and at its clients' address, and takes writes"
  end,

  mitigations = {
    mitigation "raise-maxmemory" {
      answers = { "memory-full" },
      asks = { limit = ask.bytes("new maxmemory, in bytes or as 5gb", roomier) },
      plan = function(found, arg, chosen)
        return {
          change.redis_config(arg.redis, "maxmemory", {
            to = chosen.limit,
            comment = "the host must have that much memory to spare, twice during a snapshot",
          }),
        }
      end,
      verify = function(arg)
        return {
          check.redis(arg.redis):ping():is "PONG",
          check.redis(arg.redis):errors("OOM"):stays_flat(),
        }
      end,
      within = "30s",
      holds = "3s",
    },
    mitigation "evict-keys" {
      answers = { "memory-full" },
      not_while = { "loading" },
      warning = "Deletes the least recently used keys, also sessions and token revocations.",
      plan = function(found, arg)
        return { change.redis_config(arg.redis, "maxmemory-policy", { to = "allkeys-lru" }) }
      end,
      verify = function(arg)
        return {
          check.redis(arg.redis):ping():is "PONG",
          check.redis(arg.redis):config("maxmemory-policy"):is "allkeys-lru",
          check.redis(arg.redis):errors("OOM"):stays_flat(),
        }
      end,
      within = "30s",
      holds = "3s",
    },
    mitigation "more-container-memory" {
      answers = { "oom-killed" },
      asks = { limit = ask.bytes("the memory limit of its container, in bytes or as 2gb", more_memory) },
      needs = { "container" },
      plan = function(found, arg, chosen)
        return {
          change.container_memory(arg.container, { to = math.max(chosen.limit, LEAST_MEMORY), comment = "the host must have that much to spare" }),
          change.container_start(arg.container),
        }
      end,
      verify = serves,
      within = "60s",
      holds = "3s",
    },
    mitigation "start-container" {
      answers = { "crashed" },
      needs = { "container" },
      plan = function(found, arg) return { change.container_start(arg.container) } end,
      verify = serves,
      within = "60s",
      holds = "3s",
    },
    mitigation "start-unit" {
      answers = { "crashed", "oom-killed" },
      not_while = { "dump-fails" },
      needs = { "host" },
      plan = function(found, arg) return { change.unit_start(arg.host, arg.unit) } end,
      verify = serves,
      within = "60s",
      holds = "3s",
    },
  },

  follow_up = {
    after("10m", "An outage of more than 10 minutes gets a postmortem: time to detect, time to recover."),
  },
}
