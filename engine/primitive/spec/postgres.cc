// Changing what is in a PostgreSQL: one value of one row, or what a statement of the author's does.
//
// Both run in a transaction of their own whose id is on record before COMMIT is sent, so that it can always be told
// what became of it (pg_xact_status), and both are held to a number of rows before they commit.
#include <array>

#include "base/sql_text.h"
#include "base/sql_words.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/postgres_setting.h"
#include "primitive/spec/postgres_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Inverse;
using safety::Seen;
using safety::StateCall;

constexpr double kUsualSeconds = 30;

std::string value_text(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  return to_json(value);
}

bool is_plain(const Value& value) {
  return value.as_text() != nullptr || value.as_number() != nullptr || value.as_bool() != nullptr;
}

// ---- postgres.row

Result<Value> normalise_row(const Value& args, const Value& to) {
  RUNBOOK_CHECK(sql_name(args["table"].text_or("")));
  RUNBOOK_CHECK(sql_name(args["column"].text_or("")));
  const auto& key = args["key"].members();
  if (key.empty()) return usage("key wants a table of the columns that name the row, such as { id = 4711 }");
  for (const auto& [column, value] : key) {
    RUNBOOK_CHECK(sql_name(column));
    if (!is_plain(value)) return usage("the key column " + escaped(column, 60) + " wants a text or a number");
  }
  if (to.as_map() != nullptr && to.members().size() <= 1) return to;  // the state itself, of a way back
  if (!is_plain(to)) return usage("change.postgres_row needs { to = … }: a text, a number or a boolean");
  return Value(Value::Map{{"value", value_text(to)}});
}

StateCall row_state(const Value& args) {
  return {.row = "postgres.row",
          .args = Value::Map{{"table", args["table"]}, {"key", args["key"]}, {"column", args["column"]}}};
}

// A transaction that was rolled back leaves no trace in the state.
Seen row_seen(const Value& reading) {
  Value state;
  if (reading["exists"].bool_or(false)) state = Value::Map{};
  if (!reading["value"].is_null()) state["value"] = reading["value"];
  const auto& transaction = reading["transaction"];
  if (!transaction.is_null() && transaction.text_or("") != "aborted") state["transaction"] = transaction;
  return {.state = std::move(state), .blob = {}};
}

std::string shown(const Value& state) {
  if (state["value"].is_null()) return "NULL";
  return "'" + escaped(state["value"].text_or(""), 60) + "'";
}

std::string key_text(const Value& key) {
  std::string out;
  for (const auto& [column, value] : key.members())
    out += (out.empty() ? "" : ", ") + escaped(column, 40) + " = " + escaped(value_text(value), 60);
  return out;
}

std::string row_unfit(const Change& change) {
  return std::as_const(change.from).is_null() ? "there is no row with this key" : "";
}

bool row_stands(const Change& change, const Value& state) {
  return change.handle.is_null() ? state["value"] == std::as_const(change.to)["value"] : is_committed(state);
}

bool describe_row(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto& from = std::as_const(change.from);
  const auto& to = std::as_const(change.to);
  const auto column = *sql_name(args["column"].text_or(""));
  std::vector<std::string> params;
  const auto param = [&params](const Value& value) {
    params.push_back(value_text(value));
    return "$" + std::to_string(params.size());
  };
  auto sql = "UPDATE " + *sql_name(args["table"].text_or("")) + " SET " + column + " = " +
             (to["value"].is_null() ? std::string("NULL") : param(to["value"])) + " WHERE ";
  for (const auto& [name, value] : args["key"].members()) sql += *sql_name(name) + " = " + param(value) + " AND ";
  sql += from["value"].is_null() ? column + " IS NULL" : column + "::text = " + param(from["value"]);
  change.calls = transaction_of(std::move(sql), params, kUsualSeconds);
  change.undo = Inverse{.row = change.row, .args = change.args, .to = change.from};
  change.text = "set " + escaped(args["column"].text_or(""), 60) + " of the row " + key_text(args["key"]) + " in " +
                escaped(args["table"].text_or(""), 60) + " of " + change.target + " from " + shown(from) + " to " +
                shown(to);
  change.comparing = "atomic: the UPDATE names the value that was seen, and must touch exactly one row";
  return false;
}

constexpr ArgSpec kRowArgs[] = {
    {"table", ArgType::kText, true, "the table, with its schema where that is not in the search path", "public.orders"},
    {"key", ArgType::kTable, true, "the columns that name the row, and their values", "{ id = 4711 }"},
    {"column", ArgType::kText, true, "the column that is set", "status"}};

// ---- postgres.execute

Result<void> check_statement(const Value& args, const char* name) {
  const auto text = args[name].text_or("");
  const auto words = parse_sql_words(text);
  if (!words) return usage(std::string(name) + ": " + words.error().message, words.error().next);
  constexpr std::array<std::string_view, 17> kBegins = {
      "alter", "analyze", "call",    "comment", "create", "delete",   "drop",   "grant", "insert",
      "merge", "refresh", "reindex", "revoke",  "select", "truncate", "update", "with"};
  if (words->first == "alter" && words->second == "system")
    return usage(std::string(name) + ": ALTER SYSTEM runs in no transaction",
                 "change.postgres_setting sets one setting");
  if (std::find(kBegins.begin(), kBegins.end(), words->first) != kBegins.end()) return {};
  return usage(std::string(name) +
                   " is one statement that changes something within a transaction, and none that begins with \"" +
                   escaped(words->first, 40) + "\"",
               "for example UPDATE … WHERE …");
}

Result<Value> normalise_execute(const Value& args, const Value& to) {
  RUNBOOK_CHECK(check_statement(args, "sql"));
  RUNBOOK_CHECK(check_seconds(args, "within", 1, 600));
  if (!args["undo"].is_null()) RUNBOOK_CHECK(check_statement(args, "undo"));
  for (const auto* list : {"params", "undo_params"}) {
    for (const auto& value : args[list].items()) {
      if (!is_plain(value)) return usage(std::string(list) + " is a list of texts, numbers and booleans");
    }
  }
  const auto most = args["at_most"].number_or(1);
  if (most < 0 || most != std::floor(most)) return usage("at_most wants a whole number of rows");
  return no_to(args, to);
}

StateCall database_state(const Value& /*args*/) { return {.row = "postgres.transaction", .args = Value::Map{}}; }

Seen database_seen(const Value& reading) {
  Value now = Value::Map{{"database", reading["database"]}, {"standby", reading["standby"]}};
  const auto& status = reading["transaction"];
  if (!status.is_null() && status.text_or("") != "aborted") now["transaction"] = status;
  return {.state = std::move(now), .blob = {}};
}

std::string execute_unfit(const Change& change) {
  const auto& args = std::as_const(change.args);
  if (std::as_const(change.from)["standby"].bool_or(false)) return "it is a standby, which takes no changes";
  if (!args["undo"].is_null() || !change.irreversible.empty()) return {};
  return "nothing reads back what a statement did: say undo = \"UPDATE …\" for the one that takes it back, or "
         "irreversible = \"why\"";
}

// Without a handle it is the way back that asks: what was committed stands as long as this is the same database.
bool execute_stands(const Change& change, const Value& state) {
  if (!change.handle.is_null()) return is_committed(state);
  return state["database"] == std::as_const(change.from)["database"];
}

std::vector<std::string> params_of(const Value& list) {
  std::vector<std::string> params;
  for (const auto& value : list.items()) params.push_back(value_text(value));
  return params;
}

bool describe_execute(Change& change) {
  const auto& args = std::as_const(change.args);
  change.calls = transaction_of(std::string(args["sql"].text_or("")), params_of(args["params"]),
                                args["within"].number_or(kUsualSeconds));
  change.text = "run a statement on " + change.target + ", which may touch at most " +
                to_json(args["at_most"].is_null() ? Value(1) : args["at_most"]) + " rows";
  change.comparing =
      "cannot be compared: its rows are counted before it commits, and its transaction can be asked about";
  if (args["undo"].is_null()) return false;
  change.to = change.from;
  Value back = Value::Map{{"sql", args["undo"]}, {"undo", args["sql"]}};
  if (!args["undo_params"].is_null()) back["params"] = args["undo_params"];
  if (!args["params"].is_null()) back["undo_params"] = args["params"];
  for (const auto* kept : {"at_most", "within"}) {
    if (!args[kept].is_null()) back[kept] = args[kept];
  }
  change.undo = Inverse{.row = change.row, .args = std::move(back), .to = {}};
  return false;
}

constexpr ArgSpec kExecuteArgs[] = {
    {"sql", ArgType::kText, true, "one statement; $1, $2, … stand for the params",
     "update orders set status = 'retry' where id = $1"},
    {"undo", ArgType::kText, false, "the statement that takes it back",
     "update orders set status = 'stuck' where id = $1"},
    {"params", ArgType::kTable, false, "the values of the statement, a list", "{ 4711 }"},
    {"undo_params", ArgType::kTable, false, "the values of the one that takes it back, a list", "{ 4711 }"},
    {"at_most", ArgType::kNumber, false, "how many rows it may touch: 1 unless said; more, and it is rolled back",
     "10"},
    {"within", ArgType::kNumber, false, "seconds after which the server gives it up: 30 unless said", "60"}};

const ChangeRow kRows[] = {
    {.name = "postgres.row",
     .kind = "postgres",
     .args = kRowArgs,
     .doc = "Sets one column of one row, named by its key; the value before is kept, so that undo can restore it.",
     .to_doc = "the new value",
     .to_example = "done",
     .took_place = row_stands,
     .by_handle = true,
     .tells_both_ways = true,
     .normalise = normalise_row,
     .state_call = row_state,
     .seen = row_seen,
     .unfit = row_unfit,
     .describe = describe_row,
     .by_hand = transaction_by_hand},
    {.name = "postgres.execute",
     .kind = "postgres",
     .args = kExecuteArgs,
     .doc = "Runs one statement in a transaction of its own. It needs undo, or irreversible = \"why\"; when it touches "
            "more "
            "rows than at_most, nothing stands.",
     .to_doc = "",
     .action = true,
     .took_place = execute_stands,
     .by_handle = true,
     .tells_both_ways = true,
     .normalise = normalise_execute,
     .state_call = database_state,
     .seen = database_seen,
     .unfit = execute_unfit,
     .describe = describe_execute,
     .by_hand = transaction_by_hand},
    postgres_setting_row(),
};

}  // namespace

std::span<const ChangeRow> postgres_change_rows() { return kRows; }

}  // namespace runbook::primitive
