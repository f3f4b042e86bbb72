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

--- One image.
---@param image string its name or id
---@overload fun(self: runbook.see.docker, named: { image: string }): runbook.Reading
---@return runbook.Reading # {id, tags, digests, created, bytes, layers, command, entrypoint, labels, env_keys}
function see_docker:image(image) end

--- Which image a tag names.
---@param tag string the name with its tag
---@param image? string an image to compare with, by name or id
---@overload fun(self: runbook.see.docker, named: { tag: string, image?: string }): runbook.Reading
---@return runbook.Reading # {id, names, image_id}: id is nil when it names none, names how many names that image has; image_id is that of the image given beside it
function see_docker:tag(tag, image) end

--- What nothing uses any more: containers that ended, images without a name that no container has, volumes that no container has.
---@param kinds? string[] of containers, images and volumes; all of them unless said
---@param older_than? string that ended or were made so long ago: 24h unless said
---@overload fun(self: runbook.see.docker, named: { kinds?: string[], older_than?: string }): runbook.Reading
---@return runbook.Reading # {containers = list of {id, name, image, ended, bytes}, images = list of {id, created, bytes}, volumes = list of {name, driver, created, bytes}}: at most 200 of each; may take seconds
function see_docker:unused(kinds, older_than) end

--- What a container is and was, and the end of its log.
---@param container string its id or name
---@overload fun(self: runbook.see.docker, named: { container: string }): runbook.Reading
---@return runbook.Reading # {state, logs}: as container.state and container.logs give them, 5000 lines
function see_docker:last_words(container) end

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

--- One image.
---@param image string its name or id
---@overload fun(self: runbook.check.docker, named: { image: string }): runbook.Check
---@return runbook.Check # {id, tags, digests, created, bytes, layers, command, entrypoint, labels, env_keys}
function check_docker:image(image) end

--- Which image a tag names.
---@param tag string the name with its tag
---@param image? string an image to compare with, by name or id
---@overload fun(self: runbook.check.docker, named: { tag: string, image?: string }): runbook.Check
---@return runbook.Check # {id, names, image_id}: id is nil when it names none, names how many names that image has; image_id is that of the image given beside it
function check_docker:tag(tag, image) end

--- What nothing uses any more: containers that ended, images without a name that no container has, volumes that no container has.
---@param kinds? string[] of containers, images and volumes; all of them unless said
---@param older_than? string that ended or were made so long ago: 24h unless said
---@overload fun(self: runbook.check.docker, named: { kinds?: string[], older_than?: string }): runbook.Check
---@return runbook.Check # {containers = list of {id, name, image, ended, bytes}, images = list of {id, created, bytes}, volumes = list of {name, driver, created, bytes}}: at most 200 of each; may take seconds
function check_docker:unused(kinds, older_than) end

--- What a container is and was, and the end of its log.
---@param container string its id or name
---@overload fun(self: runbook.check.docker, named: { container: string }): runbook.Check
---@return runbook.Check # {state, logs}: as container.state and container.logs give them, 5000 lines
function check_docker:last_words(container) end

--- Lets a tag name another image; its undo lets it name the one before, or none.
---@param target runbook.Target
---@param image string the image, by name or id
---@param tag string the name that it gets, with its tag
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.docker_tag(target, image, tag, options) end

--- Removes what nothing uses any more: just what the plan lists, one by one. Logs and states are kept before; always of level 3.
---@param target runbook.Target
---@param kinds string[] of containers, images and volumes
---@param older_than? string what ended or was made so long ago: 24h unless said
---@param options? runbook.ChangeOptions
---@return runbook.Change
function change.docker_prune(target, kinds, older_than, options) end
