// Readers that take a query: what it gives, and how the server would go about it; and what became of a transaction.
#include "base/json.h"
#include "base/sql_text.h"
#include "base/text.h"
#include "net/wait.h"
#include "primitive/read/ask_postgres.h"
#include "primitive/read/postgres_value.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr double kMostRows = 10000;
constexpr double kUsualRows = 1000;
constexpr double kLongest = 60;

std::string param_text(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  if (const auto* truth = value.as_bool()) return *truth ? "true" : "false";
  return to_json(value);
}

std::vector<std::string> params_in(const Value& list) {
  std::vector<std::string> params;
  for (const auto& value : list.items()) params.push_back(param_text(value));
  return params;
}

Result<guard::ReadLimits> limits_of(const Value& args) {
  const auto rows = args["rows"].number_or(kUsualRows);
  const auto within = args["within"].number_or(5);
  if (rows < 1 || rows > kMostRows) return Error{Code::kUsage, "rows wants a number from 1 to 10000"};
  if (within < 1 || within > kLongest) return Error{Code::kUsage, "within wants seconds from 1 to 60"};
  return guard::ReadLimits{.statement = std::chrono::milliseconds(static_cast<int>(within * 1000)),
                           .rows = static_cast<unsigned>(rows) + 1};
}

Task<Result<Value>> read_query(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(limits, limits_of(args));
  auto batch = guard::read_batch(args["sql"].text_or(""), params_in(args["params"]), limits);
  RUNBOOK_CO_TRY(answer, co_await ask_postgres(reach, target, std::move(batch), guard::kReadRows, limits));
  const bool more = answer.rows.size() >= limits.rows;
  if (more) answer.rows.pop_back();
  auto rows = postgres_rows(answer);
  if (!rows) {
    auto error = rows.error();
    error.where = target.name;
    co_return error;
  }
  Value::List columns;
  for (const auto& column : answer.columns) columns.emplace_back(column.name);
  co_return Value(Value::Map{{"columns", std::move(columns)}, {"rows", std::move(*rows)}, {"more", more}});
}

Task<Result<Value>> read_explain(Reach& reach, const Target& target, const Value& args) {
  const guard::ReadLimits limits;
  auto batch = guard::explain_batch(args["sql"].text_or(""), params_in(args["params"]), limits);
  RUNBOOK_CO_TRY(answer, co_await ask_postgres(reach, target, std::move(batch), guard::kExplained, limits));
  std::string text;
  for (const auto& row : answer.rows) text += row.empty() ? "" : row.front().value_or("") + "\n";
  RUNBOOK_CO_TRY(plan, parse_json(text));
  if (plan.items().empty()) co_return Error{Code::kProtocol, "PostgreSQL gave no plan", target.name};
  co_return std::as_const(plan).items().front()["Plan"];
}

// ---- postgres.transaction

constexpr std::chrono::seconds kUntilOver{3};
constexpr std::chrono::milliseconds kBetweenLooks{50};

// The start of the server tells two servers apart; a transaction is asked about by its id. The server may still be
// about to notice that its client is gone, or to commit.
Task<Result<Value>> read_transaction(Reach& reach, const Target& target, const Value& args) {
  const std::vector<std::string> id = {std::string(args["xid"].text_or(""))};
  const std::string sql =
      "SELECT current_database()::text AS database, pg_is_in_recovery() AS standby,"
      " CASE WHEN $1 <> '' THEN coalesce(pg_xact_status($1::xid8), 'forgotten') END AS transaction";
  const auto until = std::chrono::steady_clock::now() + kUntilOver;
  for (;;) {
    RUNBOOK_CO_TRY(row, co_await ask_catalogue_row(reach, target, sql, id));
    const bool open = std::as_const(row)["transaction"].text_or("") == "in progress";
    if (!open || std::chrono::steady_clock::now() >= until) co_return row;
    co_await net::wait(reach.loop(), kBetweenLooks);
  }
}

// ---- postgres.row

Result<std::string> row_query(const Value& args) {
  RUNBOOK_TRY(table, sql_name(args["table"].text_or("")));
  RUNBOOK_TRY(column, sql_name(args["column"].text_or("")));
  std::string where;
  int n = 0;
  for (const auto& [name, value] : args["key"].members()) {
    RUNBOOK_TRY(key, sql_name(name));
    where += (n == 0 ? " WHERE " : " AND ") + key + " = $" + std::to_string(n + 1);
    ++n;
  }
  if (n == 0) return Error{Code::kUsage, "key wants a table of the columns that name the row, such as { id = 4711 }"};
  return "SELECT " + column + "::text AS value FROM " + table + where;
}

std::vector<std::string> key_values(const Value& key) {
  std::vector<std::string> values;
  for (const auto& [name, value] : key.members()) values.push_back(param_text(value));
  return values;
}

Task<Result<Value>> read_row(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(sql, row_query(args));
  const guard::ReadLimits limits{.rows = 2};
  auto batch = guard::read_batch(sql, key_values(args["key"]), limits);
  RUNBOOK_CO_TRY(answer, co_await ask_postgres(reach, target, std::move(batch), guard::kReadRows, limits));
  if (answer.rows.size() > 1) co_return Error{Code::kUsage, "the key names more than one row", target.name};
  Value state = Value::Map{{"exists", !answer.rows.empty()}};
  if (!answer.rows.empty() && answer.rows.front().front()) state["value"] = *answer.rows.front().front();
  if (args["xid"].is_null()) co_return state;
  RUNBOOK_CO_TRY(transaction, co_await read_transaction(reach, target, args));
  state["transaction"] = std::as_const(transaction)["transaction"];
  co_return state;
}

std::string of_query(const Value& answer) {
  const auto& rows = answer["rows"].items();
  if (rows.size() == 1 && rows.front().members().size() == 1) return in_words(rows.front().members().begin()->second);
  return std::to_string(rows.size()) + " rows" + (answer["more"].bool_or(false) ? ", and more" : "");
}

std::string of_row(const Value& state) {
  if (!state["exists"].bool_or(false)) return "no such row";
  return state["value"].is_null() ? "NULL" : in_words(state["value"]);
}

std::string of_plan(const Value& plan) {
  return in_words(plan["Node Type"]) + ", cost " + in_words(plan["Total Cost"]) + ", " + in_words(plan["Plan Rows"]) +
         " rows expected";
}

constexpr ArgSpec kQueryArgs[] = {
    {"sql", ArgType::kText, true, "one query; $1, $2, … stand for the params", "select count(*) from orders"},
    {"params", ArgType::kTable, false, "their values, a list", "{ \"stuck\" }"},
    {"rows", ArgType::kNumber, false, "at most so many rows: 1000 unless said, 10000 at most", "100"},
    {"within", ArgType::kNumber, false, "seconds after which the server gives it up: 5 unless said, 60 at most", "10"}};
constexpr ArgSpec kExplainArgs[] = {
    {"sql", ArgType::kText, true, "one query; it is planned and not run", "select * from orders where id = $1"},
    {"params", ArgType::kTable, false, "the values of $1, $2, …, a list", "{ 42 }"}};
constexpr ArgSpec kTransactionArgs[] = {
    {"xid", ArgType::kText, false, "its id, as pg_current_xact_id() gave it", "4711"}};

constexpr ArgSpec kRowArgs[] = {
    {"table", ArgType::kText, true, "the table, with its schema where that is not in the search path", "public.orders"},
    {"key", ArgType::kTable, true, "the columns that name the row, and their values", "{ id = 4711 }"},
    {"column", ArgType::kText, true, "the column that is read", "status"},
    {"xid", ArgType::kText, false, "a transaction to ask about besides", "4711"}};

const ReadRow kRows[] = {
    {"postgres.query", "postgres", kQueryArgs,
     "The rows of one query, in a read-only transaction that is rolled back; refused when it names a function that may "
     "change something.",
     "{columns, rows, more}: rows is a list of tables by column, without what is NULL; numbers, booleans, lists and "
     "JSON "
     "as such, all else as text; whole numbers beyond 15 digits are text",
     read_query, "{client} -c {sql}", of_query},
    {"postgres.explain", "postgres", kExplainArgs, "How the server would go about a query, which is not run.",
     "table as EXPLAIN (FORMAT JSON) gives it: Node Type, Total Cost, Plan Rows, Plans, …", read_explain,
     "{client} -c \"EXPLAIN \"{sql}", of_plan},
    {"postgres.transaction", "postgres", kTransactionArgs,
     "Which database answers and, given the id of a transaction, what became of that.",
     "{database, standby, transaction}: that is committed, aborted, in progress or, when it is too long ago, forgotten",
     read_transaction, "{client} -c \"SELECT pg_xact_status('\"{xid}\"')\""},
    {"postgres.row", "postgres", kRowArgs, "One column of one row, as text.",
     "{exists, value, transaction}: exists is whether there is such a row; no value where it is NULL; error usage when "
     "the key names several",
     read_row, "{client} -c 'SELECT '{column}' FROM '{table}", of_row},
};

}  // namespace

std::span<const ReadRow> postgres_query_rows() { return kRows; }

}  // namespace runbook::primitive
