---@meta

-- Made from the rows of ufw by scripts/transcripts; the next one overwrites it.

--- Adds a rule to ufw. The host takes it back by itself unless a login that is made after it comes through; its undo deletes it.
---@param target runbook.Target
---@param rule string the rule: allow, deny, reject or limit, [in|out [on INTERFACE]], [log], from, to, port and proto
---@param at? number its number among the rules, 1 before all others; without it, behind all
---@param label? string what ufw status shows beside it
---@param lasts? string until the host ends it by itself; for good unless said
---@param unless_confirmed? number seconds after which the host takes it back by itself when no new login came through: 60 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.ufw_rule(target, rule, at, label, lasts, unless_confirmed, options) end

--- Deletes a rule of ufw. The host puts it back by itself, where it was, unless a login that is made after it comes through; its undo puts it back there, too.
---@param target runbook.Target
---@param rule string the rule: allow, deny, reject or limit, [in|out [on INTERFACE]], [log], from, to, port and proto
---@param unless_confirmed? number seconds after which the host takes it back by itself when no new login came through: 60 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.ufw_delete(target, rule, unless_confirmed, options) end
