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
---@return runbook.Reading # {status, running, paused, ready (runs, and is healthy where it has a health check), exit_code, oom_killed, error, restarts, health = {status, failing, last = list of {at, exit_code, output}}, started, finished, created, up_seconds, age_seconds (since created), pid, id, image, image_id, command, env_keys, labels, mounts, ports, networks, network_mode, memory_limit, memory_swap_limit, cpus, restart_policy, auto_remove, log_driver, tty}: times as UTC text, limits in bytes and processors, 0 for none (swap with memory, -1 for none); env_keys = {NAME = true}
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

--- What it uses right now, nothing when it does not run; takes a second or two.
---@return runbook.Reading # {cpu_percent, cpus, throttled_periods, memory_used, memory_limit, memory_percent, pids, pids_limit, read_bytes, written_bytes, received_bytes, sent_bytes}: sizes in bytes, 100 % is one processor
function see_container:stats() end

--- The processes in it, with the commands that started them.
---@return runbook.Reading # {count, processes = list of {UID, PID, PPID, C, STIME, TTY, TIME, CMD}}: texts as ps prints them, at most 500; error remote when it does not run
function see_container:top() end

--- Which files in it are not as its image has them.
---@return runbook.Reading # {count, added, changed, deleted = lists of paths}: at most 500 of each
function see_container:diff() end

--- What it may have run before: the images of the same repository that the engine still has.
---@return runbook.Reading # {repository, current, previous, others}, each image {tags, digests, id, created, bytes, labels}: previous is the newest that is older than the current one, nil when there is none; others has the newest first
function see_container:previous_image() end

--- What a command inside it says; refused for all but a short list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.container, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {exit_code, stdout, stderr}: at most 1 MiB; error not_found when its image has no such program
function see_container:exec_read(argv) end

--- Which run of a container this is and, given the id of a command, what became of that command in it.
---@param exec? string the id that docker gave to a command
---@overload fun(self: runbook.see.container, named: { exec?: string }): runbook.Reading
---@return runbook.Reading # {id, name, started, running, exec}: exec is {status, exit_code}, its status not_started, running or exited; error not_found when the engine does not know the command any more
function see_container:exec_state(exec) end

--- Whether the container can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.see.container, named: { target: Target }): runbook.Reading
---@return runbook.Reading # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function see_container:can_reach(target) end

--- Which container bears the name, which one was made to take its place, and which one that replaces.
---@return runbook.Reading # {current, next, replaced}: each {id, name, image, image_id, up, restart_policy, auto_remove, networks, links, replaces}, nil when there is none; replaces is the id of the one whose place it takes; of one in several networks also first_network and endpoints
function see_container:lineage() end

--- The containers that were kept when it was made anew: NAME.before-ID and NAME.after-ID, with their own ids.
---@return runbook.Reading # {containers = list of {id, name, image, ended, bytes}}
function see_container:kept() end

--- What a container that was kept is and was, and the end of its log.
---@param container string its id or name
---@overload fun(self: runbook.see.container, named: { container: string }): runbook.Reading
---@return runbook.Reading # {state, logs}: as container.state and container.logs give them, 5000 lines
function see_container:kept_words(container) end

---@class runbook.checks
---@field container fun(target: runbook.Target): runbook.check.container

---@class runbook.check.container
local check_container = {}

--- What docker says of the container: its state, its health, its settings.
---@return runbook.Check # {status, running, paused, ready (runs, and is healthy where it has a health check), exit_code, oom_killed, error, restarts, health = {status, failing, last = list of {at, exit_code, output}}, started, finished, created, up_seconds, age_seconds (since created), pid, id, image, image_id, command, env_keys, labels, mounts, ports, networks, network_mode, memory_limit, memory_swap_limit, cpus, restart_policy, auto_remove, log_driver, tty}: times as UTC text, limits in bytes and processors, 0 for none (swap with memory, -1 for none); env_keys = {NAME = true}
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

--- What it uses right now, nothing when it does not run; takes a second or two.
---@return runbook.Check # {cpu_percent, cpus, throttled_periods, memory_used, memory_limit, memory_percent, pids, pids_limit, read_bytes, written_bytes, received_bytes, sent_bytes}: sizes in bytes, 100 % is one processor
function check_container:stats() end

--- The processes in it, with the commands that started them.
---@return runbook.Check # {count, processes = list of {UID, PID, PPID, C, STIME, TTY, TIME, CMD}}: texts as ps prints them, at most 500; error remote when it does not run
function check_container:top() end

--- Which files in it are not as its image has them.
---@return runbook.Check # {count, added, changed, deleted = lists of paths}: at most 500 of each
function check_container:diff() end

--- What it may have run before: the images of the same repository that the engine still has.
---@return runbook.Check # {repository, current, previous, others}, each image {tags, digests, id, created, bytes, labels}: previous is the newest that is older than the current one, nil when there is none; others has the newest first
function check_container:previous_image() end

--- What a command inside it says; refused for all but a short list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.container, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {exit_code, stdout, stderr}: at most 1 MiB; error not_found when its image has no such program
function check_container:exec_read(argv) end

--- Which run of a container this is and, given the id of a command, what became of that command in it.
---@param exec? string the id that docker gave to a command
---@overload fun(self: runbook.check.container, named: { exec?: string }): runbook.Check
---@return runbook.Check # {id, name, started, running, exec}: exec is {status, exit_code}, its status not_started, running or exited; error not_found when the engine does not know the command any more
function check_container:exec_state(exec) end

--- Whether the container can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.check.container, named: { target: Target }): runbook.Check
---@return runbook.Check # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function check_container:can_reach(target) end

--- Which container bears the name, which one was made to take its place, and which one that replaces.
---@return runbook.Check # {current, next, replaced}: each {id, name, image, image_id, up, restart_policy, auto_remove, networks, links, replaces}, nil when there is none; replaces is the id of the one whose place it takes; of one in several networks also first_network and endpoints
function check_container:lineage() end

--- The containers that were kept when it was made anew: NAME.before-ID and NAME.after-ID, with their own ids.
---@return runbook.Check # {containers = list of {id, name, image, ended, bytes}}
function check_container:kept() end

--- What a container that was kept is and was, and the end of its log.
---@param container string its id or name
---@overload fun(self: runbook.check.container, named: { container: string }): runbook.Check
---@return runbook.Check # {state, logs}: as container.state and container.logs give them, 5000 lines
function check_container:kept_words(container) end

--- Stops a container; its undo starts it again.
---@param target runbook.Target
---@param timeout? number seconds that it has to end by itself before it is killed: 10 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_stop(target, timeout, options) end

--- Starts a container that was stopped; its undo stops it.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_start(target, options) end

--- Freezes a container as it is; its undo lets it go on.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_pause(target, options) end

--- Lets a container go on that was frozen; its undo freezes it.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_unpause(target, options) end

--- Restarts a container. Its logs and its state are kept before; level 3 where they cannot be.
---@param target runbook.Target
---@param timeout? number seconds that it has to end by itself before it is killed: 10 unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_restart(target, timeout, options) end

--- Sends a signal to the first process of a container. Its logs and its state are kept before.
---@param target runbook.Target
---@param signal "HUP"|"INT"|"KILL"|"QUIT"|"TERM"|"USR1"|"USR2" the signal
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_kill(target, signal, options) end

--- Runs a command inside a container. It needs undo, or irreversible = "why"; an exit code other than 0 is a failure.
---@param target runbook.Target
---@param argv string[] the program and its arguments, each a text of its own; no shell reads them
---@param undo? string[] the command that takes it back
---@param within? number seconds in which it must end: 60 unless said; docker cannot stop it then
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_exec(target, argv, undo, within, options) end

---@class runbook.change.container_memory: runbook.ChangeOptions
---@field to string|number the limit: bytes, or text such as "512mb"

--- Sets the memory limit of a running container; as much swap as before stays beside it. Level 3 where it is lowered.
---@param target runbook.Target
---@param options runbook.change.container_memory
---@return runbook.Change
function change.container_memory(target, options) end

---@class runbook.change.container_cpus: runbook.ChangeOptions
---@field to string|number how many: a number, 0.5 for half of one

--- Sets how many processors a running container may use.
---@param target runbook.Target
---@param options runbook.change.container_cpus
---@return runbook.Change
function change.container_cpus(target, options) end

---@class runbook.change.container_restart_policy: runbook.ChangeOptions
---@field to string|number no, always, unless-stopped, on-failure or on-failure:5

--- Sets whether docker starts a container again when it ends, or when the daemon starts.
---@param target runbook.Target
---@param options runbook.change.container_restart_policy
---@return runbook.Change
function change.container_restart_policy(target, options) end

--- Removes a container that does not run. Its logs and its state are kept before; always of level 3.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_remove(target, options) end

--- Removes the containers NAME.before-ID and NAME.after-ID that were kept when it was made anew. Their logs and states are kept before; always of level 3.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.container_remove_kept(target, options) end

---@class runbook.change.container_image: runbook.ChangeOptions
---@field to string|number the image, which the engine must have

--- Makes a container anew with another image; its undo brings back the very container that it was.
---@param target runbook.Target
---@param timeout? number seconds that the old one has to end by itself: 10 unless said
---@param within? number seconds in which the new one must become healthy: 60 unless said
---@param options runbook.change.container_image
---@return runbook.Change
function change.container_image(target, timeout, within, options) end

---@class runbook.change.container_env: runbook.ChangeOptions
---@field to string|number|runbook.Secret the value: text, a number, or secret "NAME" of the inventory

--- Makes a container anew with another value of one variable of its environment; its undo brings back the very container that it was.
---@param target runbook.Target
---@param key string the variable, by its name
---@param timeout? number seconds that the old one has to end by itself: 10 unless said
---@param within? number seconds in which the new one must become healthy: 60 unless said
---@param options runbook.change.container_env
---@return runbook.Change
function change.container_env(target, key, timeout, within, options) end

---@class runbook.change.container_recreate: runbook.ChangeOptions
---@field to table { image = "…", env = { NAME = value or secret "NAME" } }

--- Makes a container anew with another image, other variables, or both; its undo brings back the very container that it was.
---@param target runbook.Target
---@param timeout? number seconds that the old one has to end by itself: 10 unless said
---@param within? number seconds in which the new one must become healthy: 60 unless said
---@param options runbook.change.container_recreate
---@return runbook.Change
function change.container_recreate(target, timeout, within, options) end
