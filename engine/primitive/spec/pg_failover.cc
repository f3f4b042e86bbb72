// Ordering a failover of a monitor of pg_auto_failover.
//
// The monitor takes the order in one transaction, whose id tells later whether it was given; that another node is the
// primary tells that it was carried out. That goes on without us: the keepers do it, in the time that the old primary
// is given to step down (pgautofailover.primary_demote_timeout, 30 s unless said) and some seconds.
#include <algorithm>

#include "base/text.h"
#include "primitive/failover/failover_sql.h"
#include "primitive/spec/change_rows.h"
#include "primitive/spec/postgres_words.h"
#include "primitive/spec/row_parts.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::Change;
using safety::ChangeRow;
using safety::Seen;
using safety::StateCall;

constexpr double kOrderSeconds = 10;  // the monitor only writes the order down

Result<Value> normalise(const Value& args, const Value& to) {
  const auto group = args["group"].number_or(0);
  if (group < 0 || group != std::floor(group)) return usage("group wants the number of a group, such as 0");
  RUNBOOK_CHECK(check_seconds(args, "within", 1, 600));
  return no_to(args, to);
}

StateCall group_state(const Value& args) {
  Value::Map which;
  for (const auto* key : {"formation", "group"})
    if (!args[key].is_null()) which[key] = args[key];
  return {.row = "pg_failover.group", .args = std::move(which)};
}

// Who is the primary and who may follow; not how they are, which changes from look to look. Nothing of a transaction
// that was rolled back.
Seen group_seen(const Value& reading) {
  Value::List standbys;
  for (const auto& node : reading["nodes"].items()) {
    if (node["may_be_promoted"].bool_or(false))
      standbys.emplace_back(Value::Map{{"id", node["id"]}, {"name", node["name"]}});
  }
  Value state = Value::Map{{"primary", reading["primary"]}, {"standbys", std::move(standbys)}};
  if (std::as_const(state)["standbys"].items().empty()) state["why_not"] = reading["why_not"];
  const auto& transaction = reading["transaction"];
  if (!transaction.is_null() && transaction.text_or("") != "aborted") state["transaction"] = transaction;
  return {.state = std::move(state), .blob = {}};
}

std::string unfit(const Change& change) {
  const auto& from = std::as_const(change.from);
  if (from["primary"].is_null()) return "there is no primary to fail over from: the monitor may be at it already";
  if (!from["standbys"].items().empty()) return {};
  return "no standby may be promoted without losing what was committed: " + std::string(from["why_not"].text_or(""));
}

// Ordered by us, where that can be asked, and carried out.
bool took_place(const Change& change, const Value& state) {
  const auto& before = std::as_const(change.from)["primary"]["id"];
  const auto& now = state["primary"]["id"];
  const bool ordered = change.handle.is_null() || is_committed(state);
  return ordered && !now.is_null() && !(now == before);
}

std::string order_sql() {
  return "SELECT pgautofailover.perform_failover($1::text, $2::int4) FROM pgautofailover.node p"
         " WHERE p.formationid = $1 AND p.groupid = $2::int4 AND p.nodeid = $3::int8 AND p.nodename = $4"
         " AND EXISTS (SELECT FROM pgautofailover.node n WHERE n.nodeid = ANY ($5::int8[]) AND " +
         is_primary_of_group() + " AND (" + why_not_promoted() + ") IS NULL)";
}

std::string names(const Value& nodes) {
  std::vector<std::string> all;
  for (const auto& node : nodes.items()) all.push_back(escaped(node["name"].text_or(""), 60));
  return join(all, " or ");
}

std::string ids(const Value& nodes) {
  std::vector<std::string> all;
  for (const auto& node : nodes.items()) all.push_back(to_json(node["id"]));
  return "{" + join(all, ",") + "}";
}

bool describe(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto& from = std::as_const(change.from);
  const auto formation = std::string(args["formation"].text_or("default"));
  const auto group = to_json(Value(args["group"].number_or(0)));
  const auto primary = std::string(from["primary"]["name"].text_or(""));
  change.calls = transaction_of(
      order_sql(), {formation, group, to_json(from["primary"]["id"]), primary, ids(from["standbys"])}, kOrderSeconds);
  change.text = "fail over from " + escaped(primary, 60) + " to " + names(from["standbys"]) + ", group " + group +
                " of the formation " + escaped(formation, 60) + " of " + change.target;
  change.comparing =
      "atomic: the order names the primary that was seen, and a standby of those seen must still be in sync and well";
  if (change.nothing_to_undo.empty())
    change.irreversible = "whoever is connected to the old primary is cut off, and what they had not committed is gone";
  return false;
}

constexpr ArgSpec kArgs[] = {
    {"formation", ArgType::kText, false, "the formation: default unless said", "default"},
    {"group", ArgType::kNumber, false, "its group: 0 unless said", "0"},
    {"within", ArgType::kNumber, false, "seconds in which another node must be the primary: 120 unless said", "60"}};

const ChangeRow kRows[] = {
    {.name = "pg_failover.perform",
     .kind = "postgres",
     .args = kArgs,
     .doc = "Orders the monitor of pg_auto_failover to promote a standby, and waits until that is the primary. Refused "
            "unless a standby is in sync and well; the old primary becomes a standby when it is there.",
     .to_doc = "",
     .action = true,
     .took_place = took_place,
     .by_handle = true,
     .tells_both_ways = true,
     .normalise = normalise,
     .state_call = group_state,
     .seen = group_seen,
     .unfit = unfit,
     .describe = describe,
     .by_hand = transaction_by_hand},
};

}  // namespace

std::span<const ChangeRow> pg_failover_change_rows() { return kRows; }

}  // namespace runbook::primitive
