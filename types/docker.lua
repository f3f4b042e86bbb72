---@meta

-- Made from the rows of docker by scripts/transcripts; the next one overwrites it.

--- A target of the kind docker.
---@param label string what it is for
---@return runbook.Input
function input.docker(label) end

---@class runbook.See
---@field docker fun(target: runbook.Target): runbook.see.docker

---@class runbook.see.docker
local see_docker = {}

--- Which engine it is, and which version of the API is spoken with it.
---@return runbook.Reading # {engine, api, newest_api, oldest_api}
function see_docker:version() end

--- Its containers, also those that do not run.
---@param label? string only with this label, "key" or "key=value"
---@param name? string only with this in the name
---@param status? "created"|"running"|"paused"|"restarting"|"removing"|"exited"|"dead" only in this state
---@overload fun(self: runbook.see.docker, named: { label?: string, name?: string, status?: "created"|"running"|"paused"|"restarting"|"removing"|"exited"|"dead" }): runbook.Reading
---@return runbook.Reading # {count, by_status = {running, exited, …}, containers = list of {name, id, image, image_id, command, status, about, created, labels, ports}}: at most 1000, about is docker's own words, as "Up 3 hours (healthy)"
function see_docker:ps(label, name, status) end

--- Its images, the newest first.
---@param reference? string only of this repository, or this repository:tag
---@param label? string only with this label
---@overload fun(self: runbook.see.docker, named: { reference?: string, label?: string }): runbook.Reading
---@return runbook.Reading # {count, images = list of {tags, digests, id, created, bytes, labels}}: at most 1000
function see_docker:images(reference, label) end

--- What images, containers, volumes and the build cache hold on disk; may take seconds.
---@return runbook.Reading # {images, containers, volumes, build_cache}, each {count, in_use, bytes, unused_bytes}
function see_docker:df() end

--- What happened there: starts, ends, kills, out of memory, pulls.
---@param since? string from then on: "10m" ago, which is usual, or a time in UTC
---@param before? string up to then; now unless said
---@param type? "container"|"image"|"volume"|"network"|"daemon"|"plugin" only of this type
---@param container? string only of this container
---@param event? string only these
---@overload fun(self: runbook.see.docker, named: { since?: string, before?: string, type?: "container"|"image"|"volume"|"network"|"daemon"|"plugin", container?: string, event?: string }): runbook.Reading
---@return runbook.Reading # {count, events = list of {at, type, event, name, image, exit_code, id}, complete}: the last 1000
function see_docker:events(since, before, type, container, event) end

--- The engine and its host: how many containers, which drivers, how much memory.
---@return runbook.Reading # {name, engine, os, kernel, cpus, memory, running, paused, stopped, images, storage_driver, log_driver, root, cgroup_version, warnings}
function see_docker:info() end

---@class runbook.checks
---@field docker fun(target: runbook.Target): runbook.check.docker

---@class runbook.check.docker
local check_docker = {}

--- Which engine it is, and which version of the API is spoken with it.
---@return runbook.Check # {engine, api, newest_api, oldest_api}
function check_docker:version() end

--- Its containers, also those that do not run.
---@param label? string only with this label, "key" or "key=value"
---@param name? string only with this in the name
---@param status? "created"|"running"|"paused"|"restarting"|"removing"|"exited"|"dead" only in this state
---@overload fun(self: runbook.check.docker, named: { label?: string, name?: string, status?: "created"|"running"|"paused"|"restarting"|"removing"|"exited"|"dead" }): runbook.Check
---@return runbook.Check # {count, by_status = {running, exited, …}, containers = list of {name, id, image, image_id, command, status, about, created, labels, ports}}: at most 1000, about is docker's own words, as "Up 3 hours (healthy)"
function check_docker:ps(label, name, status) end

--- Its images, the newest first.
---@param reference? string only of this repository, or this repository:tag
---@param label? string only with this label
---@overload fun(self: runbook.check.docker, named: { reference?: string, label?: string }): runbook.Check
---@return runbook.Check # {count, images = list of {tags, digests, id, created, bytes, labels}}: at most 1000
function check_docker:images(reference, label) end

--- What images, containers, volumes and the build cache hold on disk; may take seconds.
---@return runbook.Check # {images, containers, volumes, build_cache}, each {count, in_use, bytes, unused_bytes}
function check_docker:df() end

--- What happened there: starts, ends, kills, out of memory, pulls.
---@param since? string from then on: "10m" ago, which is usual, or a time in UTC
---@param before? string up to then; now unless said
---@param type? "container"|"image"|"volume"|"network"|"daemon"|"plugin" only of this type
---@param container? string only of this container
---@param event? string only these
---@overload fun(self: runbook.check.docker, named: { since?: string, before?: string, type?: "container"|"image"|"volume"|"network"|"daemon"|"plugin", container?: string, event?: string }): runbook.Check
---@return runbook.Check # {count, events = list of {at, type, event, name, image, exit_code, id}, complete}: the last 1000
function check_docker:events(since, before, type, container, event) end

--- The engine and its host: how many containers, which drivers, how much memory.
---@return runbook.Check # {name, engine, os, kernel, cpus, memory, running, paused, stopped, images, storage_driver, log_driver, root, cgroup_version, warnings}
function check_docker:info() end
