---@meta

-- Made from the rows of grafana by scripts/transcripts; the next one overwrites it.

--- A target of the kind grafana.
---@param label string what it is for
---@return runbook.Input
function input.grafana(label) end

---@class runbook.See
---@field grafana fun(target: runbook.Target): runbook.see.grafana

---@class runbook.see.grafana
local see_grafana = {}

--- Whether Grafana and its database are well.
---@return runbook.Reading # {database = ok or another word, version}
function see_grafana:health() end

--- The annotation with this text and these tags.
---@param text string its text, word by word
---@param tags string[] tags that it has
---@overload fun(self: runbook.see.grafana, named: { text: string, tags: string[] }): runbook.Reading
---@return runbook.Reading # {id, text, tags, at}, the time in milliseconds since 1970; nothing when there is none
function see_grafana:annotation(text, tags) end

---@class runbook.checks
---@field grafana fun(target: runbook.Target): runbook.check.grafana

---@class runbook.check.grafana
local check_grafana = {}

--- Whether Grafana and its database are well.
---@return runbook.Check # {database = ok or another word, version}
function check_grafana:health() end

--- The annotation with this text and these tags.
---@param text string its text, word by word
---@param tags string[] tags that it has
---@overload fun(self: runbook.check.grafana, named: { text: string, tags: string[] }): runbook.Check
---@return runbook.Check # {id, text, tags, at}, the time in milliseconds since 1970; nothing when there is none
function check_grafana:annotation(text, tags) end

--- Marks in the dashboards when something was done.
---@param target runbook.Target
---@param text string what the dashboards show
---@param tags string[] by which dashboards choose it
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.grafana_annotate(target, text, tags, options) end
