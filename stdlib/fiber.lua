-- Fibers: straight-line code with many calls in flight.
--
-- A fiber that waits yields, and others run; when none can, the worker waits for the engine's next reply. Where Lua
-- cannot yield (a comparator of table.sort, a callback of gsub), the wait runs the others right there instead.
local host, import = ...
local errors = import "errors"

local fiber = {}

local ready, first, last = {}, 1, 0
local pending = {}     -- call number → function(reply)
local in_flight, most, calls = 0, 256, 0
local slot             -- the event that the next free slot fires
local logs = setmetatable({}, { __mode = "k" })

function fiber.event() return { fired = false, waiters = {} } end

local function wake(co)
  last = last + 1
  ready[last] = co
end

function fiber.fire(event)
  event.fired = true
  for _, co in ipairs(event.waiters) do wake(co) end
  event.waiters = {}
end

-- A reply to a call; one that belongs to a phase that is over only frees its slot.
function fiber.reply(id, body)
  in_flight = in_flight - 1
  local take = pending[id]
  pending[id] = nil
  if take then take(body) end
  if slot then
    local free = slot
    slot = nil
    fiber.fire(free)
  end
end

local function step()
  if first <= last then
    local co = ready[first]
    ready[first] = nil
    first = first + 1
    local good, err = coroutine.resume(co)
    if not good then error(err, 0) end
    return
  end
  if in_flight == 0 then errors.raise("internal", "waiting for something that will never come") end
  local kind, id, body = host.receive()
  if kind ~= "reply" then errors.raise("internal", "expected a reply, got " .. kind) end
  fiber.reply(id, body)
end

function fiber.wait(event)
  while not event.fired do
    if coroutine.isyieldable() then
      event.waiters[#event.waiters + 1] = coroutine.running()
      coroutine.yield()
    else
      step()
    end
  end
end

-- Adds a call to the log of the fiber that is running.
function fiber.note(id)
  local log = logs[coroutine.running()]
  if log then log[#log + 1] = id end
end

-- Starts a call; take(reply) runs when its answer is there. Returns the call's number.
function fiber.call(body, take)
  while in_flight >= most do
    slot = slot or fiber.event()
    fiber.wait(slot)
  end
  calls = calls + 1
  in_flight = in_flight + 1
  pending[calls] = take
  host.send("call", calls, body)
  fiber.note(calls)
  return calls
end

-- Runs fn as a fiber of its own; the numbers of the calls it starts are added to `log`.
function fiber.spawn(fn, log)
  local co = coroutine.create(fn)
  logs[co] = log
  wake(co)
end

-- Adds the calls of fibers that have ended to the log of the one that waited for them.
function fiber.adopt(log)
  local own = logs[coroutine.running()]
  for _, id in ipairs(own and log or {}) do own[#own + 1] = id end
end

-- Waits for every call in flight.
function fiber.drain()
  while in_flight > 0 or first <= last do step() end
end

function fiber.limit(in_flight_limit) most = in_flight_limit end

-- Runs fn to its end, as the first fiber of a phase: its result, or its error raised as a table.
function fiber.run(fn, argument)
  ready, first, last, pending, slot = {}, 1, 0, {}, nil
  local results
  fiber.spawn(function()
    results = { xpcall(fn, errors.explain, argument) }
  end)
  while not results do step() end
  if not results[1] then error(results[2], 0) end
  return results[2]
end

return fiber
