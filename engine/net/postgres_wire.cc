#include "net/postgres_wire.h"

#include <malloc.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "base/text.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

struct ResultCleared {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultCleared>;

std::string field_of(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string() : std::string(text);
}

Error error_of(const PGresult* result) {
  const auto state = field_of(result, PG_DIAG_SQLSTATE);
  Error error{.code = code_of_sqlstate(state), .message = escaped(field_of(result, PG_DIAG_MESSAGE_PRIMARY), 400)};
  if (!state.empty()) error.message += " (SQLSTATE " + escaped(state, 5) + ")";
  error.next = escaped(field_of(result, PG_DIAG_MESSAGE_HINT), 300);
  if (error.next.empty()) error.next = escaped(field_of(result, PG_DIAG_MESSAGE_DETAIL), 300);
  return error;
}

PostgresAnswer answer_of(PGresult* result) {
  PostgresAnswer answer{.tag = PQcmdStatus(result)};
  const int columns = PQnfields(result);
  for (int i = 0; i < columns; ++i) answer.columns.push_back({.name = PQfname(result, i), .type = PQftype(result, i)});
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& cells = answer.rows.emplace_back();
    for (int i = 0; i < columns; ++i) {
      if (PQgetisnull(result, row, i) != 0) {
        cells.emplace_back();
      } else {
        cells.emplace_back(
            std::string(PQgetvalue(result, row, i), static_cast<std::size_t>(PQgetlength(result, row, i))));
      }
    }
  }
  return answer;
}

// libpq makes room for a message as soon as it knows its length, and has no limit: what the program has allotted tells.
constexpr std::size_t kMostMemory = 48U << 20U;

std::size_t allotted() {
  const auto memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}

std::size_t size_of(const PostgresAnswer& answer) {
  std::size_t size = 0;
  for (const auto& row : answer.rows) {
    for (const auto& cell : row) size += sizeof(cell) + (cell ? cell->size() : 0);
  }
  return size;
}

// Whether it ends with a ROLLBACK that is to be carried out whatever fails before it.
bool ends_apart(const guard::Batch& batch) { return batch.size() > 1 && batch.back().sql == guard::kRollback; }

Result<void> check_params(const guard::Batch& batch) {
  for (const auto& statement : batch) {
    for (const auto& param : statement.params) {
      if (param.find('\0') != std::string::npos)
        return Error{Code::kUsage, "a parameter of a statement has a NUL byte in it, which PostgreSQL cannot take"};
    }
  }
  return {};
}

std::string verb_of(const guard::Batch& batch) {
  const auto& sql = batch.size() > 1 ? batch[batch.size() / 2].sql : batch.front().sql;
  return "\"" + escaped(sql, 60) + "\"";
}

}  // namespace

Code code_of_sqlstate(std::string_view state) {
  if (state.starts_with("28")) return Code::kAuth;
  if (state == "42501") return Code::kDenied;                       // insufficient_privilege
  if (state == "53300") return Code::kLimit;                        // too_many_connections
  if (state == "25006") return Code::kRefused;                      // read_only_sql_transaction
  if (state == "57014" || state == "55P03") return Code::kTimeout;  // query_canceled, lock_not_available
  return Code::kRemote;
}

Task<Result<void>> socket_ready(Loop loop, int socket, bool to_write, TimePoint until) {
  // libpq owns the socket: it is only lent to Asio for one wait.
  asio::posix::stream_descriptor lent(loop, socket);
  boost::system::error_code outcome;
  bool late = false;
  {
    const Deadline deadline(loop, until, [&lent] {
      boost::system::error_code ignored;
      lent.cancel(ignored);
    });
    using Wait = asio::posix::stream_descriptor::wait_type;
    const auto what = to_write ? Wait::wait_write : Wait::wait_read;
    auto [error] = co_await lent.async_wait(what, kTuple);
    outcome = error;
    late = deadline.expired();
  }
  lent.release();
  if (late) co_return Error{Code::kTimeout, "no answer in time"};
  if (outcome) co_return Error{Code::kCancelled, "given up while waiting for PostgreSQL"};
  co_return Result<void>();
}

PostgresWire::PostgresWire(Loop loop, PostgresHandle session, const guard::PostgresGuard& guard,
                           std::size_t largest_answer)
    : loop_(loop), session_(std::move(session)), guard_(guard), turns_(loop, 1), largest_answer_(largest_answer) {}

Error PostgresWire::too_large() const {
  return {.code = Code::kLimit,
          .message = "the answer is larger than " + bytes_text(static_cast<double>(largest_answer_)),
          .next = "ask for fewer rows, or for fewer and shorter columns"};
}

Error PostgresWire::broke() const {
  const auto text = std::string(trim(PQerrorMessage(session_.get())));
  return {.code = Code::kUnreachable,
          .message = "the connection to PostgreSQL broke: " + escaped(text.substr(0, text.find('\n')), 300)};
}

Result<void> PostgresWire::queue(const guard::Batch& batch) {
  for (const auto& statement : batch) {
    if (&statement == &batch.back() && ends_apart(batch) && PQpipelineSync(session_.get()) == 0) return broke();
    std::vector<const char*> values;
    for (const auto& param : statement.params) values.push_back(param.c_str());
    const auto count = static_cast<int>(values.size());
    if (!prepared_.empty() && statement.sql == guard::look_up_statement()) {
      if (PQsendQueryPrepared(session_.get(), prepared_.c_str(), count, values.data(), nullptr, nullptr, 0) == 0)
        return broke();
      continue;
    }
    const int sent =
        PQsendQueryParams(session_.get(), statement.sql.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0);
    if (sent == 0) return broke();
  }
  if (PQpipelineSync(session_.get()) == 0) return broke();
  return {};
}

Task<Result<void>> PostgresWire::flush(TimePoint until) {
  for (;;) {
    const int left = PQflush(session_.get());
    if (left == 0) co_return Result<void>();
    if (left < 0) co_return broke();
    RUNBOOK_CO_CHECK(co_await socket_ready(loop_, PQsocket(session_.get()), true, until));
  }
}

Task<Result<void>> PostgresWire::result_ready(TimePoint until) {
  while (PQisBusy(session_.get()) != 0) {
    if (allotted() > before_ + kMostMemory) co_return too_large();  // it knows the length now, and has read none of it
    RUNBOOK_CO_CHECK(co_await socket_ready(loop_, PQsocket(session_.get()), false, until));
    if (PQconsumeInput(session_.get()) == 0) co_return broke();
    if (allotted() > before_ + kMostMemory) co_return too_large();
  }
  co_return Result<void>();
}

Task<Result<PostgresWire::Collected>> PostgresWire::collect(std::size_t syncs, TimePoint until) {
  Collected collected;
  std::size_t size = 0;
  while (syncs > 0) {
    RUNBOOK_CO_CHECK(co_await result_ready(until));
    const ResultHandle result(PQgetResult(session_.get()));
    if (!result) {  // between two statements; without a session it would go on for ever
      if (PQstatus(session_.get()) != CONNECTION_BAD) continue;
      if (!collected.said) co_return broke();
      break;
    }
    switch (PQresultStatus(result.get())) {
      case PGRES_PIPELINE_SYNC:
        --syncs;
        break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        collected.answers.push_back(answer_of(result.get()));
        size += size_of(collected.answers.back());
        if (size > largest_answer_ && !collected.said) collected.said = too_large();
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      case PGRES_FATAL_ERROR:
        if (field_of(result.get(), PG_DIAG_SQLSTATE).empty()) co_return broke();
        if (!collected.said) {
          collected.said = error_of(result.get());
          collected.forgot_prepared =
              field_of(result.get(), PG_DIAG_SQLSTATE) == "26000";  // invalid_sql_statement_name
        }
        break;
      default:
        co_return Error{Code::kProtocol, "PostgreSQL gave an answer that no statement of ours has"};
    }
  }
  co_return collected;
}

// Parsed and planned once, the look-up costs less than the query that it is for. Its name is no other session's: behind
// a pooler somebody else's statement of the same name would stand in the place of the gate's.
Task<void> PostgresWire::prepare_look_up(TimePoint until) {
  may_be_prepared_ = false;
  std::random_device random;
  auto name = "runbook_" + std::to_string(random()) + "_" + std::to_string(random()) + "_" + std::to_string(random());
  const std::string sql(guard::look_up_statement());
  const bool queued =
      PQsendPrepare(session_.get(), name.c_str(), sql.c_str(), 0, nullptr) != 0 && PQpipelineSync(session_.get()) != 0;
  if (!queued || !co_await flush(until)) co_return;
  const auto collected = co_await collect(1, until);
  if (collected && !collected->said) prepared_ = std::move(name);
}

Task<Result<PostgresWire::Collected>> PostgresWire::ask(const guard::Batch& batch, TimePoint until) {
  RUNBOOK_CO_CHECK(queue(batch));
  RUNBOOK_CO_CHECK(co_await flush(until));
  co_return co_await collect(ends_apart(batch) ? 2 : 1, until);
}

Task<Result<PostgresWire::Collected>> PostgresWire::deliver(const guard::Batch& batch, milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  before_ = allotted();
  const bool looks_up =
      batch.size() > guard::kLookUpPlace && batch[guard::kLookUpPlace].sql == guard::look_up_statement();
  if (looks_up && may_be_prepared_) co_await prepare_look_up(until);
  RUNBOOK_CO_TRY(collected, co_await ask(batch, until));
  if (!collected.forgot_prepared) co_return std::move(collected);
  prepared_.clear();  // a pooler gave us another session of the server's; nothing behind the look-up was carried out
  co_return co_await ask(batch, until);
}

Task<Result<PostgresWire::Answers>> PostgresWire::exchange(guard::Batch batch, const guard::Permit* permit,
                                                           milliseconds limit) {
  const auto turn = co_await turns_.take();
  if (failure_) {
    // It was another batch's answer, and says nothing of this one, which was not sent.
    const bool by_us = failure_->code == Code::kLimit;
    co_return by_us ? Error{Code::kCancelled, "the connection was given up: " + failure_->message} : *failure_;
  }
  if (auto seen = guard_.look(batch, permit); !seen) co_return seen.error();
  if (auto sound = check_params(batch); !sound) co_return sound.error();
  auto collected = co_await deliver(batch, limit);
  if (!collected && collected.error().code == Code::kTimeout) {
    collected =
        Error{Code::kTimeout, "PostgreSQL gave no answer to " + verb_of(batch) + " within " + duration_text(limit)};
  }
  const auto* said = collected && collected->said ? &*collected->said : nullptr;
  if (collected && said == nullptr) co_return std::move(collected->answers);
  const auto error = said != nullptr ? *said : collected.error();
  const bool over = !collected || PQstatus(session_.get()) == CONNECTION_BAD;
  if (over) fail(error);  // what is still under way could be taken for the answer to the next batch
  if (!over || permit == nullptr) co_return error;
  co_return Error{Code::kInDoubt, verb_of(batch) + " was sent and no answer came: " + error.message, error.where,
                  "read the target again to see whether it took effect"};
}

void PostgresWire::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

}  // namespace runbook::net
