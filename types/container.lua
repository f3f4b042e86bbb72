---@meta

-- Made from the rows of container by scripts/transcripts; the next one overwrites it.

--- A target of the kind container.
---@param label string what it is for
---@return runbook.Input
function input.container(label) end

---@class runbook.See
---@field container fun(target: runbook.Target): runbook.see.container

---@class runbook.see.container
local see_container = {}

--- What docker says of the container: its state, its health, its settings.
---@return runbook.Reading # {status, running, paused, exit_code, oom_killed, error, restarts, health = {status, failing, last = list of {at, exit_code, output}}, started, finished, created, up_seconds, pid, id, image, image_id, command, env_keys, labels, mounts, ports, networks, network_mode, memory_limit, cpus, restart_policy, log_driver, tty}: times as UTC text, limits in bytes and processors, 0 for none; env_keys = {NAME = true}
function see_container:state() end

--- Its environment; no value is ever shown, but two can be compared.
---@param key? string one variable by its name
---@overload fun(self: runbook.see.container, named: { key?: string }): runbook.Reading
---@return runbook.Reading # by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the same for the same value, so same_secret tells whether two are equal; empty text for an empty one; with key one of them, error not_found when it is not set
function see_container:env(key) end

--- The end of its log, and how often what is in it.
---@param tail? number how many lines to give, the last ones: 200 unless said, at most 5000
---@param since? string count the lines from then on, at most 20000: "10m" ago, or a time in UTC
---@param before? string and up to then
---@param match? string[] texts to count, without regard to case; * stands for anything
---@overload fun(self: runbook.see.container, named: { tail?: number, since?: string, before?: string, match?: string[] }): runbook.Reading
---@return runbook.Reading # {lines = list of {at, stream, text}, count, stdout, stderr, per_minute, matches = by text {count, per_minute, first, last, example}, from, to, complete}: counts are of all lines that were looked through, which were all there are when complete; error not_found when the log driver is none
function see_container:logs(tail, since, before, match) end

--- What it uses right now; takes a second or two.
---@return runbook.Reading # {cpu_percent, cpus, throttled_periods, memory_used, memory_limit, memory_percent, pids, pids_limit, read_bytes, written_bytes, received_bytes, sent_bytes}: sizes in bytes, 100 % is one processor
function see_container:stats() end

--- The processes in it, with the commands that started them.
---@return runbook.Reading # {count, processes = list of {UID, PID, PPID, C, STIME, TTY, TIME, CMD}}: texts as ps prints them, at most 500; error remote when it does not run
function see_container:top() end

--- Which files in it are not as its image has them.
---@return runbook.Reading # {count, added, changed, deleted = lists of paths}: at most 500 of each
function see_container:diff() end

--- What it may have run before: the images of the same repository that the engine still has.
---@return runbook.Reading # {repository, current, previous, others}, each image {tags, digests, id, created, bytes, labels}: previous is the newest that is no newer than the current one, nil when there is none; others has the newest first
function see_container:previous_image() end

--- What a command inside it says; refused for all but a short list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.container, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {exit_code, stdout, stderr}: at most 1 MiB; error not_found when its image has no such program
function see_container:exec_read(argv) end

--- Whether the container can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.see.container, named: { target: Target }): runbook.Reading
---@return runbook.Reading # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function see_container:can_reach(target) end

---@class runbook.checks
---@field container fun(target: runbook.Target): runbook.check.container

---@class runbook.check.container
local check_container = {}

--- What docker says of the container: its state, its health, its settings.
---@return runbook.Check # {status, running, paused, exit_code, oom_killed, error, restarts, health = {status, failing, last = list of {at, exit_code, output}}, started, finished, created, up_seconds, pid, id, image, image_id, command, env_keys, labels, mounts, ports, networks, network_mode, memory_limit, cpus, restart_policy, log_driver, tty}: times as UTC text, limits in bytes and processors, 0 for none; env_keys = {NAME = true}
function check_container:state() end

--- Its environment; no value is ever shown, but two can be compared.
---@param key? string one variable by its name
---@overload fun(self: runbook.check.container, named: { key?: string }): runbook.Check
---@return runbook.Check # by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the same for the same value, so same_secret tells whether two are equal; empty text for an empty one; with key one of them, error not_found when it is not set
function check_container:env(key) end

--- The end of its log, and how often what is in it.
---@param tail? number how many lines to give, the last ones: 200 unless said, at most 5000
---@param since? string count the lines from then on, at most 20000: "10m" ago, or a time in UTC
---@param before? string and up to then
---@param match? string[] texts to count, without regard to case; * stands for anything
---@overload fun(self: runbook.check.container, named: { tail?: number, since?: string, before?: string, match?: string[] }): runbook.Check
---@return runbook.Check # {lines = list of {at, stream, text}, count, stdout, stderr, per_minute, matches = by text {count, per_minute, first, last, example}, from, to, complete}: counts are of all lines that were looked through, which were all there are when complete; error not_found when the log driver is none
function check_container:logs(tail, since, before, match) end

--- What it uses right now; takes a second or two.
---@return runbook.Check # {cpu_percent, cpus, throttled_periods, memory_used, memory_limit, memory_percent, pids, pids_limit, read_bytes, written_bytes, received_bytes, sent_bytes}: sizes in bytes, 100 % is one processor
function check_container:stats() end

--- The processes in it, with the commands that started them.
---@return runbook.Check # {count, processes = list of {UID, PID, PPID, C, STIME, TTY, TIME, CMD}}: texts as ps prints them, at most 500; error remote when it does not run
function check_container:top() end

--- Which files in it are not as its image has them.
---@return runbook.Check # {count, added, changed, deleted = lists of paths}: at most 500 of each
function check_container:diff() end

--- What it may have run before: the images of the same repository that the engine still has.
---@return runbook.Check # {repository, current, previous, others}, each image {tags, digests, id, created, bytes, labels}: previous is the newest that is no newer than the current one, nil when there is none; others has the newest first
function check_container:previous_image() end

--- What a command inside it says; refused for all but a short list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.container, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {exit_code, stdout, stderr}: at most 1 MiB; error not_found when its image has no such program
function check_container:exec_read(argv) end

--- Whether the container can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.check.container, named: { target: Target }): runbook.Check
---@return runbook.Check # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function check_container:can_reach(target) end
