#include "safety/item.h"

#include "safety/whole.h"

namespace runbook::safety {

namespace {

// A wave's barrier belongs to several members: its checks name them, and the limit is in its own member.
Value member_value(const Member& member) {
  return Value::Map{{"group", member.group}, {"name", member.name}, {"may_fail", member.may_fail}};
}

struct Written {
  bool everything;

  Value operator()(const Change& change) const {
    auto value = everything ? change.to_value() : change.digest_material();
    value["kind"] = "change";
    return value;
  }
  Value operator()(const Barrier& barrier) const {
    auto value = barrier.goal.to_value(everything);
    value["kind"] = "barrier";
    if (everything) value["text"] = barrier.text;
    if (barrier.at_least > 0) value["at_least"] = barrier.at_least;
    return value;
  }
  Value operator()(const Manual& manual) const {
    auto value = manual.to_value();
    value["kind"] = "manual";
    return value;
  }
};

Value written(const Item& item, bool everything) {
  auto value = std::visit(Written{everything}, item.what);
  if (item.member) value["member"] = member_value(*item.member);
  return value;
}

Value lines(const std::vector<std::string>& commands) { return Value::List(commands.begin(), commands.end()); }

std::vector<std::string> lines_of(const Value& value) {
  std::vector<std::string> out;
  for (const auto& line : value.items()) out.emplace_back(line.text_or(""));
  return out;
}

}  // namespace

Value Manual::to_value() const {
  Value value = Value::Map{{"what", what}, {"expects", expects}, {"commands", lines(commands)}, {"undoes", undoes}};
  if (undo)
    value["undo"] = Value::Map{{"what", undo->what}, {"expects", undo->expects}, {"commands", lines(undo->commands)}};
  return value;
}

Manual Manual::from_value(const Value& value) {
  Manual manual{.what = std::string(value["what"].text_or("")),
                .expects = std::string(value["expects"].text_or("")),
                .commands = lines_of(value["commands"]),
                .undoes = whole(value["undoes"])};
  if (const auto& undo = value["undo"]; !undo.is_null())
    manual.undo = Inverse{.what = std::string(undo["what"].text_or("")),
                          .expects = std::string(undo["expects"].text_or("")),
                          .commands = lines_of(undo["commands"])};
  return manual;
}

Value Item::digest_material() const { return written(*this, false); }

Value Item::to_value() const { return written(*this, true); }

Result<Item> Item::from_value(const Value& value) {
  Item item;
  const auto kind = value["kind"].text_or("");
  if (kind == "change") {
    RUNBOOK_TRY(change, Change::from_value(value));
    item.what = std::move(change);
  } else if (kind == "barrier") {
    RUNBOOK_TRY(goal, Goal::from_value(value));
    item.what = Barrier{
        .goal = std::move(goal), .text = std::string(value["text"].text_or("")), .at_least = whole(value["at_least"])};
  } else if (kind == "manual") {
    item.what = Manual::from_value(value);
  } else {
    return Error{.code = Code::kAudit, .message = "a recorded item of an unknown kind"};
  }
  if (const auto& member = value["member"]; !member.is_null())
    item.member = Member{.group = whole(member["group"]),
                         .name = std::string(member["name"].text_or("")),
                         .may_fail = whole(member["may_fail"])};
  return item;
}

}  // namespace runbook::safety
