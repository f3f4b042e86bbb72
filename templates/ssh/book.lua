--- A host is short of disk or memory.

local function fullest(disks)
  local found
  for _, disk in ipairs(disks) do
    if not found or disk.percent > found.percent then found = disk end
  end
  return found
end

return playbook @name@ {
  alerts = @alerts@,
  severity = @severity@,
  owner = @owner@,

  inputs = {
    host = input.ssh "the host that is looked at",
  },

  findings = {
    ["disk-full"] = "a disk has no room left",
    ["no-memory"] = "the host has hardly any memory left",
  },

  evidence = function(see, arg)
    local host = see.host(arg.host)
    return { disks = host:disk(), memory = host:memory(), load = host:load() }
  end,

  diagnose = function(found)
    if not found.disks or not found.memory then return unclear "the host could not be asked" end
    local disk = fullest(found.disks)
    if disk and disk.percent >= 95 then
      return finding("disk-full", "%s is %s %% full", disk.mount, disk.percent):next "look for what grew: see.host(x):exec_read { \"du\", … }"
    end
    if found.memory.used_percent >= 95 then return finding("no-memory", "%s %% are used", found.memory.used_percent) end
    return healthy("room on every disk, %s %% of memory used", found.memory.used_percent)
  end,
@if changes@

  mitigations = {
    mitigation "make-room" {
      answers = { "disk-full" },
      plan = function() return { manual "Make room on the disk that is full" { expects = "a disk below 95 %" } } end,
      verify = function(arg) return { check.host(arg.host):disk("/").percent:below(95) } end,
      within = "1m",
      holds = "5s",
    },
  },
@end@

  follow_up = { after("10m", "Find out what filled it.") },
}
