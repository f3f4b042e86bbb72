#include "safety/check.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace runbook::safety {

namespace {

constexpr std::string_view kComparisons[] = {"is",    "is_not", "at_least", "at_most",   "below",
                                             "above", "has",    "matches",  "stays_flat"};

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

bool compare_numbers(std::string_view compare, double found, double wanted) {
  if (compare == "at_least") return found >= wanted;
  if (compare == "at_most") return found <= wanted;
  if (compare == "below") return found < wanted;
  return compare == "above" && found > wanted;
}

bool holds(const Check& check, const Value& found, const Value& first) {
  if (check.compare == "is") return found == check.operand;
  if (check.compare == "is_not") return !found.is_null() && !(found == check.operand);
  if (check.compare == "has") return has(found, check.operand);
  if (check.compare == "matches") {
    const auto* text = found.as_text();
    const auto* pattern = check.operand.as_text();
    return text != nullptr && pattern != nullptr && fnmatch(pattern->c_str(), text->c_str(), 0) == 0;
  }
  const auto* number = found.as_number();
  if (check.compare == "stays_flat") {
    return number != nullptr && (first.is_null() || *number <= first.number_or(*number));
  }
  const auto* wanted = check.operand.as_number();
  return number != nullptr && wanted != nullptr && compare_numbers(check.compare, *number, *wanted);
}

}  // namespace

std::string Check::text() const {
  std::string out = call.text();
  for (const auto& part : path) out += " ." + escaped(part, 40);
  std::string verb = compare;
  std::replace(verb.begin(), verb.end(), '_', ' ');
  out += " " + verb;
  if (compare != "stays_flat") out += " " + escaped(shown(operand), 60);
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
  return value;
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
  const bool numeric =
      check.compare == "at_least" || check.compare == "at_most" || check.compare == "below" || check.compare == "above";
  if (numeric && check.operand.as_number() == nullptr) {
    return wrong(check.compare + " compares numbers, got a " + std::string(check.operand.type_name()));
  }
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
  if (!reading) return {.holds = false, .got = reading.error().message};
  const auto& found = at_path(*reading, check.path);
  return {.holds = holds(check, found, first), .got = shown(found)};
}

}  // namespace runbook::safety
