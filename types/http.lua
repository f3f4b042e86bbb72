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
