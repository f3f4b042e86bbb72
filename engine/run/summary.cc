#include "run/summary.h"

#include "base/text.h"

namespace runbook::run {

namespace {

Value evidence_item(const Value& data) {
  Value item =
      Value::Map{{"id", data["name"]}, {"target", data["target"]}, {"call", data["row"]}, {"args", data["args"]}};
  if (data["error"].is_null()) {
    item["sha256"] = data["sha256"];
  } else {
    item["error"] = data["error"];
  }
  for (const auto* name : {"transport", "via"}) {
    if (!data[name].is_null()) item[name] = data[name];
  }
  return item;
}

Value plan_item(const Value& data) {
  Value::List changes;
  Value::List items;  // the order of all: changes by their position among the changes
  for (const auto& item : data["items"].items()) {
    if (item["kind"].text_or("") != "change") {
      items.push_back(item);
      continue;
    }
    Value change = Value::Map{};
    for (const auto* name : {"target", "row", "text", "from", "to", "calls", "undo", "level", "guard", "activates",
                             "irreversible", "nothing_to_undo", "member"})
      change[name] = item[name];
    changes.push_back(std::move(change));
    items.emplace_back(Value::Map{{"kind", "change"}, {"change", changes.size()}});
  }
  return Value::Map{{"mitigation", data["mitigation"]},
                    {"digest", data["digest"]},
                    {"level", data["level"]},
                    {"changes", std::move(changes)},
                    {"items", std::move(items)},
                    {"checks", data["fixed_when"]["checks"]},
                    {"watch", data["watch"]}};
}

Value::List& list_at(Value& value, std::string_view name) { return *value[name].as_list(); }

}  // namespace

Value summary(std::span<const safety::Record> records) {
  Value out = Value::Map{{"format", 1},
                         {"status", "interrupted"},
                         {"findings", Value::List{}},
                         {"evidence", Value::List{}},
                         {"plans", Value::List{}},
                         {"applied", Value::List{}},
                         {"barriers", Value::List{}},
                         {"manual", Value::List{}},
                         {"failed_members", Value::List{}},
                         {"by_hand", Value::List{}},
                         {"left_out", Value::List{}},
                         {"resumed", Value::List{}}};
  for (const auto& record : records) {
    const auto& type = record.type;
    const auto& data = record.data;
    if (type == "RUN_START") {
      out["run"] = record.run;
      out["playbook"] = data["playbook"];
      out["mode"] = data["mode"];
      out["started"] = utc_text(record.moment.wall_ms);
      out["inputs"] = data["inputs"];
      out["incident"] = data["incident"];
      out["follows"] = data["follows"];
    } else if (type == "EVIDENCE") {
      list_at(out, "evidence").push_back(evidence_item(data));
    } else if (type == "VERDICT") {
      out["verdict"] = data["verdict"];
      out["verdict_text"] = data["text"];
      out["link"] = data["link"];
      out["findings"] = data["findings"];
      out["ruled_out"] = data["ruled_out"];
      out["unread"] = data["unread"];
    } else if (type == "PLAN") {
      list_at(out, "plans").push_back(plan_item(data));
    } else if (type == "RESUME") {
      list_at(out, "resumed")
          .push_back(Value::Map{{"operator", data["operator"]["user"]},
                                {"at", utc_text(record.moment.wall_ms)},
                                {"accepted", data["accepted"]}});
      out["status"] = "interrupted";
      out["exit"] = Value();
    } else if (type == "OUTCOME") {
      list_at(out, "applied").push_back(data);
    } else if (type == "HAND_OVER") {
      out["handed_over"] = data;
    } else if (type == "VERIFY") {
      out["verified"] = data["holds"];
    } else if (type == "BARRIER") {
      list_at(out, "barriers").push_back(data);
    } else if (type == "BY_HAND") {
      list_at(out, "by_hand").push_back(data);
    } else if (type == "MANUAL") {
      list_at(out, "manual").push_back(data);
    } else if (type == "FAILED_MEMBERS") {
      for (const auto& name : data["failed"].items()) list_at(out, "failed_members").push_back(name);
    } else if (type == "LEFT_OUT") {
      list_at(out, "left_out").push_back(data);
    } else if (type == "WATCH") {
      out["watch"] = data;
    } else if (type == "RUN_END") {
      out["status"] = data["status"];
      out["exit"] = data["exit"];
      out["ended"] = utc_text(record.moment.wall_ms);
      out["next"] = data["next"];
      out["note"] = data["note"];
    }
  }
  return out;
}

Result<std::vector<std::string>> followers_of(const safety::Journal& journal, std::string_view run) {
  std::vector<std::string> out;
  RUNBOOK_CHECK(journal.for_each_since(run, [&](const safety::Record& record) {
    if (record.type == "RUN_START" && record.data["follows"].text_or("") == run) out.push_back(record.run);
  }));
  return out;
}

}  // namespace runbook::run
