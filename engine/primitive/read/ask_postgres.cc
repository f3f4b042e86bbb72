#include "primitive/read/ask_postgres.h"

#include "base/text.h"
#include "primitive/read/postgres_value.h"

namespace runbook::primitive {

namespace {

// What the server's own limit leaves to the way there and back.
constexpr std::chrono::milliseconds kBeyond{2000};

Error at(const safety::Target& target, Error error) {
  if (error.where.empty()) error.where = target.name;
  return error;
}

// The gate's look-up fails with the name of what it found.
Error told(Error error) {
  const auto function = guard::refused_function(error.message);
  if (function.empty()) return error;
  return {.code = Code::kRefused,
          .message = "the statement names the function " + escaped(function, 120) + ", which may change something",
          .where = {},
          .next =
              "a read calls no function that is marked VOLATILE; a name that only looks like one can be written with "
              "AS"};
}

// On another connection when the one that it waited for was given up because of somebody else's answer.
Task<Result<std::vector<net::PostgresAnswer>>> look(Reach& reach, const safety::Target& target, guard::Batch batch,
                                                    guard::ReadLimits limits) {
  for (;;) {
    RUNBOOK_CO_TRY(connection, co_await reach.postgres(target));
    auto answers = co_await connection->look(batch, limits.statement + limits.lock + kBeyond);
    const auto& failure = connection->failure();
    const bool not_sent =
        !answers && answers.error().code == Code::kCancelled && failure && failure->code == Code::kLimit;
    if (!not_sent) co_return answers;
  }
}

const guard::ReadLimits kCatalogue{.search_path = "pg_catalog"};

}  // namespace

Task<Result<net::PostgresAnswer>> ask_postgres(Reach& reach, const safety::Target& target, Result<guard::Batch> batch,
                                               std::size_t answer, const guard::ReadLimits& limits) {
  if (!batch) co_return at(target, batch.error());
  auto answers = co_await look(reach, target, *batch, limits);
  if (!answers) co_return at(target, told(answers.error()));
  if (answers->size() <= answer) co_return Error{Code::kProtocol, "PostgreSQL left out an answer", target.name};
  co_return std::move((*answers)[answer]);
}

Task<Result<Value>> ask_catalogue(Reach& reach, const safety::Target& target, std::string sql,
                                  std::vector<std::string> params) {
  auto batch = guard::read_batch(sql, std::move(params), kCatalogue);
  RUNBOOK_CO_TRY(answer, co_await ask_postgres(reach, target, std::move(batch), guard::kReadRows, kCatalogue));
  auto rows = postgres_rows(answer);
  if (!rows) co_return at(target, rows.error());
  co_return std::move(*rows);
}

Task<Result<Value>> ask_catalogue_row(Reach& reach, const safety::Target& target, std::string sql,
                                      std::vector<std::string> params) {
  RUNBOOK_CO_TRY(rows, co_await ask_catalogue(reach, target, std::move(sql), std::move(params)));
  if (rows.items().size() != 1) co_return Error{Code::kProtocol, "PostgreSQL gave no row", target.name};
  co_return std::as_const(rows).items().front();
}

}  // namespace runbook::primitive
