--- Clients open WebSockets, lose them, and open them again: because the proxy does not pass them on, ends them too early, or because
--- the backend takes none.
---
--- A WebSocket is opened through the proxy and, where its address is known, past it: that tells the proxy from the backend. What the
--- proxy sets for these requests is one file, which is changed as a whole and put back as a whole; the backend is restarted only when it
--- is the backend that refuses.

local DIRECTIVES = {
  { "proxy_http_version", "proxy_http_version 1.1;" },
  { "proxy_set_header Upgrade", "proxy_set_header Upgrade $http_upgrade;" },
  { "proxy_set_header Connection", 'proxy_set_header Connection "upgrade";' },
}
local SECONDS = { m = 60, h = 3600 }

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

local function is_set(line, name) return line:match("^%s*" .. name .. "%s") ~= nil end

-- Where a further directive belongs: behind the one line that passes the requests on; in a file that others include, which has no
-- blocks, at its end. Nil where neither can be told.
local function place_for(lines)
  local place
  for at, line in ipairs(lines) do
    if line:match "^%s*proxy_pass%s" then
      if place then return nil end
      place = at
    end
  end
  if place then return place, lines[place]:match "^%s*" end
  for _, line in ipairs(lines) do
    if line:find "[{}]" then return nil end
  end
  return #lines, ""
end

-- The settings with these directives, each { its name, its line }; nil where it cannot be told where they belong.
local function with_directives(text, directives)
  local lines = lines_of(text)
  for _, directive in ipairs(directives) do
    local name, wanted = directive[1], directive[2]
    local done = false
    for at, line in ipairs(lines) do
      if is_set(line, name) then
        lines[at], done = line:match "^%s*" .. wanted, true
      end
    end
    if not done then
      local place, indent = place_for(lines)
      if not place then return nil end
      table.insert(lines, place + 1, indent .. wanted)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function with_upgrade(found) return found.settings and found.settings.text and with_directives(found.settings.text, DIRECTIVES) end

local function with_timeout(found, seconds)
  return found.settings and found.settings.text and with_directives(found.settings.text, { { "proxy_read_timeout", ("proxy_read_timeout %ds;"):format(seconds) } })
end

local function passes_upgrade(found) return with_upgrade(found) == found.settings.text end

-- After how many silent seconds the proxy ends a connection: nginx has 60 unless it is told.
local function timeout_of(found)
  for _, line in ipairs(lines_of(found.settings.text)) do
    local number, unit = line:match "^%s*proxy_read_timeout%s+(%d+)([smh]?)%s*;"
    if number then return tonumber(number) * (SECONDS[unit] or 1) end
  end
  return 60
end

-- What the proxy's log tells of those who ask for a socket.
local function asked(arg) return { path = arg.log, since = arg.window, holding = arg.path:match "^[^?]*" } end

local function storm_text(found, arg)
  local text = ("%.0f sockets are asked for in a minute"):format(found.asked.per_minute)
  if not found.ends then return text end
  return ("%s, and %.0f end, by the backend's log"):format(text, found.ends.matches[arg.says].per_minute)
end

local function opens(arg) return check.http(arg.site):upgrade(arg.path).accepted:is(true) end

local function set_and_reload(arg, text)
  if not text then return {} end
  return { change.host_file(arg.proxy, arg.settings, { to = text, activate = { change.unit_reload(arg.proxy, arg.unit) } }) }
end

return playbook "websocket-storm" {
  alerts = { "WebSocketReconnectStorm", "WebSocketHandshakeFailures" },
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    site = input.http "the address at which clients open their sockets",
    path = input.text("the path that they ask for"):default "/socket.io/?EIO=4&transport=websocket",
    backend = input.container "the backend that takes them",
    direct = input.http("the backend itself, past the proxy"):optional(),
    proxy = input.ssh "the host of the proxy, an nginx",
    unit = input.text("the unit of the proxy"):default "nginx",
    settings = input.text("the file that says how these requests are passed on"):default "/etc/nginx/proxy_params",
    log = input.text("the access log of the proxy"):default "/var/log/nginx/access.log",
    says = input.text("what the backend's log says when a socket ends"):default "disconnected",
    window = input.text("over what time sockets are counted"):default "5m",
    storm = input.number("from how many a minute on it is a storm"):default(60),
  },

  findings = {
    ["no-upgrade"] = "the proxy does not pass WebSockets on",
    ["short-timeout"] = "the proxy ends sockets that are silent for a little while",
    ["backend-refuses"] = "the backend takes no WebSockets",
    ["clock-skew"] = "the clock of the host is off, and tokens with a time are refused",
    ["storm"] = "clients come again and again, and neither proxy nor clock is to blame",
  },

  evidence = function(see, arg)
    local host = see.host(arg.proxy)
    return {
      through = see.http(arg.site):upgrade(arg.path),
      past = arg.direct and see.http(arg.direct):upgrade(arg.path),
      settings = host:file { path = arg.settings, content = true },
      asked = host:requests(asked(arg)),
      clock = host:clock_skew(),
      ends = see.container(arg.backend):logs { since = arg.window, match = { arg.says } },
    }
  end,

  diagnose = function(found, arg)
    if not found.through then return unclear("nobody knows whether a socket opens: " .. found:why "through") end
    if not (found.settings and found.settings.text) then return unclear("nobody knows what the proxy sets: " .. (found:why "settings" or arg.settings .. " is not there")) end
    if arg.direct and found.past and not found.past.accepted then return finding("backend-refuses", "past the proxy, too: %s", found.past.why) end
    if not found.through.accepted then
      if passes_upgrade(found) then return finding("backend-refuses", "the proxy passes them on, and %s", found.through.why) end
      local text = ("%s, and %s does not pass them on"):format(found.through.why, arg.settings)
      if found.asked then text = ("%s; %d of %d were refused"):format(text, found.asked.count - found.asked.opened, found.asked.count) end
      if with_upgrade(found) then return finding("no-upgrade", "%s", text) end
      return finding("no-upgrade", "%s", text):next("it passes requests on in several places: name the file of the right one, -p settings=…")
    end
    if not found.asked then return unclear("a socket opens, and nobody knows how often they are asked for: " .. found:why "asked") end
    local text = storm_text(found, arg)
    if found.asked.per_minute < arg.storm then return healthy("a socket opens; %s", text) end
    local skew = found.clock and math.abs(found.clock.skew_ms) or 0
    if skew > 30000 then
      return finding("clock-skew", "%s; the clock of %s is %d s off", text, tostring(arg.proxy), skew / 1000):next "set the clock, then look again"
    end
    if timeout_of(found) < 300 then return finding("short-timeout", "%s; the proxy ends one after %d s of silence", text, timeout_of(found)) end
    return finding("storm", "%s", text):next "read what the backend says when one ends, and whether a release of the client came out"
  end,

  mitigations = {
    mitigation "pass-them-on" {
      answers = { "no-upgrade" },
      warning = "Connections that the proxy has stay as they are; new ones are passed on as WebSockets.",
      plan = function(found, arg) return set_and_reload(arg, with_upgrade(found)) end,
      verify = function(arg) return { opens(arg) } end,
      within = "30s",
    },

    mitigation "raise-timeout" {
      answers = { "short-timeout" },
      asks = { seconds = ask.number("after how many seconds of silence the proxy ends a socket", function() return 3600 end) },
      plan = function(found, arg, chosen) return set_and_reload(arg, with_timeout(found, chosen.seconds)) end,
      -- Nobody opens one to see whether it is better: it would count.
      verify = function(arg) return { check.host(arg.proxy):requests(asked(arg)).per_minute:below(arg.storm) } end,
      within = "10m",
    },

    mitigation "restart-backend" {
      answers = { "backend-refuses" },
      warning = "All its sockets end, and their clients open them again at once.",
      plan = function(found, arg) return { change.container_restart(arg.backend) } end,
      verify = function(arg) return { opens(arg) } end,
      within = "60s",
    },
  },

  follow_up = { after("1d", "Write the directives into the configuration that is deployed, or the next deploy takes them away.") },
}
