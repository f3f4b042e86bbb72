#include "safety/change.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "safety/whole.h"

namespace runbook::safety {

namespace {

Value calls_value(const std::vector<Words>& calls) {
  Value::List out;
  for (const auto& words : calls) out.emplace_back(Value::List(words));
  return out;
}

std::vector<Words> calls_of(const Value& value) {
  std::vector<Words> out;
  for (const auto& words : value.items()) out.push_back(words.items());
  return out;
}

Value keeps_value(const std::vector<Call>& keeps) {
  Value::List out;
  for (const auto& call : keeps) out.push_back(call.to_value());
  return out;
}

Value undo_value(const std::optional<Inverse>& undo) {
  if (!undo) return {};
  return Value::Map{{"row", undo->row}, {"args", undo->args}, {"to", undo->to}, {"calls", calls_value(undo->calls)}};
}

}  // namespace

Value Change::digest_material() const {
  Value::Map value = {{"row", row},
                      {"target", target},
                      {"args", args},
                      {"to", to},
                      {"from", from},
                      {"calls", calls_value(calls)},
                      {"undo", undo_value(undo)},
                      {"guard", checks_value(guard, false)},
                      {"activates", activates},
                      {"may_vanish", may_vanish},
                      {"undoes", undoes},
                      {"level", level}};
  if (!if_it_fails.empty()) value.emplace("if_it_fails", calls_value(if_it_fails));
  if (!keeps.empty()) value.emplace("keeps", keeps_value(keeps));
  return value;
}

Value Change::to_value() const {
  auto value = digest_material();
  value["guard"] = checks_value(guard, true);
  value["irreversible"] = irreversible;
  value["nothing_to_undo"] = nothing_to_undo;
  value["text"] = text;
  value["comment"] = comment;
  value["where"] = where;
  value["comparing"] = comparing;
  value["destroys"] = Value::List(destroys.begin(), destroys.end());
  if (!differences.empty()) value["differences"] = Value::List(differences.begin(), differences.end());
  return value;
}

Result<Change> Change::from_value(const Value& value) {
  Change change;
  change.row = value["row"].text_or("");
  change.target = value["target"].text_or("");
  if (change.row.empty() || change.target.empty()) {
    return Error{.code = Code::kAudit, .message = "a recorded change without row or target"};
  }
  change.args = value["args"];
  change.to = value["to"];
  change.from = value["from"];
  change.calls = calls_of(value["calls"]);
  change.if_it_fails = calls_of(value["if_it_fails"]);
  for (const auto& kept : value["keeps"].items()) change.keeps.push_back(Call::from_value(kept));
  if (const auto& undo = value["undo"]; !undo.is_null()) {
    change.undo = Inverse{.row = std::string(undo["row"].text_or("")),
                          .args = undo["args"],
                          .to = undo["to"],
                          .calls = calls_of(undo["calls"])};
  }
  change.undoes = whole(value["undoes"]);
  RUNBOOK_TRY(guard, checks_from_value(value["guard"]));
  change.guard = std::move(guard);
  change.activates = whole(value["activates"]);
  change.may_vanish = value["may_vanish"].bool_or(false);
  change.irreversible = value["irreversible"].text_or("");
  change.nothing_to_undo = value["nothing_to_undo"].text_or("");
  change.text = value["text"].text_or("");
  change.comment = value["comment"].text_or("");
  change.where = value["where"].text_or("");
  change.comparing = value["comparing"].text_or("");
  for (const auto& line : value["differences"].items()) change.differences.emplace_back(line.text_or(""));
  for (const auto& lost : value["destroys"].items()) change.destroys.emplace_back(lost.text_or(""));
  change.level =
      value["level"].is_null() ? 3 : static_cast<int>(std::clamp<std::uint64_t>(whole(value["level"]), 1, 3));
  return change;
}

std::string command_text(const Words& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    const auto* text = word.as_text();
    if (const auto& filled = word["$filled"]; !filled.is_null()) {
      out += "<" + escaped(filled.text_or(""), 300) + ">";
    } else if (text == nullptr) {
      out +=
          "<" + escaped(word["bytes"].text_or("bytes"), 20) + " sha256:" + escaped(word["$blob"].text_or(""), 12) + ">";
    } else if (!text->empty() && text->find_first_of(" \"'\\") == std::string::npos) {
      out += escaped(*text, 120);
    } else {
      out += '"' + escaped(*text, 120) + '"';
    }
  }
  return out;
}

}  // namespace runbook::safety
