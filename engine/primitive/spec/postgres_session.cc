// Ending what sessions of a PostgreSQL do. A session is named by its process id and the instant it began, a query by
// the instant it began besides: process ids come again, and a plan may wait for its approval.
#include "base/shell.h"
#include "base/sql_text.h"
#include "base/text.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Seen;
using safety::StateCall;
using safety::Words;

constexpr const char* kTerminate =
    "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE pid = $1::int4"
    " AND backend_start = $2::timestamptz AND xact_start IS NOT DISTINCT FROM NULLIF($3, '')::timestamptz";
constexpr const char* kCancel =
    "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1::int4"
    " AND backend_start = $2::timestamptz AND query_start = $3::timestamptz AND state = 'active'";

Result<Value> normalise(const Value& args, const Value& to) {
  const auto pid = args["pid"].number_or(0);
  if (pid < 1 || pid != std::floor(pid) || pid > 4194304) return usage("pid wants the number of a process");
  return no_to(args, to);
}

std::string pid_text(const Value& args) { return to_json(args["pid"]); }

StateCall session_state(const Value& args) {
  return {.row = "postgres.session", .args = Value::Map{{"pid", args["pid"]}, {"started", args["started"]}}};
}

// How long something has lasted changes with each look; which transaction it is does not.
Seen session_seen(const Value& reading) {
  Value now = Value::Map{};
  for (const auto* key : {"pid", "started", "role", "database", "application", "client", "transaction_started"})
    now[key] = reading[key];
  return {.state = reading.is_null() ? Value() : now, .blob = {}};
}

std::string whose(const Value& from) {
  const auto part = [&](const char* key) { return escaped(from[key].text_or("nobody"), 60); };
  const auto application = part("application");
  return part("role") + (application.empty() ? "" : " (" + application + ")") + " on " + part("database");
}

bool describe_end(Change& change) {
  const auto& from = std::as_const(change.from);
  const auto& args = std::as_const(change.args);
  change.calls = {Words{kTerminate, pid_text(args), args["started"], from["transaction_started"].text_or("")}};
  change.text = "end the session " + pid_text(args) + " of " + whose(from) + ", " + change.target;
  change.comparing = "atomic: only this session, and only while it is in the transaction that was seen";
  change.irreversible = "the client is cut off and has to connect again";
  if (!from["transaction_started"].is_null())
    change.destroys = {"what its open transaction did: the server takes that back"};
  return false;
}

StateCall query_state(const Value& args) {
  return {
      .row = "postgres.session",
      .args = Value::Map{{"pid", args["pid"]}, {"started", args["started"]}, {"query_started", args["query_started"]}}};
}

Seen query_seen(const Value& reading) {
  auto seen = session_seen(reading);
  if (!reading.is_null()) seen.state["query_started"] = reading["query_started"];
  return seen;
}

bool describe_cancel(Change& change) {
  const auto& args = std::as_const(change.args);
  change.calls = {Words{kCancel, pid_text(args), args["started"], args["query_started"]}};
  change.text = "cancel the query of session " + pid_text(args) + " of " + whose(std::as_const(change.from)) + ", " +
                change.target;
  change.comparing = "leaves a window: another query of the same session may begin between the look and the signal";
  change.irreversible = "the query fails, and with it the transaction that it is in";
  return false;
}

std::vector<std::string> by_hand(const Change& change) {
  std::vector<std::string> params;
  for (std::size_t i = 1; i < change.calls.front().size(); ++i)
    params.emplace_back(change.calls.front()[i].text_or(""));
  return {"{client} -c " + shell_word(sql_for_psql(change.calls.front().front().text_or(""), params))};
}

constexpr ArgSpec kEndArgs[] = {
    {"pid", ArgType::kNumber, true, "the process, as a reader gave it", "4711"},
    {"started", ArgType::kText, true, "when it began, as the same reader gave it", "2026-01-02 03:04:05.678901+00"}};
constexpr ArgSpec kCancelArgs[] = {
    {"pid", ArgType::kNumber, true, "the process, as a reader gave it", "4711"},
    {"started", ArgType::kText, true, "when it began, as the same reader gave it", "2026-01-02 03:04:05.678901+00"},
    {"query_started", ArgType::kText, true, "when the query began, as the same reader gave it",
     "2026-01-02 03:04:06.789012+00"}};

const ChangeRow kRows[] = {
    {.name = "postgres.end_session",
     .kind = "postgres",
     .args = kEndArgs,
     .doc = "Ends one session, named by its process and when that began; what its transaction did is rolled back.",
     .to_doc = "",
     .action = true,
     .took_place = is_gone,
     .normalise = normalise,
     .state_call = session_state,
     .seen = session_seen,
     .describe = describe_end,
     .by_hand = by_hand},
    {.name = "postgres.cancel_query",
     .kind = "postgres",
     .args = kCancelArgs,
     .doc = "Cancels the query that a session runs; the session stays.",
     .to_doc = "",
     .action = true,
     .took_place = is_gone,
     .normalise = normalise,
     .state_call = query_state,
     .seen = query_seen,
     .describe = describe_cancel,
     .by_hand = by_hand},
};

}  // namespace

std::span<const ChangeRow> postgres_session_change_rows() { return kRows; }

}  // namespace runbook::primitive
