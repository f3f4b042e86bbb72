// Carrying out changes of a PostgreSQL: each on a session of its own, of the role that changes.
#include "net/postgres.h"

#include "net/wait.h"
#include "primitive/change/appliers.h"
#include "primitive/change/postgres_transaction.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"
#include "safety/mark.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Ready;
using safety::Target;

constexpr std::chrono::milliseconds kBetweenLooks{50};

Task<Result<Ready>> make_ready(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(30)));
  const bool one_row = change.row == "postgres.row";
  const RowLimit limit{.rows = one_row ? 1 : change.args["at_most"].number_or(1), .exactly = one_row};
  co_return co_await transaction_ready(reach, target, permit, within, limit);
}

// The signal is sent at once, and the query ends when it next looks for signals.
Task<void> until_cancelled(Reach& reach, const Target& target, const Change& change) {
  const auto* session = find_read_row("postgres.session");
  const auto until = std::chrono::steady_clock::now() + kBeyondLimits;
  for (;;) {
    const auto now = co_await session->read(reach, target, change.args);
    if (!now || now->is_null() || std::chrono::steady_clock::now() >= until) co_return;
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
}

// One statement that gives true for the one session that it signals.
Task<Result<void>> apply_signal(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(session, co_await reach.open_postgres(target));
  guard::Batch batch(1, statement_of(permit.sends().front()));
  const auto answers = co_await session->send(std::move(batch), permit, kBeyondLimits + kBeyondLimits);
  if (!answers) co_return at(target, answers.error());
  const auto& rows = answers->front().rows;
  if (rows.empty()) {
    co_return Error{.code = Code::kStale,
                    .message = "the session is gone, or does something else by now",
                    .where = target.name,
                    .next = "look again"};
  }
  if (rows.front().front().value_or("") != "t")
    co_return Error{Code::kInDoubt, "the session was told to end, and did not within 5 s", target.name,
                    "it ends when it next looks for signals; runbook resume tells later"};
  if (change.row == "postgres.cancel_query") co_await until_cancelled(reach, target, change);
  co_return Result<void>();
}

// In one batch, ALTER SYSTEM first, since it may follow nothing there. It writes its file at once: where the reload is
// refused it stays written, which the state tells (`partly`).
// A session takes a new value before its next statement; when it does not by then, something comes before it, which the
// state tells.
Task<Result<void>> apply_setting(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(session, co_await reach.open_postgres(target));
  guard::Batch batch;
  for (const auto& words : permit.sends()) batch.push_back(statement_of(words));
  const auto answers = co_await session->send(std::move(batch), permit, kBeyondLimits + kBeyondLimits);
  if (!answers) co_return at(target, answers.error());
  const auto* row = find_change_row(change.row);
  const auto until = std::chrono::steady_clock::now() + kBeyondLimits;
  while (std::chrono::steady_clock::now() < until) {
    const auto call = safety::state_read(*row, change);
    const auto now = co_await find_read_row(call.row)->read(reach, target, call.args);
    if (!now || safety::stands(*row, change, row->seen(*now).state)) break;
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> postgres_appliers(Reach& reach) {
  const auto signals = [&reach](const Target& target, const Change& change, const Permit& permit) {
    return apply_signal(reach, target, change, permit);
  };
  const auto sets = [&reach](const Target& target, const Change& change, const Permit& permit) {
    return apply_setting(reach, target, change, permit);
  };
  const auto transacts = [&reach](const Target& target, const Change& change, const Permit& permit) {
    return make_ready(reach, target, change, permit);
  };
  return {{.row = "postgres.cancel_query", .apply = signals},
          {.row = "postgres.end_session", .apply = signals},
          {.row = "postgres.execute", .make_ready = transacts},
          {.row = "postgres.row", .make_ready = transacts},
          {.row = "postgres.setting", .apply = sets}};
}

}  // namespace runbook::primitive
