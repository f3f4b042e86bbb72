---@meta

-- Made from the rows of host by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field host fun(target: runbook.Target): runbook.see.host

---@class runbook.see.host
local see_host = {}

--- What a command of the host says; refused for all but a reviewed list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.host, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {exit_code, signal, stdout, stderr, cut}: at most 1 MiB of each; signal when one ended it
function see_host:exec_read(argv) end

--- What a change on a host is compared by: what a command says that only looks.
---@param argv? string[] a command that only looks; without it nothing is asked, and nothing told
---@overload fun(self: runbook.see.host, named: { argv?: string[] }): runbook.Reading
---@return runbook.Reading # {exit_code, stdout}: without blanks at its ends; above 1 KiB sha256 in the place of stdout
function see_host:state(argv) end

--- How many processes want to run, averaged over 1, 5 and 15 minutes.
---@return runbook.Reading # {one, five, fifteen, running, processes, processors}
function see_host:load() end

--- Memory and swap.
---@return runbook.Reading # {total, used, used_percent, available, free, buffers, cached, swap_total, swap_used, swap_free} in bytes
function see_host:memory() end

--- How full its disks are.
---@param path? string the disk that this path is on; all local disks unless said
---@overload fun(self: runbook.see.host, named: { path?: string }): runbook.Reading
---@return runbook.Reading # {device, type, mount, size, used, available, percent} in bytes: of the disk with that path, else a list of all
function see_host:disk(path) end

--- What systemd says of a unit.
---@param unit string its name, with or without .service
---@overload fun(self: runbook.see.host, named: { unit: string }): runbook.Reading
---@return runbook.Reading # {name, description, load, active, sub, enabled, result, pid, restarts, exit_code, since, invocation, memory, once, changed}: once, it does its work and ends; changed, microseconds of the host's uptime when its state last changed; error not_found when there is no such unit
function see_host:unit(unit) end

--- The last lines of a log that is a file.
---@param path string the log: a file that may be read
---@param lines? number at most so many, the last ones; 200 unless said, at most 5,000
---@overload fun(self: runbook.see.host, named: { path: string, lines?: number }): runbook.Reading
---@return runbook.Reading # {text, size, kind, mode, owner, group, modified, links, directory}, as host.file
function see_host:log(path, lines) end

--- One line of a file that may be read.
---@param path string the file
---@param beginning string how the one line begins
---@overload fun(self: runbook.see.host, named: { path: string, beginning: string }): runbook.Reading
---@return runbook.Reading # {set (the line, without blanks around it; absent when there is none), sha256 and size of the file, unfit (why a change would not replace it)}
function see_host:line(path, beginning) end

--- Whether a variable of a file of KEY=value lines has a value.
---@param path string the file of KEY=value lines
---@param key string the variable
---@param value? string what it may be set to; without it, that it is not set
---@param kept? string of a way back: which file was kept, by the digits at its end
---@overload fun(self: runbook.see.host, named: { path: string, key: string, value?: string, kept?: string }): runbook.Reading
---@return runbook.Reading # {so (whether it has the value; without one, whether it is not set), back (whether it has the value of the file that was kept), sha256, size, unfit}, as host.line; no value is shown
function see_host:variable(path, key, value, kept) end

--- What a change of a whole file is compared by.
---@param path string the file
---@overload fun(self: runbook.see.host, named: { path: string }): runbook.Reading
---@return runbook.Reading # {sha256, size, unfit, text (of at most 64 KiB, of a file whose lines may be shown)}
function see_host:content(path) end

--- Whether a file is there, whose it is, and what is in it.
---@param path string absolute, of plain characters
---@param content? boolean whether its text is wanted, too; only of a file that may be read (docs/readonly-commands.md)
---@overload fun(self: runbook.see.host, named: { path: string, content?: boolean }): runbook.Reading
---@return runbook.Reading # {path, exists, kind (file, directory, link, pipe, socket …), size in bytes, mode ("0644"), owner, group, modified (UTC text), links, target of a link, sha256 of a file (unread says why there is none: not a file that may be read, or above 16 MiB), directory = {mode, owner, group} of the one it lies in}; with content also {text (the first 64 KiB; cut when there is more), lines}; links are not followed
function see_host:file(path, content) end

--- The variables in a file as systemd and docker read it; no value is ever shown, but two can be compared.
---@param path string absolute: below /etc/default and the like, or named as such files are (.env, *.env)
---@overload fun(self: runbook.see.host, named: { path: string }): runbook.Reading
---@return runbook.Reading # {path, values = by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the same for the same value, so same_secret tells whether two are equal, empty text for an empty one; keys = names in order; empty = those without a value; twice = those that stand there more than once, of which the last counts; broken = numbers of the lines that are none}; error not_found when there is no such file
function see_host:env_file(path) end

--- The last entries of its journal.
---@param unit? string the unit whose entries are wanted; all unless said
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@param priority? "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" these and graver ones
---@overload fun(self: runbook.see.host, named: { unit?: string, lines?: number, since?: string, priority?: "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" }): runbook.Reading
---@return runbook.Reading # {lines, count}: lines is a list of {time, unit, source, pid, priority, message}, oldest first
function see_host:journal(unit, lines, since, priority) end

--- Which processes the kernel killed for want of memory.
---@param within? string how far back; 24h unless said
---@overload fun(self: runbook.see.host, named: { within?: string }): runbook.Reading
---@return runbook.Reading # a list of {time, process, pid, in_group}; in_group: the limit of its control group was reached, not the host's
function see_host:oom_kills(within) end

--- What the name of a target, as its clients know it, resolves to on the host.
---@param target Target what it should find
---@overload fun(self: runbook.see.host, named: { target: Target }): runbook.Reading
---@return runbook.Reading # {name, addresses = list of text, each once}; error unreachable when it does not resolve there
function see_host:dns(target) end

--- Whether the host can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.see.host, named: { target: Target }): runbook.Reading
---@return runbook.Reading # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function see_host:can_reach(target) end

--- What is in a certificate that lies on the host.
---@param path string of a file with a certificate, absolute; of several in it the first counts
---@overload fun(self: runbook.see.host, named: { path: string }): runbook.Reading
---@return runbook.Reading # {path, subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it has ended)}
function see_host:certificate(path) end

--- How far its clock is from ours, and whether it is synchronized.
---@return runbook.Reading # {skew_ms (above zero: it is ahead), error_ms (half of the time that asking took), synchronized, ntp: nil where nothing says so}
function see_host:clock_skew() end

--- Who asks a proxy how often, by its access log.
---@param path string the access log, in the combined format that nginx and Apache write
---@param since? string over what time: 5m unless said, at most a day
---@param holding? string only requests that hold this text
---@overload fun(self: runbook.see.host, named: { path: string, since?: string, holding?: string }): runbook.Reading
---@return runbook.Reading # {count, per_minute, refused (by 429), opened (WebSockets, by 101), failed (by 5xx), addresses (how many), median (of the addresses' counts), highest (requests in a minute of the one that asks most), top = list of {address, count, per_minute, times (the median)}, unread (lines in another format), from, to, complete (whether the log reaches back so far; else the counts are of the shorter time)}
function see_host:requests(path, since, holding) end

--- The rules of ufw as changes take them, and what they say of a port; it wants to be asked by root.
---@param port? number tells what decides over what comes to this port
---@param from? string from this address or network; from anywhere over IPv4 unless said
---@param proto? "tcp"|"udp" by which protocol; tcp unless said
---@overload fun(self: runbook.see.host, named: { port?: number, from?: string, proto?: "tcp"|"udp" }): runbook.Reading
---@return runbook.Reading # {active, incoming ("deny": what becomes of what no rule decides over), rules = list of {number, rule (as change.ufw_delete takes it; absent of one that it does not take), v6, routed, action, direction, from, from_port, to, to_port, proto, on, log, app, comment}; with port, verdict ("allow", "deny" …), blocked and decides (the rule that does; absent when the default does); one for an interface other than lo counts as if it came in there}; error not_found when the host has no ufw
function see_host:ufw_rules(port, from, proto) end

--- Whether ufw has a rule, and where.
---@param rule string the rule, as ufw takes it
---@param at? number tells whether it can be inserted at that number
---@overload fun(self: runbook.see.host, named: { rule: string, at?: number }): runbook.Reading
---@return runbook.Reading # {there (the rule, for both kinds of address or the one that has it), number, last, comment, together, replaces (the rule that ufw would make into this one), beyond (with at: there are fewer), unconfirmed, ends, unfit}
function see_host:ufw_rule(rule, at) end

--- What takes the most room in a folder, on the disk that it is on.
---@param path string the folder, absolute
---@param depth? number how many folders down to tell of; 1 unless said, at most 9
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.see.host, named: { path: string, depth?: number, count?: number }): runbook.Reading
---@return runbook.Reading # {path, total, largest = list of {path, bytes}, the largest first, files and folders with all that is in them; unread = how many folders could not be looked into; complete}: bytes on the disk; error timeout when it takes more than 15 s
function see_host:largest(path, depth, count) end

--- What runs, and which of it takes the most.
---@param sort? "memory"|"cpu" by what; memory unless said
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.see.host, named: { sort?: "memory"|"cpu", count?: number }): runbook.Reading
---@return runbook.Reading # {count of all, processes = list of {pid, parent, user, memory in bytes, cpu_percent (100 is one processor, over its life), up_seconds, name, command}}, the most first
function see_host:processes(sort, count) end

--- Where it listens, and how many connections there are.
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.see.host, named: { count?: number }): runbook.Reading
---@return runbook.Reading # {listening = list of {protocol, address, port, waiting (to be accepted), backlog}, connections, states = count by state (ESTAB, TIME-WAIT …), ports = list of {port, connections, states} of those that it listens on, peers = list of {address, connections} on the other side of them, complete}: the busiest first
function see_host:sockets(count) end

--- What ufw lets through; it wants to be asked by root.
---@return runbook.Reading # {active, rules = list of {number, to, action ("ALLOW IN"), from, v6, comment}}; error not_found when the host has no ufw
function see_host:firewall() end

---@class runbook.checks
---@field host fun(target: runbook.Target): runbook.check.host

---@class runbook.check.host
local check_host = {}

--- What a command of the host says; refused for all but a reviewed list of commands that only look.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.host, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {exit_code, signal, stdout, stderr, cut}: at most 1 MiB of each; signal when one ended it
function check_host:exec_read(argv) end

--- What a change on a host is compared by: what a command says that only looks.
---@param argv? string[] a command that only looks; without it nothing is asked, and nothing told
---@overload fun(self: runbook.check.host, named: { argv?: string[] }): runbook.Check
---@return runbook.Check # {exit_code, stdout}: without blanks at its ends; above 1 KiB sha256 in the place of stdout
function check_host:state(argv) end

--- How many processes want to run, averaged over 1, 5 and 15 minutes.
---@return runbook.Check # {one, five, fifteen, running, processes, processors}
function check_host:load() end

--- Memory and swap.
---@return runbook.Check # {total, used, used_percent, available, free, buffers, cached, swap_total, swap_used, swap_free} in bytes
function check_host:memory() end

--- How full its disks are.
---@param path? string the disk that this path is on; all local disks unless said
---@overload fun(self: runbook.check.host, named: { path?: string }): runbook.Check
---@return runbook.Check # {device, type, mount, size, used, available, percent} in bytes: of the disk with that path, else a list of all
function check_host:disk(path) end

--- What systemd says of a unit.
---@param unit string its name, with or without .service
---@overload fun(self: runbook.check.host, named: { unit: string }): runbook.Check
---@return runbook.Check # {name, description, load, active, sub, enabled, result, pid, restarts, exit_code, since, invocation, memory, once, changed}: once, it does its work and ends; changed, microseconds of the host's uptime when its state last changed; error not_found when there is no such unit
function check_host:unit(unit) end

--- The last lines of a log that is a file.
---@param path string the log: a file that may be read
---@param lines? number at most so many, the last ones; 200 unless said, at most 5,000
---@overload fun(self: runbook.check.host, named: { path: string, lines?: number }): runbook.Check
---@return runbook.Check # {text, size, kind, mode, owner, group, modified, links, directory}, as host.file
function check_host:log(path, lines) end

--- One line of a file that may be read.
---@param path string the file
---@param beginning string how the one line begins
---@overload fun(self: runbook.check.host, named: { path: string, beginning: string }): runbook.Check
---@return runbook.Check # {set (the line, without blanks around it; absent when there is none), sha256 and size of the file, unfit (why a change would not replace it)}
function check_host:line(path, beginning) end

--- Whether a variable of a file of KEY=value lines has a value.
---@param path string the file of KEY=value lines
---@param key string the variable
---@param value? string what it may be set to; without it, that it is not set
---@param kept? string of a way back: which file was kept, by the digits at its end
---@overload fun(self: runbook.check.host, named: { path: string, key: string, value?: string, kept?: string }): runbook.Check
---@return runbook.Check # {so (whether it has the value; without one, whether it is not set), back (whether it has the value of the file that was kept), sha256, size, unfit}, as host.line; no value is shown
function check_host:variable(path, key, value, kept) end

--- What a change of a whole file is compared by.
---@param path string the file
---@overload fun(self: runbook.check.host, named: { path: string }): runbook.Check
---@return runbook.Check # {sha256, size, unfit, text (of at most 64 KiB, of a file whose lines may be shown)}
function check_host:content(path) end

--- Whether a file is there, whose it is, and what is in it.
---@param path string absolute, of plain characters
---@param content? boolean whether its text is wanted, too; only of a file that may be read (docs/readonly-commands.md)
---@overload fun(self: runbook.check.host, named: { path: string, content?: boolean }): runbook.Check
---@return runbook.Check # {path, exists, kind (file, directory, link, pipe, socket …), size in bytes, mode ("0644"), owner, group, modified (UTC text), links, target of a link, sha256 of a file (unread says why there is none: not a file that may be read, or above 16 MiB), directory = {mode, owner, group} of the one it lies in}; with content also {text (the first 64 KiB; cut when there is more), lines}; links are not followed
function check_host:file(path, content) end

--- The variables in a file as systemd and docker read it; no value is ever shown, but two can be compared.
---@param path string absolute: below /etc/default and the like, or named as such files are (.env, *.env)
---@overload fun(self: runbook.check.host, named: { path: string }): runbook.Check
---@return runbook.Check # {path, values = by name what stands for the value: ‹secret:NAME› for a declared secret, else ‹redacted:1›, the same for the same value, so same_secret tells whether two are equal, empty text for an empty one; keys = names in order; empty = those without a value; twice = those that stand there more than once, of which the last counts; broken = numbers of the lines that are none}; error not_found when there is no such file
function check_host:env_file(path) end

--- The last entries of its journal.
---@param unit? string the unit whose entries are wanted; all unless said
---@param lines? number at most so many, the last ones; 200 unless said, at most 1,000
---@param since? string how far back
---@param priority? "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" these and graver ones
---@overload fun(self: runbook.check.host, named: { unit?: string, lines?: number, since?: string, priority?: "emerg"|"alert"|"crit"|"err"|"warning"|"notice"|"info"|"debug" }): runbook.Check
---@return runbook.Check # {lines, count}: lines is a list of {time, unit, source, pid, priority, message}, oldest first
function check_host:journal(unit, lines, since, priority) end

--- Which processes the kernel killed for want of memory.
---@param within? string how far back; 24h unless said
---@overload fun(self: runbook.check.host, named: { within?: string }): runbook.Check
---@return runbook.Check # a list of {time, process, pid, in_group}; in_group: the limit of its control group was reached, not the host's
function check_host:oom_kills(within) end

--- What the name of a target, as its clients know it, resolves to on the host.
---@param target Target what it should find
---@overload fun(self: runbook.check.host, named: { target: Target }): runbook.Check
---@return runbook.Check # {name, addresses = list of text, each once}; error unreachable when it does not resolve there
function check_host:dns(target) end

--- Whether the host can open a connection to a target, where that target's clients see it.
---@param target Target what it should reach
---@overload fun(self: runbook.check.host, named: { target: Target }): runbook.Check
---@return runbook.Check # {reachable, address, how, why}: how it was tried; why not; error not_found when that cannot be told
function check_host:can_reach(target) end

--- What is in a certificate that lies on the host.
---@param path string of a file with a certificate, absolute; of several in it the first counts
---@overload fun(self: runbook.check.host, named: { path: string }): runbook.Check
---@return runbook.Check # {path, subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it has ended)}
function check_host:certificate(path) end

--- How far its clock is from ours, and whether it is synchronized.
---@return runbook.Check # {skew_ms (above zero: it is ahead), error_ms (half of the time that asking took), synchronized, ntp: nil where nothing says so}
function check_host:clock_skew() end

--- Who asks a proxy how often, by its access log.
---@param path string the access log, in the combined format that nginx and Apache write
---@param since? string over what time: 5m unless said, at most a day
---@param holding? string only requests that hold this text
---@overload fun(self: runbook.check.host, named: { path: string, since?: string, holding?: string }): runbook.Check
---@return runbook.Check # {count, per_minute, refused (by 429), opened (WebSockets, by 101), failed (by 5xx), addresses (how many), median (of the addresses' counts), highest (requests in a minute of the one that asks most), top = list of {address, count, per_minute, times (the median)}, unread (lines in another format), from, to, complete (whether the log reaches back so far; else the counts are of the shorter time)}
function check_host:requests(path, since, holding) end

--- The rules of ufw as changes take them, and what they say of a port; it wants to be asked by root.
---@param port? number tells what decides over what comes to this port
---@param from? string from this address or network; from anywhere over IPv4 unless said
---@param proto? "tcp"|"udp" by which protocol; tcp unless said
---@overload fun(self: runbook.check.host, named: { port?: number, from?: string, proto?: "tcp"|"udp" }): runbook.Check
---@return runbook.Check # {active, incoming ("deny": what becomes of what no rule decides over), rules = list of {number, rule (as change.ufw_delete takes it; absent of one that it does not take), v6, routed, action, direction, from, from_port, to, to_port, proto, on, log, app, comment}; with port, verdict ("allow", "deny" …), blocked and decides (the rule that does; absent when the default does); one for an interface other than lo counts as if it came in there}; error not_found when the host has no ufw
function check_host:ufw_rules(port, from, proto) end

--- Whether ufw has a rule, and where.
---@param rule string the rule, as ufw takes it
---@param at? number tells whether it can be inserted at that number
---@overload fun(self: runbook.check.host, named: { rule: string, at?: number }): runbook.Check
---@return runbook.Check # {there (the rule, for both kinds of address or the one that has it), number, last, comment, together, replaces (the rule that ufw would make into this one), beyond (with at: there are fewer), unconfirmed, ends, unfit}
function check_host:ufw_rule(rule, at) end

--- What takes the most room in a folder, on the disk that it is on.
---@param path string the folder, absolute
---@param depth? number how many folders down to tell of; 1 unless said, at most 9
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.check.host, named: { path: string, depth?: number, count?: number }): runbook.Check
---@return runbook.Check # {path, total, largest = list of {path, bytes}, the largest first, files and folders with all that is in them; unread = how many folders could not be looked into; complete}: bytes on the disk; error timeout when it takes more than 15 s
function check_host:largest(path, depth, count) end

--- What runs, and which of it takes the most.
---@param sort? "memory"|"cpu" by what; memory unless said
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.check.host, named: { sort?: "memory"|"cpu", count?: number }): runbook.Check
---@return runbook.Check # {count of all, processes = list of {pid, parent, user, memory in bytes, cpu_percent (100 is one processor, over its life), up_seconds, name, command}}, the most first
function check_host:processes(sort, count) end

--- Where it listens, and how many connections there are.
---@param count? number at most so many; 20 unless said, at most 200
---@overload fun(self: runbook.check.host, named: { count?: number }): runbook.Check
---@return runbook.Check # {listening = list of {protocol, address, port, waiting (to be accepted), backlog}, connections, states = count by state (ESTAB, TIME-WAIT …), ports = list of {port, connections, states} of those that it listens on, peers = list of {address, connections} on the other side of them, complete}: the busiest first
function check_host:sockets(count) end

--- What ufw lets through; it wants to be asked by root.
---@return runbook.Check # {active, rules = list of {number, to, action ("ALLOW IN"), from, v6, comment}}; error not_found when the host has no ufw
function check_host:firewall() end

---@class runbook.change.host_line: runbook.ChangeOptions
---@field to string|number the whole line, which begins as the other did

--- Sets one line of a file; without `to` it is taken away, and one that is not there yet becomes the last.
---@param target runbook.Target
---@param path string the file
---@param beginning string how the one line begins
---@param options runbook.change.host_line
---@return runbook.Change
function change.host_line(target, path, beginning, options) end

--- Sets one variable in a file of KEY=value lines, as systemd, docker and shells read them. Who reads the file is not restarted by it.
---@param target runbook.Target
---@param path string the file of KEY=value lines
---@param key string the variable
---@param value? string what it is set to; without it, its line is taken away
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.host_env_file(target, path, key, value, options) end

---@class runbook.change.host_file: runbook.ChangeOptions
---@field to string|number the text, at most 64 KiB

--- Replaces the whole content of a file that is there.
---@param target runbook.Target
---@param path string the file
---@param options runbook.change.host_file
---@return runbook.Change
function change.host_file(target, path, options) end

--- Cuts a log to nothing; who writes to it goes on. Its last 5,000 lines are kept before; always of level 3.
---@param target runbook.Target
---@param path string the log: a file that may be read (docs/readonly-commands.md)
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.host_truncate_log(target, path, options) end

---@class runbook.change.host_run: runbook.ChangeOptions
---@field to? table what state says then: { stdout = "…" }, { exit_code = 1 } or both; may be left out

--- Runs a command on a host; an exit code other than 0 is a failure.
---@param target runbook.Target
---@param argv string[] the program and its arguments, each a text of its own; no shell reads them
---@param input? string what it reads on its standard input
---@param directory? string where it is begun
---@param env? table variables of its environment, text by name
---@param within? number seconds in which it must end: 120 unless said; then it is ended on the host
---@param state? string[] a command that only looks and shows the state that it changes
---@param undo? string[] the command that takes it back; needs state and to
---@param options? runbook.change.host_run
---@return runbook.Change
function change.host_run(target, argv, input, directory, env, within, state, undo, options) end
