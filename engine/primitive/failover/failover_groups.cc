#include "primitive/failover/failover_groups.h"

#include <utility>

namespace runbook::primitive {

namespace {

Value node_of(const Value& row) {
  Value node = Value::Map{};
  for (const auto* key : {"id", "name", "address", "state", "assigned", "health", "running", "heard_s", "checked_s",
                          "sync", "lsn", "timeline", "behind_bytes", "priority", "quorum"}) {
    if (!row[key].is_null()) node[key] = row[key];
  }
  node["may_be_promoted"] = row["not_promoted"].is_null();
  if (!row["not_promoted"].is_null()) node["why_not"] = row["not_promoted"];
  return node;
}

std::string named(const Value& row, const char* reason) {
  return std::string(row["name"].text_or("")) + ": " + std::string(row[reason].text_or(""));
}

void add_reason(Value& group, const char* key, const std::string& reason) {
  const auto before = std::string(std::as_const(group)[key].text_or(""));
  group[key] = before.empty() ? reason : before + "; " + reason;
}

Value new_group(const Value& row) {
  return Value::Map{
      {"formation", row["formation"]}, {"group", row["in_group"]}, {"writable", false}, {"under_way", false},
      {"may_fail_over", false},        {"nodes", Value::List{}}};
}

void add_node(Value& group, const Value& row) {
  group["nodes"].as_list()->push_back(node_of(row));
  if (row["primary"].bool_or(false)) {
    group["primary"] = Value::Map{{"id", row["id"]}, {"name", row["name"]}, {"address", row["address"]}};
    group["writable"] = row["no_writes"].is_null();
    if (!row["no_writes"].is_null()) group["why"] = named(row, "no_writes");
  } else if (row["not_promoted"].is_null()) {
    group["may_fail_over"] = true;
  } else {
    add_reason(group, "why_not", named(row, "not_promoted"));
  }
}

// What the nodes together tell, when all of them are there.
void settle(Value& group) {
  if (std::as_const(group)["may_fail_over"].bool_or(false)) {
    group.as_map()->erase("why_not");
  } else if (std::as_const(group)["why_not"].is_null()) {
    group["why_not"] = "there is no other node";
  }
  if (!std::as_const(group)["primary"].is_null()) return;
  bool moves = false;
  for (const auto& node : std::as_const(group)["nodes"].items()) moves = moves || !(node["state"] == node["assigned"]);
  group["under_way"] = moves;
  group["why"] = moves ? "the monitor is on the way to another primary" : "no node is a primary";
}

}  // namespace

Value::List failover_groups(const Value& nodes) {
  Value::List groups;
  for (const auto& row : nodes.items()) {
    const bool same = !groups.empty() && std::as_const(groups.back())["formation"] == row["formation"] &&
                      std::as_const(groups.back())["group"] == row["in_group"];
    if (!same) groups.push_back(new_group(row));
    add_node(groups.back(), row);
  }
  for (auto& group : groups) settle(group);
  return groups;
}

}  // namespace runbook::primitive
