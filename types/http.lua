---@meta

-- Made from the rows of http by scripts/transcripts; the next one overwrites it.

--- A target of the kind http.
---@param label string what it is for
---@return runbook.Input
function input.http(label) end

---@class runbook.See
---@field http fun(target: runbook.Target): runbook.see.http

---@class runbook.see.http
local see_http = {}

--- What the service answers to a GET; any status is an answer, also a redirect.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param retries? number how often to ask again when nothing answers, or 429, 502, 503 or 504 comes; at most 5
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.see.http, named: { path: string, headers?: table, retries?: number, deadline?: string }): runbook.Reading
---@return runbook.Reading # {status, headers (by name in lower case; a list when repeated), body (text, at most 1 MiB), json (when it says that it is JSON; malformed says what is wrong with it), size in bytes, location (of a redirect), tries, timing = {resolved, connected, secured, first_byte, total} in milliseconds since the beginning}
function see_http:get(path, headers, retries, deadline) end

--- The same to a HEAD: status, headers and timing, without the body.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param retries? number how often to ask again when nothing answers, or 429, 502, 503 or 504 comes; at most 5
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.see.http, named: { path: string, headers?: table, retries?: number, deadline?: string }): runbook.Reading
---@return runbook.Reading # the table that http.get gives
function see_http:head(path, headers, retries, deadline) end

--- Whether the service opens a WebSocket: it is asked to, and the connection is closed once it has answered.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.see.http, named: { path: string, headers?: table, deadline?: string }): runbook.Reading
---@return runbook.Reading # {accepted, why (not), and the table that http.get gives}: status is 101 when it does
function see_http:upgrade(path, headers, deadline) end

--- What a change over HTTP is compared by: the document that shows its state.
---@param path? string where the state shows; without it nothing is asked, and nothing told
---@param members? string[] which members of a JSON document count; all unless said
---@overload fun(self: runbook.see.http, named: { path?: string, members?: string[] }): runbook.Reading
---@return runbook.Reading # {status, json}, of JSON with the members that count; else {status, text} or, above 1 KiB, {status, sha256}
function see_http:state(path, members) end

---@class runbook.checks
---@field http fun(target: runbook.Target): runbook.check.http

---@class runbook.check.http
local check_http = {}

--- What the service answers to a GET; any status is an answer, also a redirect.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param retries? number how often to ask again when nothing answers, or 429, 502, 503 or 504 comes; at most 5
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.check.http, named: { path: string, headers?: table, retries?: number, deadline?: string }): runbook.Check
---@return runbook.Check # {status, headers (by name in lower case; a list when repeated), body (text, at most 1 MiB), json (when it says that it is JSON; malformed says what is wrong with it), size in bytes, location (of a redirect), tries, timing = {resolved, connected, secured, first_byte, total} in milliseconds since the beginning}
function check_http:get(path, headers, retries, deadline) end

--- The same to a HEAD: status, headers and timing, without the body.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param retries? number how often to ask again when nothing answers, or 429, 502, 503 or 504 comes; at most 5
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.check.http, named: { path: string, headers?: table, retries?: number, deadline?: string }): runbook.Check
---@return runbook.Check # the table that http.get gives
function check_http:head(path, headers, retries, deadline) end

--- Whether the service opens a WebSocket: it is asked to, and the connection is closed once it has answered.
---@param path string below the target's url, with a query if need be
---@param headers? table sent along, text by name; not the credentials, which are the target's
---@param deadline? string the time for all of it, 10 s unless said
---@overload fun(self: runbook.check.http, named: { path: string, headers?: table, deadline?: string }): runbook.Check
---@return runbook.Check # {accepted, why (not), and the table that http.get gives}: status is 101 when it does
function check_http:upgrade(path, headers, deadline) end

--- What a change over HTTP is compared by: the document that shows its state.
---@param path? string where the state shows; without it nothing is asked, and nothing told
---@param members? string[] which members of a JSON document count; all unless said
---@overload fun(self: runbook.check.http, named: { path?: string, members?: string[] }): runbook.Check
---@return runbook.Check # {status, json}, of JSON with the members that count; else {status, text} or, above 1 KiB, {status, sha256}
function check_http:state(path, members) end

---@class runbook.change.http_post: runbook.ChangeOptions
---@field to? table what state answers then, as far as it matters: { json = { … } }, { status = 404 }; may be left out

--- Asks a service to do something.
---@param target runbook.Target
---@param path string below the target's url, with a query if need be
---@param json? table the body, sent as JSON
---@param body? string the body as text, in the place of json
---@param headers? table sent along, text by name; credentials are the target's
---@param expects? table the statuses that mean that it was done; 200 to 299 unless said
---@param state? string a path whose document shows the state that it changes
---@param members? string[] which members of that document count; all unless said
---@param undo? table the request that takes it back: method, path and json or body; needs state and to
---@param options? runbook.change.http_post
---@return runbook.Change
function change.http_post(target, path, json, body, headers, expects, state, members, undo, options) end

---@class runbook.change.http_put: runbook.ChangeOptions
---@field to? table what state answers then, as far as it matters: { json = { … } }, { status = 404 }; may be left out

--- Sets what stands at a path.
---@param target runbook.Target
---@param path string below the target's url, with a query if need be
---@param json? table the body, sent as JSON
---@param body? string the body as text, in the place of json
---@param headers? table sent along, text by name; credentials are the target's
---@param expects? table the statuses that mean that it was done; 200 to 299 unless said
---@param state? string a path whose document shows the state that it changes
---@param members? string[] which members of that document count; all unless said
---@param undo? table the request that takes it back: method, path and json or body; needs state and to
---@param options? runbook.change.http_put
---@return runbook.Change
function change.http_put(target, path, json, body, headers, expects, state, members, undo, options) end

---@class runbook.change.http_patch: runbook.ChangeOptions
---@field to? table what state answers then, as far as it matters: { json = { … } }, { status = 404 }; may be left out

--- Changes a part of what stands at a path.
---@param target runbook.Target
---@param path string below the target's url, with a query if need be
---@param json? table the body, sent as JSON
---@param body? string the body as text, in the place of json
---@param headers? table sent along, text by name; credentials are the target's
---@param expects? table the statuses that mean that it was done; 200 to 299 unless said
---@param state? string a path whose document shows the state that it changes
---@param members? string[] which members of that document count; all unless said
---@param undo? table the request that takes it back: method, path and json or body; needs state and to
---@param options? runbook.change.http_patch
---@return runbook.Change
function change.http_patch(target, path, json, body, headers, expects, state, members, undo, options) end

---@class runbook.change.http_delete: runbook.ChangeOptions
---@field to? table what state answers then, as far as it matters: { json = { … } }, { status = 404 }; may be left out

--- Deletes what stands at a path.
---@param target runbook.Target
---@param path string below the target's url, with a query if need be
---@param json? table the body, sent as JSON
---@param body? string the body as text, in the place of json
---@param headers? table sent along, text by name; credentials are the target's
---@param expects? table the statuses that mean that it was done; 200 to 299 unless said
---@param state? string a path whose document shows the state that it changes
---@param members? string[] which members of that document count; all unless said
---@param undo? table the request that takes it back: method, path and json or body; needs state and to
---@param options? runbook.change.http_delete
---@return runbook.Change
function change.http_delete(target, path, json, body, headers, expects, state, members, undo, options) end
