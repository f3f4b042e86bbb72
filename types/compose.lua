---@meta

-- Made from the rows of compose by scripts/transcripts; the next one overwrites it.

--- A target of the kind compose.
---@param label string what it is for
---@return runbook.Input
function input.compose(label) end

---@class runbook.See
---@field compose fun(target: runbook.Target): runbook.see.compose

---@class runbook.see.compose
local see_compose = {}

--- The services of the compose file.
---@return runbook.Reading # {[service] = {image, environment = list of keys}}; without what comes by an alias or a variable
function see_compose:services() end

--- The image that the file gives a service.
---@param service string the service, as the file names it
---@overload fun(self: runbook.see.compose, named: { service: string }): runbook.Reading
---@return runbook.Reading # text
function see_compose:image(service) end

--- The value that the file gives a variable of a service's environment.
---@param service string the service, as the file names it
---@param key string the variable of its environment
---@overload fun(self: runbook.see.compose, named: { service: string, key: string }): runbook.Reading
---@return runbook.Reading # text; nothing when it is not there; hidden when its name says that it is secret
function see_compose:setting(service, key) end

---@class runbook.checks
---@field compose fun(target: runbook.Target): runbook.check.compose

---@class runbook.check.compose
local check_compose = {}

--- The services of the compose file.
---@return runbook.Check # {[service] = {image, environment = list of keys}}; without what comes by an alias or a variable
function check_compose:services() end

--- The image that the file gives a service.
---@param service string the service, as the file names it
---@overload fun(self: runbook.check.compose, named: { service: string }): runbook.Check
---@return runbook.Check # text
function check_compose:image(service) end

--- The value that the file gives a variable of a service's environment.
---@param service string the service, as the file names it
---@param key string the variable of its environment
---@overload fun(self: runbook.check.compose, named: { service: string, key: string }): runbook.Check
---@return runbook.Check # text; nothing when it is not there; hidden when its name says that it is secret
function check_compose:setting(service, key) end

---@class runbook.change.compose_image: runbook.ChangeOptions
---@field to string|number the image: registry/api:1.4

--- Sets the image of a service in the compose file. Nothing is restarted by it.
---@param target runbook.Target
---@param service string the service, as the file names it
---@param options runbook.change.compose_image
---@return runbook.Change
function change.compose_image(target, service, options) end

---@class runbook.change.compose_setting: runbook.ChangeOptions
---@field to string|number the value: text, a number, true or false

--- Sets a variable of a service's environment in the compose file; without `to` it is taken away. Nothing is restarted by it.
---@param target runbook.Target
---@param service string the service, as the file names it
---@param key string the variable of its environment
---@param options runbook.change.compose_setting
---@return runbook.Change
function change.compose_setting(target, service, key, options) end
