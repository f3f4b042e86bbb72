---@meta

-- Made from the rows of net by scripts/transcripts; the next one overwrites it.

---@class runbook.See
---@field net fun(target: runbook.Target): runbook.see.net

---@class runbook.see.net
local see_net = {}

--- What the target's name resolves to, seen from here.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.see.net, named: { as?: "engine"|"clients" }): runbook.Reading
---@return runbook.Reading # {addresses = list of text (empty for a unix socket), ms}
function see_net:resolve(as) end

--- Whether anything accepts a connection at the target's address.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.see.net, named: { as?: "engine"|"clients" }): runbook.Reading
---@return runbook.Reading # {address, ms}: the address that accepted and the time it took
function see_net:tcp_probe(as) end

--- Which certificate the target shows, whether clients believe it or not.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.see.net, named: { as?: "engine"|"clients" }): runbook.Reading
---@return runbook.Reading # {subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it has ended), trusted (by what the target's clients believe: its CA file, else the system's), why not, chain = list of such certificates as they were sent, its own first, address, protocol}
function see_net:certificate(as) end

---@class runbook.checks
---@field net fun(target: runbook.Target): runbook.check.net

---@class runbook.check.net
local check_net = {}

--- What the target's name resolves to, seen from here.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.check.net, named: { as?: "engine"|"clients" }): runbook.Check
---@return runbook.Check # {addresses = list of text (empty for a unix socket), ms}
function check_net:resolve(as) end

--- Whether anything accepts a connection at the target's address.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.check.net, named: { as?: "engine"|"clients" }): runbook.Check
---@return runbook.Check # {address, ms}: the address that accepted and the time it took
function check_net:tcp_probe(as) end

--- Which certificate the target shows, whether clients believe it or not.
---@param as? "engine"|"clients" "engine": as we reach it; "clients": as its clients do
---@overload fun(self: runbook.check.net, named: { as?: "engine"|"clients" }): runbook.Check
---@return runbook.Check # {subject, issuer, serial, sha256, names, not_before, not_after (UTC text), days_left (below zero when it has ended), trusted (by what the target's clients believe: its CA file, else the system's), why not, chain = list of such certificates as they were sent, its own first, address, protocol}
function check_net:certificate(as) end
