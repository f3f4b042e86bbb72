---@meta

-- Made from the rows of host by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field host fun(target: runbook.Target): runbook.see.host

---@class runbook.see.host
local see_host = {}

--- What a command of the host says; refused for all but a reviewed list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.host, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {exit_code, signal, stdout, stderr, cut}: at most 1 MiB of each; signal when one ended it
function see_host:exec_read(argv) end

--- How many processes want to run, averaged over 1, 5 and 15 minutes.
---@return runbook.Reading # {one, five, fifteen, running, processes, processors}
function see_host:load() end

--- Memory and swap.
---@return runbook.Reading # {total, used, used_percent, available, free, buffers, cached, swap_total, swap_used, swap_free} in bytes
function see_host:memory() end

--- How full its disks are.
---@param path? string the disk that this path is on; all local disks unless said
---@overload fun(self: runbook.see.host, named: { path?: string }): runbook.Reading
---@return runbook.Reading # {device, type, mount, size, used, available, percent} in bytes: of the disk with that path, else a list of all
function see_host:disk(path) end

--- What systemd says of a unit.
---@param unit string its name, with or without .service
---@overload fun(self: runbook.see.host, named: { unit: string }): runbook.Reading
---@return runbook.Reading # {name, description, load, active, sub, enabled, result, pid, restarts, exit_code, since, invocation, memory}; error not_found when there is no such unit
function see_host:unit(unit) end

--- The last entries of its journal.
---@param unit? string the unit whose entries are wanted; all unless said
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@param priority? "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" these and graver ones
---@overload fun(self: runbook.see.host, named: { unit?: string, lines?: number, since?: string, priority?: "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" }): runbook.Reading
---@return runbook.Reading # {lines, count}: lines is a list of {time, unit, source, pid, priority, message}, oldest first
function see_host:journal(unit, lines, since, priority) end

--- Which processes the kernel killed for want of memory.
---@param within? string how far back; 24h unless said
---@overload fun(self: runbook.see.host, named: { within?: string }): runbook.Reading
---@return runbook.Reading # a list of {time, process, pid, in_group}; in_group: the limit of its control group was reached, not the host's
function see_host:oom_kills(within) end

---@class runbook.checks
---@field host fun(target: runbook.Target): runbook.check.host

---@class runbook.check.host
local check_host = {}

--- What a command of the host says; refused for all but a reviewed list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.host, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {exit_code, signal, stdout, stderr, cut}: at most 1 MiB of each; signal when one ended it
function check_host:exec_read(argv) end

--- How many processes want to run, averaged over 1, 5 and 15 minutes.
---@return runbook.Check # {one, five, fifteen, running, processes, processors}
function check_host:load() end

--- Memory and swap.
---@return runbook.Check # {total, used, used_percent, available, free, buffers, cached, swap_total, swap_used, swap_free} in bytes
function check_host:memory() end

--- How full its disks are.
---@param path? string the disk that this path is on; all local disks unless said
---@overload fun(self: runbook.check.host, named: { path?: string }): runbook.Check
---@return runbook.Check # {device, type, mount, size, used, available, percent} in bytes: of the disk with that path, else a list of all
function check_host:disk(path) end

--- What systemd says of a unit.
---@param unit string its name, with or without .service
---@overload fun(self: runbook.check.host, named: { unit: string }): runbook.Check
---@return runbook.Check # {name, description, load, active, sub, enabled, result, pid, restarts, exit_code, since, invocation, memory}; error not_found when there is no such unit
function check_host:unit(unit) end

--- The last entries of its journal.
---@param unit? string the unit whose entries are wanted; all unless said
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@param priority? "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" these and graver ones
---@overload fun(self: runbook.check.host, named: { unit?: string, lines?: number, since?: string, priority?: "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" }): runbook.Check
---@return runbook.Check # {lines, count}: lines is a list of {time, unit, source, pid, priority, message}, oldest first
function check_host:journal(unit, lines, since, priority) end

--- Which processes the kernel killed for want of memory.
---@param within? string how far back; 24h unless said
---@overload fun(self: runbook.check.host, named: { within?: string }): runbook.Check
---@return runbook.Check # a list of {time, process, pid, in_group}; in_group: the limit of its control group was reached, not the host's
function check_host:oom_kills(within) end
