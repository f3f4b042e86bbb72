---@meta

-- Made from the rows of clock by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field clock fun(): runbook.see.clock

---@class runbook.see.clock
local see_clock = {}

--- The time where the engine runs.
---@return runbook.Reading # {utc (text), unix (seconds since 1970), up (seconds since boot)}
function see_clock:now() end

---@class runbook.checks
---@field clock fun(): runbook.check.clock

---@class runbook.check.clock
local check_clock = {}

--- The time where the engine runs.
---@return runbook.Check # {utc (text), unix (seconds since 1970), up (seconds since boot)}
function check_clock:now() end
