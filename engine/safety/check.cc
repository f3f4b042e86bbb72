#include "safety/check.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "safety/amount.h"

namespace runbook::safety {

namespace {

constexpr std::string_view kComparisons[] = {"is",    "is_not", "is_absent", "at_least", "at_most",   "below",
                                             "above", "has",    "has_not",   "matches",  "stays_flat"};

std::string shown(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  return value.is_null() ? "nothing" : to_json(value);
}

bool has(const Value& found, const Value& wanted) {
  if (const auto* text = found.as_text()) {
    const auto* part = wanted.as_text();
    return part != nullptr && text->find(*part) != std::string::npos;
  }
  if (found.as_map() != nullptr) {
    const auto* key = wanted.as_text();
    return key != nullptr && found.members().contains(*key);
  }
  const auto& items = found.items();
  return std::find(items.begin(), items.end(), wanted) != items.end();
}

bool takes_amount(std::string_view compare) {
  return compare == "at_least" || compare == "at_most" || compare == "below" || compare == "above";
}

std::optional<Amount> amount_of(const Value& operand) {
  if (const auto* number = operand.as_number()) return Amount{.value = *number};
  return parse_amount(operand.text_or(""));
}

bool compare_numbers(std::string_view compare, double found, double wanted) {
  if (compare == "at_least") return found >= wanted;
  if (compare == "at_most") return found <= wanted;
  if (compare == "below") return found < wanted;
  return compare == "above" && found > wanted;
}

bool holds(const Check& check, const Value& found, const Value& first) {
  if (check.compare == "is") return found == check.operand;
  if (check.compare == "is_not") return !found.is_null() && !(found == check.operand);
  if (check.compare == "is_absent") return found.is_null();
  if (check.compare == "has") return has(found, check.operand);
  if (check.compare == "has_not") return !found.is_null() && !has(found, check.operand);
  if (check.compare == "matches") {
    const auto* text = found.as_text();
    const auto* pattern = check.operand.as_text();
    return text != nullptr && pattern != nullptr && fnmatch(pattern->c_str(), text->c_str(), 0) == 0;
  }
  if (check.compare == "stays_flat") {
    const auto* number = found.as_number();
    return number != nullptr && (first.is_null() || *number <= first.number_or(*number));
  }
  const auto wanted = amount_of(check.operand);
  if (!wanted) return false;
  const auto number = comparable(found, check.path.empty() ? std::string_view() : check.path.back(), *wanted);
  return number && compare_numbers(check.compare, *number, wanted->value);
}

}  // namespace

std::string Check::text() const {
  std::string out = call.text();
  for (const auto& part : path) out += " ." + escaped(part, 40);
  std::string verb = compare;
  std::replace(verb.begin(), verb.end(), '_', ' ');
  out += " " + verb;
  if (!operand.is_null()) out += " " + escaped(shown(operand), 60);
  if (lasting.count() > 0) out += " for " + duration_text(lasting);
  return out;
}

Value Check::to_value() const {
  Value::List steps(path.begin(), path.end());
  auto value = call.to_value();
  value["path"] = std::move(steps);
  value["compare"] = compare;
  value["operand"] = operand;
  if (lasting.count() > 0) value["lasting_ms"] = lasting.count();
  if (!member.empty()) value["member"] = member;
  return value;
}

Value checks_value(const std::vector<Check>& checks, bool with_text) {
  Value::List out;
  for (const auto& check : checks) {
    auto value = check.to_value();
    if (with_text) value["text"] = check.text();
    out.push_back(std::move(value));
  }
  return out;
}

Result<std::vector<Check>> checks_from_value(const Value& list) {
  std::vector<Check> checks;
  for (const auto& value : list.items()) {
    RUNBOOK_TRY(check, Check::from_value(value));
    checks.push_back(std::move(check));
  }
  return checks;
}

Result<Check> Check::from_value(const Value& value) {
  const auto where = std::string(value["where"].text_or(""));
  const auto wrong = [&](std::string message) {
    return Error{.code = Code::kPlaybook, .message = std::move(message), .where = where};
  };
  Check check;
  check.call.row = value["row"].text_or("");
  const auto& target = value["target"];
  check.call.target = target.as_map() != nullptr ? target["$target"].text_or("") : target.text_or("");
  check.call.args = value["args"].as_map() != nullptr ? value["args"] : Value(Value::Map{});
  check.compare = value["compare"].text_or("");
  check.operand = value["operand"];
  if (check.call.row.empty() || check.call.target.empty()) return wrong("a check without a reader or a target");
  if (std::find(std::begin(kComparisons), std::end(kComparisons), check.compare) == std::end(kComparisons)) {
    return wrong("a check without a comparison: end it with :is(…), :below(…), :stays_flat() or the like");
  }
  if (takes_amount(check.compare) && !amount_of(check.operand)) {
    return wrong(check.compare + R"( compares numbers and amounts such as "2s" or "5gb", got )" +
                 escaped(to_json(check.operand), 60));
  }
  check.member = value["member"].text_or("");
  for (const auto& step : value["path"].items()) {
    check.path.push_back(step.as_text() != nullptr ? *step.as_text() : to_json(step));
  }
  if (const auto* text = value["lasting"].as_text()) {
    const auto lasting = parse_duration(*text);
    if (!lasting) return wrong("lasting wants a duration such as \"10s\", got \"" + escaped(*text, 40) + "\"");
    check.lasting = *lasting;
  } else {
    check.lasting = std::chrono::milliseconds(static_cast<std::int64_t>(value["lasting_ms"].number_or(0)));
  }
  return check;
}

const Value& at_path(const Value& reading, const std::vector<std::string>& path) {
  static const Value kNothing;
  const Value* at = &reading;
  for (const auto& step : path) {
    if (at->as_list() != nullptr) {
      std::size_t position = 0;
      std::from_chars(step.data(), step.data() + step.size(), position);
      if (position < 1 || position > at->items().size()) return kNothing;
      at = &at->items()[position - 1];
    } else {
      at = &std::as_const(*at)[step];
    }
  }
  return *at;
}

CheckResult evaluate(const Check& check, const Result<Value>& reading, const Value& first) {
  if (!reading) {
    const bool gone = check.compare == "is_absent" && reading.error().code == Code::kNotFound;
    return {.holds = gone, .got = reading.error().message};
  }
  const auto& found = at_path(*reading, check.path);
  return {.holds = holds(check, found, first), .got = shown(found)};
}

}  // namespace runbook::safety
