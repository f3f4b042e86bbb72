// Ordering a failover of a monitor of pg_auto_failover, and waiting until another node is the primary.
#include "base/text.h"
#include "net/wait.h"
#include "primitive/change/appliers.h"
#include "primitive/change/postgres_transaction.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Ready;
using safety::Sent;
using safety::Target;

using Begin = std::function<Task<Result<Sent>>()>;

constexpr std::chrono::seconds kOrderWithin{10};
constexpr double kUsualWait = 120;
constexpr std::chrono::milliseconds kBetweenLooks{250};

// The monitor goes on with it whether or not anybody waits.
Task<bool> becomes_another(Reach& reach, const Target& target, const Change& change) {
  const auto* group = find_read_row("pg_failover.group");
  const auto& before = change.from["primary"]["id"];
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(kUsualWait)));
  const auto until = std::chrono::steady_clock::now() + within;
  for (;;) {
    const auto now = co_await group->read(reach, target, change.args);
    if (now) {
      const auto& primary = (*now)["primary"]["id"];
      if (!primary.is_null() && !(primary == before)) co_return true;
    }
    if (std::chrono::steady_clock::now() >= until) co_return false;
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
}

// `order` belongs to the frame of the coroutine: whoever begins it may be gone when it goes on.
Task<Result<Sent>> order_and_wait(Reach& reach, const Target& target, const Change& change, Begin order) {
  RUNBOOK_CO_TRY(sent, co_await order());
  if (co_await becomes_another(reach, target, change)) co_return sent;
  co_return Error{Code::kInDoubt, "the monitor took the order, and in time no other node became the primary",
                  target.name, "it goes on by itself; runbook resume tells later"};
}

Task<Result<Ready>> make_ready(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  auto ready = co_await transaction_ready(reach, target, permit, kOrderWithin, RowLimit{});
  if (!ready) {
    auto error = ready.error();
    if (error.code == Code::kStale)
      error.message = "the primary or its standby are no longer as they were seen: nothing was ordered";
    co_return error;
  }
  ready->begin = [&reach, &target, &change, order = std::move(ready->begin)] {
    return order_and_wait(reach, target, change, order);
  };
  co_return ready;
}

}  // namespace

std::vector<safety::Applier> pg_failover_appliers(Reach& reach) {
  return {{.row = "pg_failover.perform",
           .make_ready = [&reach](const Target& target, const Change& change, const Permit& permit) {
             return make_ready(reach, target, change, permit);
           }}};
}

}  // namespace runbook::primitive
