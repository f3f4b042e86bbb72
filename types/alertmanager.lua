---@meta

-- Made from the rows of alertmanager by scripts/transcripts; the next one overwrites it.

--- A target of the kind alertmanager.
---@param label string what it is for
---@return runbook.Input
function input.alertmanager(label) end

---@class runbook.See
---@field alertmanager fun(target: runbook.Target): runbook.see.alertmanager

---@class runbook.see.alertmanager
local see_alertmanager = {}

--- The alerts that are active now, neither silenced nor inhibited.
---@param matchers? string[] only those that match, as amtool writes it
---@overload fun(self: runbook.see.alertmanager, named: { matchers?: string[] }): runbook.Reading
---@return runbook.Reading # {count, alerts = list of {name, severity, labels, since, summary}}; at most 200
function see_alertmanager:alerts(matchers) end

--- The silences that hold now, or will.
---@return runbook.Reading # {count, silences = list of {id, state, starts, ends, by, comment, matchers}}; at most 200
function see_alertmanager:silences() end

--- The silence of these matchers with this comment.
---@param matchers string[] what it silences, as amtool writes it
---@param comment string its comment, word by word
---@overload fun(self: runbook.see.alertmanager, named: { matchers: string[], comment: string }): runbook.Reading
---@return runbook.Reading # {id, state, starts, ends, by, comment, matchers}; nothing when there is none
function see_alertmanager:silence(matchers, comment) end

---@class runbook.checks
---@field alertmanager fun(target: runbook.Target): runbook.check.alertmanager

---@class runbook.check.alertmanager
local check_alertmanager = {}

--- The alerts that are active now, neither silenced nor inhibited.
---@param matchers? string[] only those that match, as amtool writes it
---@overload fun(self: runbook.check.alertmanager, named: { matchers?: string[] }): runbook.Check
---@return runbook.Check # {count, alerts = list of {name, severity, labels, since, summary}}; at most 200
function check_alertmanager:alerts(matchers) end

--- The silences that hold now, or will.
---@return runbook.Check # {count, silences = list of {id, state, starts, ends, by, comment, matchers}}; at most 200
function check_alertmanager:silences() end

--- The silence of these matchers with this comment.
---@param matchers string[] what it silences, as amtool writes it
---@param comment string its comment, word by word
---@overload fun(self: runbook.check.alertmanager, named: { matchers: string[], comment: string }): runbook.Check
---@return runbook.Check # {id, state, starts, ends, by, comment, matchers}; nothing when there is none
function check_alertmanager:silence(matchers, comment) end

--- Silences alerts, with an end.
---@param target runbook.Target
---@param matchers string[] what it silences, as amtool writes it
---@param lasts string until it ends by itself; at most 24h
---@param comment string why; the silence is found again by it
---@param by? string in whose name, runbook unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.alertmanager_silence(target, matchers, lasts, comment, by, options) end
