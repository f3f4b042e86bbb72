--- A disk is full, or nearly: a log that grew, a journal without a limit, or what docker keeps and nobody uses.
---
--- What fills it is looked for before anything goes. What is in use is never removed: docker is asked for what nothing uses any
--- more, the journal gives up its oldest files, and of the logs one is cut whose last lines are kept as evidence.

local MIB = 1024 * 1024
local UNITS = { B = 1, K = 1024, M = MIB, G = 1024 * MIB, T = 1024 * 1024 * MIB }

local function share(bytes, disk) return disk.size > 0 and bytes / disk.size or 0 end

local function is_log(path) return path:match "%.log$" or path:match "%.log%.%d+$" or path:match "/syslog$" or path:match "/messages$" end

-- The log that takes the most room; nil where none is among what is largest.
local function largest_log(found)
  for _, entry in ipairs(found.logs and found.logs.largest or {}) do
    if is_log(entry.path) then return entry end
  end
end

-- Where the journal is kept lies on that disk: the last column of df -P. A host that keeps none has no such folder.
local function has_journal(found, disk)
  return (found.journal_disk and found.journal_disk.stdout or ""):match "(%S+)\n$" == disk.mount
end

-- "Archived and active journals take up 1.2G in the file system."
local function journal_bytes(found, disk)
  if not has_journal(found, disk) then return 0 end
  local number, unit = (found.journal and found.journal.stdout or ""):match "take up ([%d.]+)([BKMGT])"
  return number and tonumber(number) * UNITS[unit] or 0
end

local function unused_bytes(found, arg)
  if not arg.engine or not found.unused then return 0 end
  local sum = 0
  for _, kind in ipairs { "containers", "images" } do
    for _, one in ipairs(found.unused[kind]) do sum = sum + one.bytes end
  end
  return sum
end

-- Of the disk's inodes, how many percent are used: the fifth column of df.
local function inodes_percent(found)
  local percent = (found.inodes and found.inodes.stdout or ""):match "\n%S+%s+%S+%s+%S+%s+%S+%s+(%d+)%%"
  return tonumber(percent) or 0
end

local function size(bytes) return ("%.0f MiB"):format(bytes / MIB) end

return playbook "disk-full" {
  alerts = { "HostDiskFull", "HostOutOfDiskSpace" },
  severity = "SEV-2",
  owner = "infra on-call",

  inputs = {
    host = input.ssh "the host whose disk is full",
    path = input.text("a path on that disk"):default "/var/log",
    folder = input.text("the folder of its logs"):default "/var/log",
    engine = input.docker("the Docker Engine on it"):optional(),
    full = input.number("from how many percent on it is full"):default(90),
    large = input.number("from what share of the disk on something is to blame"):default(0.1),
  },

  findings = {
    ["unused"] = "docker keeps what nothing uses any more",
    ["large-journal"] = "the journal of systemd takes much of it",
    ["large-log"] = "one log takes much of it",
    ["no-inodes"] = "it has room, and no inodes for further files",
    ["full"] = "it is full, of what no playbook may remove",
  },

  evidence = function(see, arg)
    local host = see.host(arg.host)
    return {
      disk = host:disk(arg.path),
      inodes = host:exec_read { "df", "-P", "-i", arg.path },
      logs_disk = host:disk(arg.folder),
      logs = host:largest { path = arg.folder, depth = 3, count = 20 },
      journal_disk = host:exec_read { "df", "-P", "/var/log/journal" },
      journal = host:exec_read { "journalctl", "--disk-usage" },
      unused = arg.engine and see.docker(arg.engine):unused { kinds = { "containers", "images" } },
    }
  end,

  diagnose = function(found, arg)
    if not found.disk then return unclear("nobody knows how full it is: " .. found:why "disk") end
    local disk = found.disk
    if disk.percent < arg.full then
      if inodes_percent(found) < arg.full then return healthy("%d %% of %s used", disk.percent, disk.mount) end
      return finding("no-inodes", "%d %% of the inodes of %s are used", inodes_percent(found), disk.mount):next "find the folder with the many files: du --inodes -x -d 3"
    end
    -- What lies on another disk takes no room here.
    local log = found.logs_disk and found.logs_disk.mount == disk.mount and largest_log(found) or nil
    local blamed = {}
    local function blame(name, bytes, what)
      if share(bytes, disk) >= arg.large then
        blamed[#blamed + 1] = finding(name, "%d %% of %s used; %s, %s", disk.percent, disk.mount, what, size(bytes))
      end
    end
    blame("unused", unused_bytes(found, arg), "docker keeps what nothing uses")
    blame("large-journal", journal_bytes(found, disk), "the journal")
    blame("large-log", log and log.bytes or 0, log and log.path or "")
    if #blamed > 0 then return blamed end
    return finding("full", "%d %% of %s used, and neither logs nor docker are to blame", disk.percent, disk.mount):next "find what grew: du -x -d 2; then make room by hand, or give it a larger disk"
  end,

  mitigations = {
    mitigation "remove-unused" {
      answers = { "unused" },
      needs = { "engine" },
      warning = "Containers that ended and images without a name are gone for good, with all that was written in them.",
      plan = function(found, arg) return { change.docker_prune(arg.engine, { kinds = { "containers", "images" } }) } end,
      verify = function(arg) return { check.host(arg.host):disk(arg.path).percent:below(arg.full) } end,
    },

    mitigation "shrink-journal" {
      answers = { "large-journal" },
      asks = { keep = ask.text("how much of the journal stays", function() return "200M" end) },
      plan = function(found, arg, chosen)
        return {
          change.host_run(arg.host, {
            argv = { "journalctl", "--vacuum-size=" .. chosen.keep },
            irreversible = "the oldest entries are gone",
          }),
        }
      end,
      verify = function(arg) return { check.host(arg.host):disk(arg.path).percent:below(arg.full) } end,
    },

    mitigation "cut-log" {
      answers = { "large-log" },
      asks = { log = ask.text("the log that is cut", function(found) local log = largest_log(found) return log and log.path or "" end) },
      warning = "All but the last 5,000 lines of that log are lost. Copy it elsewhere first, if anybody may ask for it.",
      plan = function(found, arg, chosen) return { change.host_truncate_log(arg.host, chosen.log) } end,
      verify = function(arg) return { check.host(arg.host):disk(arg.path).percent:below(arg.full) } end,
    },
  },

  follow_up = { after("1d", "Let logrotate or docker limit what grew; add an alert at 80 %.") },
}
