---@meta

-- The words of plans and of what is checked: the second half of language.lua.

-- Plans -----------------------------------------------------------------------------------------------------------

--- Changes are values: `change.<row>(target, …, { to = …, … })` says what is wanted; the engine reads what is there, spells out the
--- commands, and decides level and way back.
---@class runbook.changes
change = {}

--- The table at the end of a change.
---@class runbook.ChangeOptions
---@field to? any what is wanted, where the change sets something
---@field comment? string why, for people
---@field level? 1|2|3 at least this level; it can be raised only
---@field guard? runbook.Check[] looked at right before the change is sent; one that does not hold stops the plan
---@field activate? runbook.Change[] actions that make it count: done after the change, and again after its undo
---@field irreversible? string why there is no way back: one level higher, and `undo` says so
---@field nothing_to_undo? string why what an action leaves needs no way back

--- The same changes on each target, in waves with checks between them.
---@param targets runbook.Target[]
---@param options runbook.AcrossOptions
---@param make fun(target: runbook.Target): runbook.Change[]
---@return runbook.Group
function change.across(targets, options, make) end

--- The options of `change.across`.
---@class (exact) runbook.AcrossOptions
---@field check fun(target: runbook.Target): runbook.Check[] what must hold of a target that was changed
---@field canary? integer the size of the first wave, none of which may fail; 0
---@field at_a_time? integer the size of each wave after that; 1
---@field max_failed? integer it stops when more than these failed; 0
---@field min_healthy? integer|string so many of the targets, or such a percentage ("80%"), must be healthy before a wave is begun, not counting the wave; no wave may be larger than what that leaves
---@field healthy? fun(target: runbook.Target): runbook.Check[] what counts as healthy; `check`
---@field within? runbook.Duration the checks of a wave hold at the latest after this
---@field holds? runbook.Duration and for this long

--- Changes for each member of a list, such as keys that were found. One that is gone when its turn comes is left out.
---@param list any[]
---@param options runbook.EachOfOptions
---@param make fun(member: any): runbook.Change[]
---@return runbook.Group
function change.each_of(list, options, make) end

--- The options of `change.each_of`.
---@class (exact) runbook.EachOfOptions
---@field at_most integer more members than this are refused

--- Restarts containers one at a time, the next only when the one before is ready: runs, and is healthy where it has a
--- health check.
---@param containers runbook.Target[]
---@param options? runbook.RollingRestartOptions
---@return runbook.Group
function change.rolling_restart(containers, options) end

--- The options of `change.rolling_restart`.
---@class (exact) runbook.RollingRestartOptions
---@field canary? integer how many come first, none of which may fail; 0
---@field max_failed? integer it stops when more than these failed; 0
---@field min_healthy? integer|string so many of the containers, or such a percentage ("80%"), must be ready before the next is restarted, not counting it
---@field timeout? integer seconds that each has to end by itself before it is killed; 10
---@field within? runbook.Duration each is ready at the latest after this; 60s
---@field holds? runbook.Duration and for this long

--- The plan goes on only when these checks hold.
---@param checks runbook.BarrierSlots
---@return runbook.Barrier
function barrier(checks) end

--- What stands in `barrier { … }`.
---@class runbook.BarrierSlots
---@field [integer] runbook.Check
---@field within? runbook.Duration they hold at the latest after this; 30s
---@field holds? runbook.Duration and for this long

--- What a person does. They type what they see; anything else than `expects` stops the plan.
---@param what string what is to be done
---@return fun(slots: runbook.ManualSlots): runbook.Manual
function manual(what) end

--- What stands in `manual "what to do" { … }`.
---@class (exact) runbook.ManualSlots
---@field expects string|number what is seen then
---@field undo? runbook.Manual what takes it back, when it changes something

---@class runbook.Change
---@class runbook.Group
---@class runbook.Barrier
---@class runbook.Manual

-- Checks ----------------------------------------------------------------------------------------------------------

--- A reader that is recorded instead of run, a path into its result, one comparison:
--- `check.redis(x):info("clients").connected_clients:below(100)`.
---@class runbook.checks
check = {}

---@class runbook.Check
---@field [string] runbook.Check
local Check = {}

--- It is that text, number, true or false.
---@param value string|number|boolean
---@return runbook.Check
function Check:is(value) end

--- It is there, and is not that.
---@param value string|number|boolean
---@return runbook.Check
function Check:is_not(value) end

--- There is nothing: no such name in the result, or the reader says not found.
---@return runbook.Check
function Check:is_absent() end

--- It is a number or an amount, and at least that.
---@param amount runbook.Amount
---@return runbook.Check
function Check:at_least(amount) end

--- It is a number or an amount, and at most that.
---@param amount runbook.Amount
---@return runbook.Check
function Check:at_most(amount) end

--- It is a number or an amount, and above that.
---@param amount runbook.Amount
---@return runbook.Check
function Check:above(amount) end

--- It is a number or an amount, and below that.
---@param amount runbook.Amount
---@return runbook.Check
function Check:below(amount) end

--- The list or the text contains it, or the table has that name.
---@param value string|number|boolean
---@return runbook.Check
function Check:has(value) end

--- It is there, and has it not.
---@param value string|number|boolean
---@return runbook.Check
function Check:has_not(value) end

--- The whole text fits a pattern with `*` and `?`.
---@param pattern string
---@return runbook.Check
function Check:matches(pattern) end

--- It is a number, and not above what it was at the first look after the change.
---@return runbook.Check
function Check:stays_flat() end

--- … and has been so for that long; comes after a comparison.
---@param duration runbook.Duration
---@return runbook.Check
function Check:lasting(duration) end

-- Lua -------------------------------------------------------------------------------------------------------------

--- The module `name.lua` beside the playbook, while loading only. A file whose name starts with `_` is a module, no playbook.
---@param name string
---@return any
function require(name) end

--- Writes a value with everything in it to stderr, for looking at while writing. `print` does the same with plain text.
---@param value any
function inspect(value) end
