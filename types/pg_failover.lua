---@meta

-- Made from the rows of pg_failover by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field pg_failover fun(target: runbook.Target): runbook.see.pg_failover

---@class runbook.see.pg_failover
local see_pg_failover = {}

--- The groups of every formation that a monitor of pg_auto_failover has nodes of.
---@return runbook.Reading # list of tables as group gives them
function see_pg_failover:groups() end

--- One group of a monitor of pg_auto_failover: its nodes, who takes writes, and who may be promoted.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@param xid? string a transaction to ask about besides
---@overload fun(self: runbook.see.pg_failover, named: { formation?: string, group?: number, xid?: string }): runbook.Reading
---@return runbook.Reading # {formation, group, primary = {id, name, address}, writable, why, under_way, may_fail_over, why_not, nodes = list of {id, name, address, state, assigned, health, running, heard_s, checked_s, sync, lsn, timeline, behind_bytes, priority, quorum, may_be_promoted, why_not}}: no primary while a failover is under way; writable as far as the monitor knows, else why not; may_fail_over when a node may be promoted without losing what was committed, else why_not
function see_pg_failover:group(formation, group, xid) end

--- What happened in a group, the last first.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@param limit? number how many: 20 unless said, 1000 at most
---@overload fun(self: runbook.see.pg_failover, named: { formation?: string, group?: number, limit?: number }): runbook.Reading
---@return runbook.Reading # list of {time, node, state, assigned, sync, lsn, text}
function see_pg_failover:events(formation, group, limit) end

--- How long a group had no writable primary the last time, as its monitor's last 1000 events tell.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@overload fun(self: runbook.see.pg_failover, named: { formation?: string, group?: number }): runbook.Reading
---@return runbook.Reading # {from, from_by, to, seconds, ago_s}, or {from, from_by, lasts_s} while it lasts, nothing when they tell of none; from_by is report where it is the last report of the node that was lost, else monitor: what that saw first
function see_pg_failover:outage(formation, group) end

---@class runbook.checks
---@field pg_failover fun(target: runbook.Target): runbook.check.pg_failover

---@class runbook.check.pg_failover
local check_pg_failover = {}

--- The groups of every formation that a monitor of pg_auto_failover has nodes of.
---@return runbook.Check # list of tables as group gives them
function check_pg_failover:groups() end

--- One group of a monitor of pg_auto_failover: its nodes, who takes writes, and who may be promoted.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@param xid? string a transaction to ask about besides
---@overload fun(self: runbook.check.pg_failover, named: { formation?: string, group?: number, xid?: string }): runbook.Check
---@return runbook.Check # {formation, group, primary = {id, name, address}, writable, why, under_way, may_fail_over, why_not, nodes = list of {id, name, address, state, assigned, health, running, heard_s, checked_s, sync, lsn, timeline, behind_bytes, priority, quorum, may_be_promoted, why_not}}: no primary while a failover is under way; writable as far as the monitor knows, else why not; may_fail_over when a node may be promoted without losing what was committed, else why_not
function check_pg_failover:group(formation, group, xid) end

--- What happened in a group, the last first.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@param limit? number how many: 20 unless said, 1000 at most
---@overload fun(self: runbook.check.pg_failover, named: { formation?: string, group?: number, limit?: number }): runbook.Check
---@return runbook.Check # list of {time, node, state, assigned, sync, lsn, text}
function check_pg_failover:events(formation, group, limit) end

--- How long a group had no writable primary the last time, as its monitor's last 1000 events tell.
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@overload fun(self: runbook.check.pg_failover, named: { formation?: string, group?: number }): runbook.Check
---@return runbook.Check # {from, from_by, to, seconds, ago_s}, or {from, from_by, lasts_s} while it lasts, nothing when they tell of none; from_by is report where it is the last report of the node that was lost, else monitor: what that saw first
function check_pg_failover:outage(formation, group) end

--- Orders the monitor of pg_auto_failover to promote a standby, and waits until that is the primary. Refused unless a standby is in sync and well; the old primary becomes a standby when it is there.
---@param target runbook.Target
---@param formation? string the formation: default unless said
---@param group? number its group: 0 unless said
---@param within? number seconds in which another node must be the primary: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.pg_failover_perform(target, formation, group, within, options) end
