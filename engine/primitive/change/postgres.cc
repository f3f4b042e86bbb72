// Carrying out changes of a PostgreSQL: each on a session of its own, of the role that changes.
#include "net/postgres.h"

#include <charconv>

#include "base/text.h"
#include "net/wait.h"
#include "primitive/change/appliers.h"
#include "primitive/reach.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/postgres_words.h"
#include "safety/mark.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Ready;
using safety::Sent;
using safety::Target;

constexpr std::chrono::seconds kBeyond{5};  // what the server's own limits leave to the way there and back
constexpr std::chrono::milliseconds kBetweenLooks{50};

using Session = std::shared_ptr<net::PostgresConnection>;

guard::Statement statement_of(const guard::Argv& words) {
  return {.sql = words.front(), .params = {words.begin() + 1, words.end()}};
}

// "UPDATE 3": of what it did not count, nothing.
double rows_touched(std::string_view tag) {
  const auto number = tag.substr(std::min(tag.rfind(' ') + 1, tag.size()));
  double rows = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rows);
  return error == std::errc() && end == number.data() + number.size() ? rows : 0;
}

Error at(const Target& target, Error error) {
  if (error.where.empty()) error.where = target.name;
  return error;
}

// `session` and `said` belong to the frame of the coroutine: whoever begins it may be gone when it goes on.
Task<Result<Sent>> commit(const Target& target, const Permit& permit, Session session, std::string said) {
  guard::Batch batch(1, statement_of(permit.sends().back()));
  const auto answers = co_await session->send(std::move(batch), permit, kBeyond);
  if (!answers) co_return at(target, answers.error());
  if (answers->front().tag != kCommit)
    co_return Error{Code::kRemote, "the transaction was rolled back: " + escaped(answers->front().tag, 40),
                    target.name};
  co_return Sent{.said = std::move(said)};
}

Error not_committed(Error error) {
  // Whatever was sent, COMMIT was not: the server takes the rest back by itself.
  if (error.code == Code::kInDoubt) return {Code::kUnreachable, error.message + "; nothing of it stands", error.where};
  return error;
}

Error touches_too_much(const Target& target, double rows, double most, bool exactly) {
  const auto count = std::to_string(static_cast<long>(rows));
  const auto limit = std::to_string(static_cast<long>(most));
  return {.code = Code::kStale,
          .message = "it would touch " + count + " rows and may touch " + (exactly ? "exactly " : "at most ") + limit +
                     ": it was rolled back",
          .where = target.name,
          .next = "look again"};
}

Task<Result<Ready>> make_ready(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(session, co_await reach.open_postgres(target));
  guard::Batch batch;
  for (std::size_t i = 0; i + 1 < permit.sends().size(); ++i) batch.push_back(statement_of(permit.sends()[i]));
  const std::chrono::seconds within(static_cast<int>(change.args["within"].number_or(30)));
  auto answers = co_await session->send(std::move(batch), permit, within + kBeyond);
  if (!answers) co_return at(target, not_committed(answers.error()));
  const auto& done = answers->at(kStatementCall);
  const bool exactly = change.row == "postgres.row";
  const auto most = change.args["at_most"].number_or(1);
  const auto rows = rows_touched(done.tag);
  const auto said = done.tag;
  if (exactly ? rows != 1 : rows > most) co_return touches_too_much(target, rows, exactly ? 1 : most, exactly);
  const auto& id = answers->back().rows;
  if (id.size() != 1 || id.front().size() != 1 || !id.front().front())
    co_return Error{Code::kProtocol, "PostgreSQL gave the transaction no id", target.name};
  co_return Ready{.handle = Value::Map{{"xid", *id.front().front()}},
                  .begin = [&target, &permit, session, said] { return commit(target, permit, session, said); }};
}

// The signal is sent at once, and the query ends when it next looks for signals.
Task<void> until_cancelled(Reach& reach, const Target& target, const Change& change) {
  const auto* session = find_read_row("postgres.session");
  const auto until = std::chrono::steady_clock::now() + kBeyond;
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
  const auto answers = co_await session->send(std::move(batch), permit, kBeyond + kBeyond);
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

// In one batch, of which the server carries out all or nothing: ALTER SYSTEM first, since it may follow nothing there.
// A session takes a new value before its next statement; when it does not by then, something comes before it, which the
// state tells.
Task<Result<void>> apply_setting(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  RUNBOOK_CO_TRY(session, co_await reach.open_postgres(target));
  guard::Batch batch;
  for (const auto& words : permit.sends()) batch.push_back(statement_of(words));
  const auto answers = co_await session->send(std::move(batch), permit, kBeyond + kBeyond);
  if (!answers) co_return at(target, answers.error());
  const auto* row = find_change_row(change.row);
  const auto until = std::chrono::steady_clock::now() + kBeyond;
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
