--- Somebody tries to get into an account, or uses one that they got into.
---
--- It counts the logins of the account by address, and which other accounts those addresses tried; what it read stays as evidence.
--- An account that an address got into after many failures is switched off: it is one value of one row, and the undo sets it back.
--- Addresses that only try are better kept out: switching the account off would do their work.

local function failed(attempts)
  local sum = 0
  for _, one in ipairs(attempts.rows) do sum = sum + one.failed end
  return sum
end

-- The address that failed often enough and then got in.
local function intruder(attempts, arg)
  for _, one in ipairs(attempts.rows) do
    if one.failed >= arg.failures and one.entered_after then return one end
  end
end

local function switched_off(account) return account.value == "true" end

return playbook "abuse-account" {
  alerts = { "LoginFailuresHigh", "AccountTakeover" },
  severity = "SEV-2",
  owner = "backend on-call",

  inputs = {
    db = input.postgres "where the accounts are",
    account = input.text "the account, as the tables name it",
    accounts = input.text("the table of accounts"):default "users",
    name = input.text("its column that names one"):default "email",
    switch = input.text("its boolean column that switches one off"):default "disabled",
    logins = input.text("the table of logins: account, address, succeeded, at"):default "logins",
    minutes = input.number("how far back to look, in minutes"):default(60),
    failures = input.number("how many failures of one address are too many"):default(10),
  },

  findings = {
    ["taken-over"] = "an address failed often, and then got in",
    ["attacked"] = "addresses fail to get in, and none of them did",
  },

  evidence = function(see, arg)
    local db = see.postgres(arg.db)
    return {
      account = db:row(arg.accounts, { [arg.name] = arg.account }, arg.switch),
      attempts = db:query([[
        select split_part(address::text, '/', 1) as address, count(*) filter (where not succeeded)::int as failed,
               count(*) filter (where succeeded)::int as succeeded, max(at)::text as last,
               coalesce(max(at) filter (where succeeded) > min(at) filter (where not succeeded), false) as entered_after
        from ]] .. arg.logins .. [[ where account = $1 and at > now() - make_interval(mins => $2::int)
        group by 1 order by 2 desc, 1]], { arg.account, arg.minutes }, 100),
      elsewhere = db:query([[
        select split_part(other.address::text, '/', 1) as address, count(distinct other.account)::int as accounts
        from ]] .. arg.logins .. [[ other where other.account <> $1 and other.at > now() - make_interval(mins => $2::int)
          and other.address in (select address from ]] .. arg.logins .. [[ where account = $1 and not succeeded)
        group by 1 order by 2 desc, 1]], { arg.account, arg.minutes }, 100),
    }
  end,

  diagnose = function(found, arg)
    if not found.account then return unclear("the account cannot be looked at: " .. found:why "account") end
    if not found.account.exists then return unfit("there is no account %s", arg.account) end
    if switched_off(found.account) then return healthy "the account is switched off" end
    if not found.attempts then return unclear("its logins cannot be looked at: " .. found:why "attempts") end
    local one = intruder(found.attempts, arg)
    if one then
      return finding("taken-over", "%s failed %d times and then got in", one.address, one.failed):next "switch it off, and tell its owner by another way"
    end
    local count = failed(found.attempts)
    if count < arg.failures then return healthy("%d failed logins in %d minutes", count, arg.minutes) end
    local wide = found.elsewhere and #found.elsewhere.rows > 0
    return finding("attacked", "%d failed logins in %d minutes%s", count, arg.minutes, wide and ", and the same addresses try other accounts" or "")
      :next "keep the addresses out: ratelimit-tighten, ufw-blocks"
  end,

  mitigations = {
    mitigation "switch-off" {
      answers = { "taken-over" },
      warning = "Its owner cannot log in either, until it is set back.",
      plan = function(_, arg)
        return { change.postgres_row(arg.db, arg.accounts, { [arg.name] = arg.account }, arg.switch, { to = true }) }
      end,
      verify = function(arg) return { check.postgres(arg.db):row(arg.accounts, { [arg.name] = arg.account }, arg.switch).value:is "true" } end,
      within = "10s",
    },
  },

  follow_up = { after("0s", "End its sessions, tell its owner, and keep the access logs: runbook evidence RUN.") },
}
