---@meta

-- The words of the language of playbooks, for editors (https://luals.github.io) and for docs/reference.md. What the engine can
-- read and change stands in the files beside this one, one for each subject. A test holds both against the language.

-- Playbooks -------------------------------------------------------------------------------------------------------

---@alias runbook.Duration string -- "250ms", "30s", "15m", "2h", "1d"
---@alias runbook.Amount number|string -- a number, a duration, or a size such as "5gb"
---@alias runbook.Arg table<string, any> -- the inputs by name: targets, text and numbers
---@alias runbook.Chosen table<string, any> -- the answers to `asks` by name

--- A playbook; the file returns it, and is named like it.
---@param name string small letters, digits and -
---@return fun(slots: runbook.Playbook): runbook.Book
function playbook(name) end

--- The slots of `playbook "name" { … }`.
---@class (exact) runbook.Playbook
---@field alerts string[] the alerts that it answers; may be empty
---@field severity "SEV-1"|"SEV-2"|"SEV-3"|"SEV-4"|"SEV-5" how bad it is when one needs it
---@field owner string who answers for it
---@field summary? string what is wrong when one needs it; else the comment `---` at the top of the file says it
---@field inputs table<string, runbook.Input> what the operator gives before the look
---@field findings? table<string, string> what it can find: name to meaning
---@field evidence fun(see: runbook.See, arg: runbook.Arg): table<string, any> starts readings, and gives them by name
---@field diagnose fun(found: runbook.Found, arg: runbook.Arg): runbook.Verdict|runbook.Verdict[], runbook.Verdict?, runbook.Verdict? what the evidence means; no I/O
---@field mitigations? runbook.Mitigation[] what it may change, in order of preference; without it the playbook only looks
---@field watch? runbook.Watch what is looked after when all is well again
---@field follow_up? runbook.FollowUp[] what is to be done after the incident

--- Something that can be done about a finding.
---@param name string small letters, digits and -; a letter comes first
---@return fun(slots: runbook.MitigationSlots): runbook.Mitigation
function mitigation(name) end

--- The slots of `mitigation "name" { … }`.
---@class (exact) runbook.MitigationSlots
---@field answers? string[] the findings that call for it
---@field not_while? string[] the findings that forbid it
---@field needs? string[] optional inputs; it is offered only when all of them are there
---@field warning? string what the operator must know; shown with the plan
---@field purpose? "hold" cures nothing and buys time; offered whenever something was found
---@field asks? table<string, runbook.Ask> what the operator decides before the plan
---@field plan fun(found: runbook.Found, arg: runbook.Arg, chosen: runbook.Chosen): runbook.Item[] what is to be done; no I/O
---@field verify fun(arg: runbook.Arg, chosen: runbook.Chosen): runbook.Check[] what will count as fixed; no I/O
---@field within? runbook.Duration the checks hold at the latest after this; 30s
---@field holds? runbook.Duration and for this long

--- The slots of `watch = { … }`.
---@class (exact) runbook.Watch
---@field within runbook.Duration how long it is looked after
---@field check fun(arg: runbook.Arg): runbook.Check[]|runbook.Check what has to stay so
---@field note? string what the operator should know of it

--- A reminder: what is to be done when the incident lasted that long.
---@param duration runbook.Duration
---@param text string
---@return runbook.FollowUp
function after(duration, text) end

---@class runbook.Book
---@class runbook.Mitigation
---@class runbook.FollowUp
---@class runbook.Target
---@class runbook.Secret
---@alias runbook.Item runbook.Change|runbook.Group|runbook.Barrier|runbook.Manual

--- A secret, by the name that it has in `[secrets]` of the inventory: it can be put where a change takes one, as `to`, and nowhere else.
---@param name string
---@return runbook.Secret
function secret(name) end

-- Inputs ----------------------------------------------------------------------------------------------------------

--- What the operator gives with `-p NAME=VALUE`: `input.<kind> "label"` for a target of that kind, and text and number.
---@class runbook.inputs
input = {}

--- A text.
---@param label string what it is for
---@return runbook.Input
function input.text(label) end

--- A number.
---@param label string what it is for
---@return runbook.Input
function input.number(label) end

---@class runbook.Input
local Input = {}

--- What it is when it is left out. For a target: text that selects as `-p` does, such as "tag:cache", `users_of "input"`, `container_of "input"`, `host_of "input"`.
---@param value string|number|runbook.Related
---@return runbook.Input
function Input:default(value) end

--- A list of targets instead of one.
---@return runbook.Input
function Input:many() end

--- May be left out: then it is nil, and of many an empty list.
---@return runbook.Input
function Input:optional() end

--- A default: the targets whose `uses` in the inventory names what was given as that input.
---@param name string the other input
---@return runbook.Related
function users_of(name) end

--- A default of an input.container: the container that what was given as that input runs in, by its `container = "…"`.
---@param name string the other input
---@return runbook.Related
function container_of(name) end

--- A default of an input.ssh: the host that what was given as that input runs on, by its `host = "…"`.
---@param name string the other input
---@return runbook.Related
function host_of(name) end

---@class runbook.Related

-- Evidence --------------------------------------------------------------------------------------------------------

--- What `evidence` looks with: `see.<subject>(target):<reader>(…)` starts a reading at once.
---@class runbook.See

---@class runbook.Reading
local Reading = {}

--- Waits for it; the value, or raises `{ code, message, where, cause }`.
---@return any
function Reading:value() end

--- Waits for it; the value, or `fallback` when it could not be read.
---@param fallback any
---@return any
function Reading:value_or(fallback) end

--- Waits for it; whether it could not be read.
---@return boolean
function Reading:failed() end

--- Many at once.
---@class runbook.parallel
parallel = {}

--- Calls `fn` for each element, 32 at a time: a list of `{ target or item, value, error }` in the order of the list.
---@param list any[]
---@param fn fun(element: any): any
---@param options? runbook.ParallelOptions
---@return table[]
function parallel.map(list, fn, options) end

--- Calls `fn` for each element, 32 at a time; raises the first error after all have ended.
---@param list any[]
---@param fn fun(element: any)
---@param options? runbook.ParallelOptions
function parallel.each(list, fn, options) end

--- The options of `parallel.map` and `parallel.each`.
---@class (exact) runbook.ParallelOptions
---@field limit? integer how many at a time; 32

-- Verdicts --------------------------------------------------------------------------------------------------------

--- What was read, by the names that `evidence` gave: `found.x` is nil when x could not be read.
---@class runbook.Found
---@field [string] any
local Found = {}

--- Whether two texts that were read hold the same secret, each as a whole or as the password of a URL; nil when one is unread.
---@param a string?
---@param b string?
---@return boolean?
function same_secret(a, b) end

--- Why that could not be read; nil when it could.
---@param name string
---@return string?
function Found:why(name) end

--- Something that is wrong. Without a text it is what `findings` says of it.
---@param name string
---@param text? string as for string.format
---@param ... any
---@return runbook.Verdict
function finding(name, text, ...) end

--- Nothing is wrong. It becomes `unclear` when something declared could not be read.
---@param text string as for string.format
---@param ... any
---@return runbook.Verdict
function healthy(text, ...) end

--- This playbook does not fit what was seen; say with `:next(…)` which does.
---@param text string as for string.format
---@param ... any
---@return runbook.Verdict
function unfit(text, ...) end

--- It cannot be told.
---@param text string as for string.format
---@param ... any
---@return runbook.Verdict
function unclear(text, ...) end

---@class runbook.Verdict
local Verdict = {}

--- What a person does about a finding, or the playbook that goes on; one after the other gives both.
---@param step string|runbook.Link
---@return runbook.Verdict
function Verdict:next(step) end

--- Another playbook and its inputs, for `:next(…)`.
---@param name string
---@param inputs? table<string, any>
---@return runbook.Link
function book(name, inputs) end

---@class runbook.Link

-- Asks ------------------------------------------------------------------------------------------------------------

--- What a mitigation asks the operator for. The default is a value, or a function of what was found that gives one.
---@class runbook.asks
ask = {}

--- A size; the answer is in bytes.
---@param label string
---@param default? number|string|fun(found: runbook.Found, arg: runbook.Arg): number|string|nil
---@return runbook.Ask
function ask.bytes(label, default) end

--- A number.
---@param label string
---@param default? number|fun(found: runbook.Found, arg: runbook.Arg): number?
---@return runbook.Ask
function ask.number(label, default) end

--- A duration, such as "10m".
---@param label string
---@param default? runbook.Duration|fun(found: runbook.Found, arg: runbook.Arg): runbook.Duration?
---@return runbook.Ask
function ask.duration(label, default) end

--- A text.
---@param label string
---@param default? string|fun(found: runbook.Found, arg: runbook.Arg): string?
---@return runbook.Ask
function ask.text(label, default) end

--- One of several.
---@param label string
---@param options string[]
---@param default? string|fun(found: runbook.Found, arg: runbook.Arg): string?
---@return runbook.Ask
function ask.choice(label, options, default) end

---@class runbook.Ask
