---@meta

-- Made from the rows of redis by scripts/transcripts; the next one overwrites it.

--- A target of the kind redis.
---@param label string what it is for
---@return runbook.Input
function input.redis(label) end

---@class runbook.See
---@field redis fun(target: runbook.Target): runbook.see.redis

---@class runbook.see.redis
local see_redis = {}

--- Whether the server answers.
---@return runbook.Reading # the text PONG
function see_redis:ping() end

--- One section of INFO.
---@param section "server"|"clients"|"memory"|"persistence"|"stats"|"replication"|"cpu"|"errorstats"|"keyspace"|"commandstats" which section
---@overload fun(self: runbook.see.redis, named: { section: "server"|"clients"|"memory"|"persistence"|"stats"|"replication"|"cpu"|"errorstats"|"keyspace"|"commandstats" }): runbook.Reading
---@return runbook.Reading # table of numbers and texts by INFO's names; for memory also used, peak, policy and fragmentation; sizes in bytes
function see_redis:info(section) end

--- One setting of the running server; passwords are redacted.
---@param key string the setting, as redis.conf spells it
---@overload fun(self: runbook.see.redis, named: { key: string }): runbook.Reading
---@return runbook.Reading # number when it is one (sizes in bytes), else text; error not_found for an unknown setting
function see_redis:config(key) end

--- How often the server answered with which error since its start.
---@param kind? string one kind of error, such as OOM
---@overload fun(self: runbook.see.redis, named: { kind?: string }): runbook.Reading
---@return runbook.Reading # table of counts by kind (OOM, NOAUTH, WRONGPASS, …); with kind one number, 0 when it never occurred
function see_redis:errors(kind) end

--- What MEMORY DOCTOR advises.
---@return runbook.Reading # text
function see_redis:memory_doctor() end

--- The replication section of INFO.
---@return runbook.Reading # table as redis.info gives it
function see_redis:replication() end

--- Master, replica or sentinel, and of whom.
---@return runbook.Reading # {role = master, offset, replicas = list of {address, port, offset}}, {role = slave, master, master_port, state, offset} or {role = sentinel, masters}
function see_redis:role() end

--- The server's clock beside ours.
---@return runbook.Reading # {server_ms, skew_ms}: milliseconds since 1970; skew positive when the server's clock is ahead
function see_redis:time() end

--- Who is connected.
---@return runbook.Reading # {count, clients = list of {addr, name, age, idle, cmd, user, omem}, the first 200}; seconds and bytes
function see_redis:clients() end

--- The latest slow commands.
---@param count? number how many of the latest, at most 128; 16 when not given
---@overload fun(self: runbook.see.redis, named: { count?: number }): runbook.Reading
---@return runbook.Reading # list of {id (text), at (seconds since 1970), microseconds, command (list of text), client}
function see_redis:slowlog(count) end

--- One key as DUMP serialises it, with its expiry; needs Redis 7.0.
---@param key string the whole name of one key
---@overload fun(self: runbook.see.redis, named: { key: string }): runbook.Reading
---@return runbook.Reading # {exists, type, payload (bytes), expires_at (milliseconds since 1970; 0 for none)}
function see_redis:dump(key) end

--- What one key is, without its content.
---@param key string the whole name of one key
---@overload fun(self: runbook.see.redis, named: { key: string }): runbook.Reading
---@return runbook.Reading # {exists, type, bytes, ttl_ms (nil when none), members (nil for strings)}
function see_redis:key(key) end

--- The largest of a sample of keys, taken by SCAN within 3 s.
---@param sample? number how many keys to look at, at most 100000; 10000 when not given
---@param top? number how many of them to list, at most 100; 10 when not given
---@overload fun(self: runbook.see.redis, named: { sample?: number, top?: number }): runbook.Reading
---@return runbook.Reading # {sampled, total, without_ttl, complete (whether all keys were looked at), keys = list of {key, type, bytes, ttl_ms}, largest first}
function see_redis:largest_keys(sample, top) end

--- Whether the user we are logged in as may run a command; it is not run.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.redis, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # {allowed, user, why}; error not_found when the server is older than 7.0, denied when the user may not ask
function see_redis:may(argv) end

--- Any command that only reads; refused for all others.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.see.redis, named: { argv: string[] }): runbook.Reading
---@return runbook.Reading # numbers, texts, lists and tables as the server answers, at most 4 MiB
function see_redis:read(argv) end

---@class runbook.checks
---@field redis fun(target: runbook.Target): runbook.check.redis

---@class runbook.check.redis
local check_redis = {}

--- Whether the server answers.
---@return runbook.Check # the text PONG
function check_redis:ping() end

--- One section of INFO.
---@param section "server"|"clients"|"memory"|"persistence"|"stats"|"replication"|"cpu"|"errorstats"|"keyspace"|"commandstats" which section
---@overload fun(self: runbook.check.redis, named: { section: "server"|"clients"|"memory"|"persistence"|"stats"|"replication"|"cpu"|"errorstats"|"keyspace"|"commandstats" }): runbook.Check
---@return runbook.Check # table of numbers and texts by INFO's names; for memory also used, peak, policy and fragmentation; sizes in bytes
function check_redis:info(section) end

--- One setting of the running server; passwords are redacted.
---@param key string the setting, as redis.conf spells it
---@overload fun(self: runbook.check.redis, named: { key: string }): runbook.Check
---@return runbook.Check # number when it is one (sizes in bytes), else text; error not_found for an unknown setting
function check_redis:config(key) end

--- How often the server answered with which error since its start.
---@param kind? string one kind of error, such as OOM
---@overload fun(self: runbook.check.redis, named: { kind?: string }): runbook.Check
---@return runbook.Check # table of counts by kind (OOM, NOAUTH, WRONGPASS, …); with kind one number, 0 when it never occurred
function check_redis:errors(kind) end

--- What MEMORY DOCTOR advises.
---@return runbook.Check # text
function check_redis:memory_doctor() end

--- The replication section of INFO.
---@return runbook.Check # table as redis.info gives it
function check_redis:replication() end

--- Master, replica or sentinel, and of whom.
---@return runbook.Check # {role = master, offset, replicas = list of {address, port, offset}}, {role = slave, master, master_port, state, offset} or {role = sentinel, masters}
function check_redis:role() end

--- The server's clock beside ours.
---@return runbook.Check # {server_ms, skew_ms}: milliseconds since 1970; skew positive when the server's clock is ahead
function check_redis:time() end

--- Who is connected.
---@return runbook.Check # {count, clients = list of {addr, name, age, idle, cmd, user, omem}, the first 200}; seconds and bytes
function check_redis:clients() end

--- The latest slow commands.
---@param count? number how many of the latest, at most 128; 16 when not given
---@overload fun(self: runbook.check.redis, named: { count?: number }): runbook.Check
---@return runbook.Check # list of {id (text), at (seconds since 1970), microseconds, command (list of text), client}
function check_redis:slowlog(count) end

--- One key as DUMP serialises it, with its expiry; needs Redis 7.0.
---@param key string the whole name of one key
---@overload fun(self: runbook.check.redis, named: { key: string }): runbook.Check
---@return runbook.Check # {exists, type, payload (bytes), expires_at (milliseconds since 1970; 0 for none)}
function check_redis:dump(key) end

--- What one key is, without its content.
---@param key string the whole name of one key
---@overload fun(self: runbook.check.redis, named: { key: string }): runbook.Check
---@return runbook.Check # {exists, type, bytes, ttl_ms (nil when none), members (nil for strings)}
function check_redis:key(key) end

--- The largest of a sample of keys, taken by SCAN within 3 s.
---@param sample? number how many keys to look at, at most 100000; 10000 when not given
---@param top? number how many of them to list, at most 100; 10 when not given
---@overload fun(self: runbook.check.redis, named: { sample?: number, top?: number }): runbook.Check
---@return runbook.Check # {sampled, total, without_ttl, complete (whether all keys were looked at), keys = list of {key, type, bytes, ttl_ms}, largest first}
function check_redis:largest_keys(sample, top) end

--- Whether the user we are logged in as may run a command; it is not run.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.redis, named: { argv: string[] }): runbook.Check
---@return runbook.Check # {allowed, user, why}; error not_found when the server is older than 7.0, denied when the user may not ask
function check_redis:may(argv) end

--- Any command that only reads; refused for all others.
---@param argv string[] the command and its arguments, each a text of its own
---@overload fun(self: runbook.check.redis, named: { argv: string[] }): runbook.Check
---@return runbook.Check # numbers, texts, lists and tables as the server answers, at most 4 MiB
function check_redis:read(argv) end

---@class runbook.change.redis_config: runbook.ChangeOptions
---@field to string|number the new value: text, or a number

--- Sets one setting of the running server. Level 3 where keys may be lost: less maxmemory, or a policy that evicts.
---@param target runbook.Target
---@param key "activedefrag"|"appendfsync"|"appendonly"|"client-output-buffer-limit"|"hz"|"latency-monitor-threshold"|"lazyfree-lazy-eviction"|"lazyfree-lazy-expire"|"maxclients"|"maxmemory"|"maxmemory-clients"|"maxmemory-policy"|"maxmemory-samples"|"min-replicas-max-lag"|"min-replicas-to-write"|"no-appendfsync-on-rewrite"|"repl-backlog-size"|"save"|"slowlog-log-slower-than"|"slowlog-max-len"|"stop-writes-on-bgsave-error"|"timeout" the setting, as redis.conf spells it
---@param options runbook.change.redis_config
---@return runbook.Change
function change.redis_config(target, key, options) end

--- Writes the running settings into the server's configuration file.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.redis_rewrite_config(target, options) end

--- Deletes one key; its value and expiry are kept, so that undo can restore them.
---@param target runbook.Target
---@param key string the whole name of one key
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.redis_delete_key(target, key, options) end

--- A test that writes: sets, reads and deletes a key of its own. Needs the target's probe_prefix.
---@param target runbook.Target
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.redis_probe(target, options) end
