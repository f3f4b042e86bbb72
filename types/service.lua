---@meta

-- Made from the rows of service by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field service fun(target: runbook.Target): runbook.see.service

---@class runbook.see.service
local see_service = {}

--- Whether what the target is runs, be it a container or a unit of a host, as the inventory says.
---@return runbook.Reading # {as (container or unit), name, where (the container or the host in the inventory), running, status, since (UTC text; empty when it does not run), restarts, exit_code, oom_killed, pid}
function see_service:state() end

--- The last lines of its log, or of its unit's journal.
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@overload fun(self: runbook.see.service, named: { lines?: number, since?: string }): runbook.Reading
---@return runbook.Reading # {lines = list of {at, text}, count, where}: oldest first
function see_service:logs(lines, since) end

---@class runbook.checks
---@field service fun(target: runbook.Target): runbook.check.service

---@class runbook.check.service
local check_service = {}

--- Whether what the target is runs, be it a container or a unit of a host, as the inventory says.
---@return runbook.Check # {as (container or unit), name, where (the container or the host in the inventory), running, status, since (UTC text; empty when it does not run), restarts, exit_code, oom_killed, pid}
function check_service:state() end

--- The last lines of its log, or of its unit's journal.
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@overload fun(self: runbook.check.service, named: { lines?: number, since?: string }): runbook.Check
---@return runbook.Check # {lines = list of {at, text}, count, where}: oldest first
function check_service:logs(lines, since) end
