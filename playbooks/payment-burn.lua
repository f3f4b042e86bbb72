--- Payments fail or hang: orders and refunds stay pending.
---
--- It asks the payment provider how it is, counts the payments of the last hour, and lists what has been pending for too long. It
--- changes nothing: money is involved, and whether an order was paid is for a person to find out at the provider.

local PENDING = [[
  select id::text as id, extract(epoch from now() - created_at)::float8 as age_s from %s
  where status = $1 and created_at < now() - make_interval(mins => $2::int) order by created_at, id]]

local function answers(reply) return reply and reply.status >= 200 and reply.status < 300 end

local function share(recent, pending)
  local all, done = 0, 0
  for _, one in ipairs(recent.rows) do
    if one.status ~= pending then all = all + one.count end
    if one.paid then done = done + one.count end
  end
  return all > 0 and done / all or nil, all
end

local function minutes(row) return ("%.0f min"):format(row.age_s / 60) end

local function count(query) return #query.rows .. (query.more and " and more" or "") end

return playbook "payment-burn" {
  alerts = { "PaymentSuccessSLOBurn", "PaymentsStuck" },
  severity = "SEV-2",
  owner = "payments on-call",

  inputs = {
    db = input.postgres "where the orders are",
    provider = input.http "the payment provider",
    status = input.text("the page on which it tells how it is"):default "/health",
    orders = input.text("the table of orders: id, status, created_at"):default "orders",
    refunds = input.text("the table of refunds, with the same columns"):default "refunds",
    pending = input.text("the status of an order that waits for its payment"):default "pending_payment",
    paid = input.text("the status of one that was paid"):default "paid",
    waiting = input.text("the status of a refund that waits"):default "pending",
    minutes = input.number("from what age on an order is stuck, in minutes"):default(30),
    hours = input.number("from what age on a refund is, in hours"):default(24),
    success = input.number("the share of payments that must succeed, in percent"):default(95),
  },

  findings = {
    ["provider-down"] = "the payment provider does not answer as it should",
    ["payments-fail"] = "payments are refused, though the provider answers",
    ["orders-stuck"] = "orders wait for a payment that nobody tells of",
    ["refunds-stuck"] = "refunds wait for too long",
  },

  evidence = function(see, arg)
    local db = see.postgres(arg.db)
    return {
      provider = see.http(arg.provider):get(arg.status),
      recent = db:query("select status, status = $1 as paid, count(*)::int as count from " .. arg.orders
        .. " where created_at > now() - interval '1 hour' group by 1 order by 1", { arg.paid }, 50),
      orders = db:query(PENDING:format(arg.orders), { arg.pending, arg.minutes }, 100),
      refunds = db:query(PENDING:format(arg.refunds), { arg.waiting, arg.hours * 60 }, 100),
    }
  end,

  diagnose = function(found, arg)
    local all = {}
    local down = not answers(found.provider)
    if down then
      all[#all + 1] = finding("provider-down", "%s", found.provider and ("it answers with " .. found.provider.status) or found:why "provider")
        :next "tell the status page: payments are delayed, carts are kept; ask the provider"
    end
    local rate, payments = nil, 0
    if found.recent then rate, payments = share(found.recent, arg.pending) end
    if rate and rate * 100 < arg.success and not down then
      all[#all + 1] = finding("payments-fail", "%.0f %% of %d payments of the last hour succeeded", rate * 100, payments)
        :next "compare the key and the version that we send with the provider's"
    end
    if found.orders and #found.orders.rows > 0 then
      all[#all + 1] = finding("orders-stuck", "%s orders, the oldest %s (%s)", count(found.orders), found.orders.rows[1].id, minutes(found.orders.rows[1]))
        :next(down and "they may settle when the provider is back; look at the list then" or "look whether its webhooks arrive: webhook-failures")
    end
    if found.refunds and #found.refunds.rows > 0 then
      all[#all + 1] = finding("refunds-stuck", "%s refunds, the oldest %s (%s)", count(found.refunds), found.refunds.rows[1].id, minutes(found.refunds.rows[1]))
        :next "compare each with the provider's list, and settle it by hand"
    end
    if #all > 0 then return all end
    return healthy("%d payments in the last hour, nothing is stuck", payments)
  end,
}
