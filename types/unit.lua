---@meta

-- Made from the rows of unit by scripts/transcripts; the next one overwrites it.

--- Restarts a unit of systemd. Its journal and its state are kept before; level 3 where they cannot be.
---@param target runbook.Target
---@param unit string its name, with or without .service
---@param within? number seconds that systemd has for it: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.unit_restart(target, unit, within, options) end

--- Starts a unit of systemd that was stopped; its undo stops it.
---@param target runbook.Target
---@param unit string its name, with or without .service
---@param within? number seconds that systemd has for it: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.unit_start(target, unit, within, options) end

--- Stops a unit of systemd; its undo starts it. Its journal and its state are kept before; level 3 where they cannot be.
---@param target runbook.Target
---@param unit string its name, with or without .service
---@param within? number seconds that systemd has for it: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.unit_stop(target, unit, within, options) end

--- Makes a unit of systemd read its configuration again, without an end to it.
---@param target runbook.Target
---@param unit string its name, with or without .service
---@param within? number seconds that systemd has for it: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.unit_reload(target, unit, within, options) end

--- Runs a unit that does its work and ends (Type=oneshot), such as the renewal of a certificate.
---@param target runbook.Target
---@param unit string its name, with or without .service
---@param within? number seconds that systemd has for it: 120 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.unit_run(target, unit, within, options) end
