#include "primitive/change/postgres_transaction.h"

#include <charconv>

#include "base/text.h"
#include "net/postgres.h"
#include "primitive/spec/postgres_words.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Ready;
using safety::Sent;
using safety::Target;

using Session = std::shared_ptr<net::PostgresConnection>;

// "UPDATE 3": of what it did not count, nothing.
double rows_touched(std::string_view tag) {
  const auto number = tag.substr(std::min(tag.rfind(' ') + 1, tag.size()));
  double rows = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rows);
  return error == std::errc() && end == number.data() + number.size() ? rows : 0;
}

// `session` and `said` belong to the frame of the coroutine: whoever begins it may be gone when it goes on.
Task<Result<Sent>> commit(const Target& target, const Permit& permit, Session session, std::string said) {
  guard::Batch batch(1, statement_of(permit.sends().back()));
  const auto answers = co_await session->send(std::move(batch), permit, kBeyondLimits);
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

Error touches_too_much(const Target& target, double rows, RowLimit may) {
  const auto count = std::to_string(static_cast<long>(rows));
  const auto limit = std::to_string(static_cast<long>(may.rows));
  return {.code = Code::kStale,
          .message = "it would touch " + count + " rows and may touch " + (may.exactly ? "exactly " : "at most ") +
                     limit + ": it was rolled back",
          .where = target.name,
          .next = "look again"};
}

}  // namespace

guard::Statement statement_of(const guard::Argv& words) {
  return {.sql = words.front(), .params = {words.begin() + 1, words.end()}};
}

Error at(const Target& target, Error error) {
  if (error.where.empty()) error.where = target.name;
  return error;
}

Task<Result<Ready>> transaction_ready(Reach& reach, const Target& target, const Permit& permit,
                                      std::chrono::seconds within, RowLimit limit) {
  RUNBOOK_CO_TRY(session, co_await reach.open_postgres(target));
  guard::Batch batch;
  for (std::size_t i = 0; i + 1 < permit.sends().size(); ++i) batch.push_back(statement_of(permit.sends()[i]));
  auto answers = co_await session->send(std::move(batch), permit, within + kBeyondLimits);
  if (!answers) co_return at(target, not_committed(answers.error()));
  const auto& done = answers->at(kStatementCall);
  const auto rows = rows_touched(done.tag);
  const auto said = done.tag;
  if (limit.exactly ? rows != limit.rows : rows > limit.rows) co_return touches_too_much(target, rows, limit);
  const auto& id = answers->back().rows;
  if (id.size() != 1 || id.front().size() != 1 || !id.front().front())
    co_return Error{Code::kProtocol, "PostgreSQL gave the transaction no id", target.name};
  co_return Ready{.handle = Value::Map{{"xid", *id.front().front()}},
                  .begin = [&target, &permit, session, said] { return commit(target, permit, session, said); }};
}

}  // namespace runbook::primitive
