--- Redis is unreachable, or refuses writes.
--- Sessions and refresh tokens live there, the rate limiter fails open without it, and revoked tokens pass again:
--- most users notice within minutes.
---
--- It tells five causes apart: memory is full under a policy that evicts nothing; the server wants another password than the one we
--- have; it is still loading; it answers here but not where its clients look for it; nothing answers at all. Only the first has
--- mitigations: raising the limit loses nothing and comes first, evicting keys deletes data and is level 3. For the others it says
--- where to look next. Services, containers and hosts are not looked at.

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

return playbook "redis-down" {
  alerts = { "RedisUnreachable" },
  severity = "SEV-1",
  owner = "infra on-call",

  inputs = {
    redis = input.redis "the instance in trouble",
  },

  findings = {
    ["memory-full"] = "maxmemory is reached and the policy evicts nothing: every write fails",
    ["auth-mismatch"] = "Redis answers, but not to the password that we and the clients have",
    ["loading"] = "Redis is up and reads its dump; it answers when it is done",
    ["cut-off"] = "Redis answers here, but its clients cannot get to it",
    ["unreachable"] = "nothing accepts connections at its address",
  },

  evidence = function(see, arg)
    local redis, net = see.redis(arg.redis), see.net(arg.redis)
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
    }
  end,

  diagnose = function(found)
    local why = found:why "ping"
    if why then
      if why:find "LOADING" then
        return finding("loading", "it answers \"%s\"", why):next "wait; a restart would begin the loading anew"
      end
      if why:find "NOAUTH" or why:find "WRONGPASS" then
        return finding("auth-mismatch", "it answers \"%s\"", why)
          :next "compare the password in the inventory's secret with requirepass or the ACL of the server, then recreate the one that is wrong"
      end
      if not found.port then
        return finding("unreachable", "%s", why)
          :next "look at the service on its host: state, last 200 lines of its log, free disk of its data directory"
      end
      return unclear("its port accepts connections, but PING fails: " .. why)
    end

    local causes = {}
    if refuses_writes(found) then
      causes[#causes + 1] = finding("memory-full", "%d of %d bytes used under noeviction; %d writes refused so far",
        found.memory.used, found.memory.maxmemory, found.errors and found.errors.OOM or 0)
    end
    if not found.client_address then
      causes[#causes + 1] = finding("cut-off", "its clients' name for it does not resolve: %s", found:why "client_address")
        :next "DNS: the resolver of the clients' hosts, and stale caches"
    elseif not found.client_port then
      causes[#causes + 1] = finding("cut-off", "it answers here, but not at the address its clients use: %s", found:why "client_port")
        :next "network: the bridge or firewall between the clients and Redis"
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
  },

  follow_up = {
    after("10m", "An outage of more than 10 minutes gets a postmortem: time to detect, time to recover."),
  },
}
