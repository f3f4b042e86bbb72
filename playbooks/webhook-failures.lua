--- Webhooks from one service to another are refused: jobs and payments that one side has done stay unknown to the other.
---
--- Mostly the key that both sides share was changed on one of them only. It compares the two without seeing either, counts what was
--- refused, and looks at what waits. The same key goes to whoever has another one, one container at a time. What the sender gave up is
--- sent again only where it carries an idempotency key: everything else may have been taken already, and a person looks at it first.

local instances = require "_instances"

local REFUSED = { " 401", "unauthorized", "invalid api key" }

local function refused(found)
  local count, line = 0, nil
  for _, one in ipairs(found.logs) do
    for _, word in ipairs(REFUSED) do
      local match = one.value and one.value.matches[word]
      if match and match.count > count then count, line = match.count, match.last end
    end
  end
  return count, line
end

-- All that hold the key, each { target, key, state }: the key stands for its value, and is nil where there is none.
local function holders(found)
  local list = {}
  for _, one in ipairs(found.keys) do list[#list + 1] = { target = one.target, key = one.value } end
  return list
end

-- Who has another key than the sender, which is the first.
local function at_odds(found)
  local list, sender = {}, nil
  for at, one in ipairs(holders(found)) do
    if at == 1 then sender = one end
    if at > 1 and not (sender.key and one.key and same_secret(sender.key, one.key)) then list[#list + 1] = one end
  end
  return list
end

local function names(list)
  local all = {}
  for at, one in ipairs(list) do all[at] = tostring(one.target) end
  return table.concat(all, ", ")
end

-- What the sender gave up: what may be sent again, and what a person has to look at first.
local function given_up(found, arg)
  local safe, unsafe = {}, {}
  local failed = arg.outbox and found.outbox and found.outbox.json and found.outbox.json.failed or {}
  for _, one in ipairs(failed) do
    local sound = type(one.id) == "string" and one.id:match "^[%w_.-]+$"
    table.insert(sound and one.idempotency_key and safe or unsafe, tostring(one.id))
  end
  return safe, unsafe
end

local function everybody(arg)
  local all = { arg.sender }
  for _, one in ipairs(arg.receivers) do all[#all + 1] = one end
  return all
end

local function all_take_it(arg)
  local checks = {}
  for _, one in ipairs(everybody(arg)) do checks[#checks + 1] = check.container(one):state().ready:is(true) end
  return checks
end

return playbook "webhook-failures" {
  alerts = { "WebhookFailures", "WebhookBacklogGrowing" },
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    sender = input.container "who sends the webhooks",
    receivers = input.container("who takes them"):many():default "tag:backend",
    key = input.text "the variable that holds the key which they share",
    outbox = input.http("the sender's list of what it could not deliver"):optional(),
    list = input.text("where that list stands"):default "/outbox",
    resend = input.text("what sends one of them again"):default "/outbox/{id}/resend",
    within = input.text("how far back to look in the logs"):default "15m",
  },

  findings = {
    ["key-mismatch"] = "the sender and a receiver hold different keys, or one of them none",
    ["refused"] = "webhooks are refused although the keys are the same",
    ["given-up"] = "the sender has given up some that may be sent again",
    ["look-first"] = "the sender has given up some that carry no idempotency key",
  },

  evidence = function(see, arg)
    local everyone = everybody(arg)
    return {
      keys = parallel.map(everyone, function(one) return see.container(one):env(arg.key) end),
      states = parallel.map(everyone, function(one) return see.container(one):state() end),
      logs = parallel.map(arg.receivers, function(one) return see.container(one):logs { since = arg.within, match = REFUSED } end),
      sent = see.container(arg.sender):logs { since = arg.within, match = REFUSED },
      outbox = arg.outbox and see.http(arg.outbox):get(arg.list),
    }
  end,

  diagnose = function(found, arg)
    if not (found.keys and found.states and found.logs) then return unclear "the containers cannot be looked at" end
    for at, one in ipairs(found.states) do
      if one.error then return unclear("%s cannot be looked at: %s", tostring(one.target), one.error.message) end
      local unread = found.keys[at].error
      if unread and unread.code ~= "not_found" then return unclear("%s: %s", tostring(one.target), unread.message) end
    end
    local causes = {}
    local odd, count, line = at_odds(found), refused(found)
    if #odd > 0 then
      table.insert(causes, finding("key-mismatch", "%s: another %s than %s; %d refused in %s", names(odd), arg.key, tostring(arg.sender), count, arg.within))
    elseif count > 0 then
      table.insert(causes, finding("refused", "%d in %s, the last: %s", count, arg.within, line or "")
        :next "was the key rotated where neither of them keeps it, or is a clock wrong?")
    end
    local safe, unsafe = given_up(found, arg)
    if #unsafe > 0 then
      table.insert(causes, finding("look-first", "%d without an idempotency key: %s", #unsafe, table.concat(unsafe, ", "))
        :next "look for each of them at the receiver before it is sent again")
    end
    if #safe > 0 then table.insert(causes, #odd > 0 and #causes + 1 or 1, finding("given-up", "%d with an idempotency key", #safe)) end
    if #causes > 0 then return causes end
    return healthy("the keys are the same, and nothing was refused in %s", arg.within)
  end,

  mitigations = {
    mitigation "same-key" {
      answers = { "key-mismatch" },
      asks = { secret = ask.text "the name that the right key has in [secrets] of the inventory" },
      plan = function(found, arg, chosen)
        local wrong = {}
        for _, one in ipairs(holders(found)) do
          if one.key ~= ("‹secret:%s›"):format(chosen.secret) then wrong[#wrong + 1] = one end
        end
        return instances.one_by_one(wrong, function(one)
          return { change.container_env(one.target, { key = arg.key, to = secret(chosen.secret) }) }
        end)
      end,
      verify = function(arg, chosen)
        local checks = all_take_it(arg)
        for _, one in ipairs(everybody(arg)) do
          checks[#checks + 1] = check.container(one):env(arg.key):is(("‹secret:%s›"):format(chosen.secret))
        end
        return checks
      end,
      within = "90s",
      holds = "5s",
    },
    mitigation "send-again" {
      answers = { "given-up" },
      needs = { "outbox" },
      not_while = { "key-mismatch", "refused" },
      plan = function(found, arg)
        local safe = given_up(found, arg)
        if #safe == 0 then return {} end
        return { change.each_of(safe, { at_most = 100 }, function(id)
          return { change.http_post(arg.outbox, (arg.resend:gsub("{id}", id)), {
            nothing_to_undo = "the receiver takes what carries the same idempotency key once",
          }) }
        end) }
      end,
      verify = function(arg)
        local checks = all_take_it(arg)
        checks[#checks + 1] = check.http(arg.outbox):get(arg.list).status:is(200)
        return checks
      end,
      within = "60s",
      holds = "5s",
    },
  },

  follow_up = { after("1h", "Find out who changed the key, and how both sides get the next one at once.") },
}
