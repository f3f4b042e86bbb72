---@meta

-- Made from the rows of prometheus by scripts/transcripts; the next one overwrites it.

--- A target of the kind prometheus.
---@param label string what it is for
---@return runbook.Input
function input.prometheus(label) end

---@class runbook.See
---@field prometheus fun(target: runbook.Target): runbook.see.prometheus

---@class runbook.see.prometheus
local see_prometheus = {}

--- A query for now. An empty answer and NaN are unknown: the reading fails, and is never zero.
---@param query string in PromQL
---@overload fun(self: runbook.see.prometheus, named: { query: string }): runbook.Reading
---@return runbook.Reading # {type, value (when there is one series), series = list of {labels, value}, total, warnings}; at most 200 series; error not_found when nothing is known
function see_prometheus:query(query) end

--- A query over time, up to now; the same holds for an empty answer.
---@param query string in PromQL
---@param within? string how far back, 1h unless said
---@param step? string between two points, a 60th of that unless said
---@overload fun(self: runbook.see.prometheus, named: { query: string, within?: string, step?: string }): runbook.Reading
---@return runbook.Reading # {series = list of {labels, points = list of {at, value}, first, last, min, max, mean}, total, warnings}; first, last, min, max and mean also at the top when there is one series; times in seconds since 1970
function see_prometheus:range(query, within, step) end

--- How many times faster than its objective allows a service uses up its error budget, over several windows.
---@param errors string the share of failures as one number in PromQL, with $window for the range
---@param objective number the share that has to succeed
---@param windows? string[] over which times; 5m 30m 1h 6h unless said
---@overload fun(self: runbook.see.prometheus, named: { errors: string, objective: number, windows?: string[] }): runbook.Reading
---@return runbook.Reading # {rates = number by window (1 is exactly the budget), ratios = share of failures by window, unread = windows that nothing is known of, budget}; error not_found when that is all of them
function see_prometheus:burn(errors, objective, windows) end

--- The alerts of its rules that are pending or firing.
---@return runbook.Reading # {firing, pending, alerts = list of {name, state, severity, labels, since, summary}}; at most 200
function see_prometheus:alerts() end

--- What it scrapes, and what of that it cannot reach.
---@return runbook.Reading # {up, down, unknown, total, ailing = list of {job, instance, health, error}}; at most 200
function see_prometheus:targets() end

---@class runbook.checks
---@field prometheus fun(target: runbook.Target): runbook.check.prometheus

---@class runbook.check.prometheus
local check_prometheus = {}

--- A query for now. An empty answer and NaN are unknown: the reading fails, and is never zero.
---@param query string in PromQL
---@overload fun(self: runbook.check.prometheus, named: { query: string }): runbook.Check
---@return runbook.Check # {type, value (when there is one series), series = list of {labels, value}, total, warnings}; at most 200 series; error not_found when nothing is known
function check_prometheus:query(query) end

--- A query over time, up to now; the same holds for an empty answer.
---@param query string in PromQL
---@param within? string how far back, 1h unless said
---@param step? string between two points, a 60th of that unless said
---@overload fun(self: runbook.check.prometheus, named: { query: string, within?: string, step?: string }): runbook.Check
---@return runbook.Check # {series = list of {labels, points = list of {at, value}, first, last, min, max, mean}, total, warnings}; first, last, min, max and mean also at the top when there is one series; times in seconds since 1970
function check_prometheus:range(query, within, step) end

--- How many times faster than its objective allows a service uses up its error budget, over several windows.
---@param errors string the share of failures as one number in PromQL, with $window for the range
---@param objective number the share that has to succeed
---@param windows? string[] over which times; 5m 30m 1h 6h unless said
---@overload fun(self: runbook.check.prometheus, named: { errors: string, objective: number, windows?: string[] }): runbook.Check
---@return runbook.Check # {rates = number by window (1 is exactly the budget), ratios = share of failures by window, unread = windows that nothing is known of, budget}; error not_found when that is all of them
function check_prometheus:burn(errors, objective, windows) end

--- The alerts of its rules that are pending or firing.
---@return runbook.Check # {firing, pending, alerts = list of {name, state, severity, labels, since, summary}}; at most 200
function check_prometheus:alerts() end

--- What it scrapes, and what of that it cannot reach.
---@return runbook.Check # {up, down, unknown, total, ailing = list of {job, instance, health, error}}; at most 200
function check_prometheus:targets() end
