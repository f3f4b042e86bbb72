---@meta

-- Made from the rows of health by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field health fun(target: runbook.Target): runbook.see.health

---@class runbook.see.health
local see_health = {}

--- What the service says of its own health, and of each thing that it depends on.
---@param path? string below the target's url; the health path that the inventory declares unless said
---@overload fun(self: runbook.see.health, named: { path?: string }): runbook.Reading
---@return runbook.Reading # {status = up, degraded, down or unknown; down = names of the components that are down; components = table of {status, error, ms} by name; http_status; ms}; a status of 500 and above is an answer too
function see_health:deep(path) end

---@class runbook.checks
---@field health fun(target: runbook.Target): runbook.check.health

---@class runbook.check.health
local check_health = {}

--- What the service says of its own health, and of each thing that it depends on.
---@param path? string below the target's url; the health path that the inventory declares unless said
---@overload fun(self: runbook.check.health, named: { path?: string }): runbook.Check
---@return runbook.Check # {status = up, degraded, down or unknown; down = names of the components that are down; components = table of {status, error, ms} by name; http_status; ms}; a status of 500 and above is an answer too
function check_health:deep(path) end
