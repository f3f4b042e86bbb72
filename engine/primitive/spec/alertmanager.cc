// What can be changed in an Alertmanager: a silence with an end, and its end before that.
//
// The server gives a silence its id; nobody knows it beforehand. So a silence is known by its matchers and its comment,
// which is why there has to be one, and the id that ends it is read when it is to be ended.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "primitive/spec/change_rows.h"
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
using safety::Words;

constexpr auto kLongest = std::chrono::hours(24);

// name=value, name!=value, name=~pattern or name!~pattern, the value with or without quotes; nothing for what is none.
std::optional<Value> parse_matcher(std::string_view text) {
  const auto sign = text.find_first_of("=!");
  if (sign == std::string_view::npos) return std::nullopt;
  const auto name = trim(text.substr(0, sign));
  const auto two = text.substr(sign, 2);
  const bool regex = two == "=~" || two == "!~";
  const bool unequal = two.starts_with('!');
  if (unequal && two != "!=" && two != "!~") return std::nullopt;
  auto value = trim(text.substr(sign + (regex || unequal ? 2 : 1)));
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
  const bool named = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!named || value.empty()) return std::nullopt;
  return Value(Value::Map{{"name", name}, {"value", value}, {"isRegex", regex}, {"isEqual", !unequal}});
}

Value matchers_of(const Value& args) {
  Value::List out;
  for (const auto& text : args["matchers"].items()) {
    if (auto matcher = parse_matcher(text.text_or(""))) out.push_back(std::move(*matcher));
  }
  return out;
}

std::string words_of(const Value& args) {
  std::string out;
  for (const auto& text : args["matchers"].items()) out += (out.empty() ? "" : ", ") + escaped(text.text_or(""), 80);
  return out;
}

Result<Value> normalise_silence(const Value& args, const Value& to) {
  RUNBOOK_CHECK(no_to(args, to));
  for (const auto& text : args["matchers"].items()) {
    if (!parse_matcher(text.text_or("")))
      return usage("\"" + escaped(text.text_or(""), 80) + "\" is no matcher",
                   "name=value, name!=value, name=~pattern or name!~pattern");
  }
  if (trim(args["comment"].text_or("")).empty()) return usage("a silence without a comment cannot be found again");
  const auto lasts = parse_duration(args["lasts"].text_or(""));
  if (lasts && lasts->count() > 0 && *lasts <= kLongest) return Value();
  return usage("lasts is a duration of at most 24h, such as \"2h\"");
}

StateCall silence_state(const Value& args) {
  return {.row = "alertmanager.silence",
          .args = Value::Map{{"matchers", args["matchers"]}, {"comment", args["comment"]}}};
}

Seen seen(const Value& reading) {
  if (reading.as_map() == nullptr) return {};
  return {.state = Value::Map{{"id", reading["id"]}, {"ends", reading["ends"]}}, .blob = {}};
}

bool describe_silence(Change& change) {
  const auto& args = std::as_const(change.args);
  const auto lasts = std::string(args["lasts"].text_or(""));
  const Value body = Value::Map{{"matchers", matchers_of(args)},
                                {"comment", args["comment"]},
                                {"createdBy", args["by"].text_or("runbook")},
                                {"startsAt", "now"},
                                {"endsAt", lasts}};
  change.calls = {Words{"POST", "/api/v2/silences", kSaysJson, Value::Map{{"$filled", to_json(body)}}}};
  change.undo = Inverse{.row = "alertmanager.expire",
                        .args = Value::Map{{"matchers", args["matchers"]}, {"comment", args["comment"]}},
                        .to = Value()};
  change.text = "silence " + words_of(args) + " in " + change.target + " for " + escaped(lasts, 20);
  change.comparing = "leaves a window: the silences are read again right before";
  return false;
}

Result<Value> normalise_expire(const Value& /*args*/, const Value& /*to*/) { return Value(); }

bool describe_expire(Change& change) {
  const auto id = url_encoded(std::as_const(change.from)["id"].text_or(""));
  change.calls = {Words{"DELETE", "/api/v2/silence/" + (id.empty() ? "<its id>" : id), ""}};
  change.nothing_to_undo = "a new silence can be made";
  change.text = "end the silence of " + words_of(change.args) + " in " + change.target;
  change.comparing = "leaves a window: the silences are read again right before";
  return false;
}

std::vector<std::string> silence_by_hand(const Change& /*change*/) {
  return {"amtool --alertmanager.url {url} silence add {matchers} --comment {comment} --duration {lasts}"};
}

std::vector<std::string> expire_by_hand(const Change& change) {
  const auto id = std::as_const(change.from)["id"].text_or("");
  return {"amtool --alertmanager.url {url} silence expire " +
          (id.empty() ? std::string("\"$(amtool --alertmanager.url {url} silence query -q {matchers})\"")
                      : escaped(id, 80))};
}

constexpr ArgSpec kSilenceArgs[] = {
    {"matchers", ArgType::kArgv, true, "what it silences, as amtool writes it", "alertname=ApiDown"},
    {"lasts", ArgType::kText, true, "until it ends by itself; at most 24h", "2h"},
    {"comment", ArgType::kText, true, "why; the silence is found again by it", "INC-4711"},
    {"by", ArgType::kText, false, "in whose name, runbook unless said", "backend on-call"}};
constexpr ArgSpec kExpireArgs[] = {{"matchers", ArgType::kArgv, true, "what it silences", "alertname=ApiDown"},
                                   {"comment", ArgType::kText, true, "its comment", "INC-4711"}};

const ChangeRow kRows[] = {
    {.name = "alertmanager.silence",
     .kind = "alertmanager",
     .args = kSilenceArgs,
     .doc = "Silences alerts, with an end.",
     .to_doc = {},
     .took_place = is_there,
     .normalise = normalise_silence,
     .state_call = silence_state,
     .seen = seen,
     .describe = describe_silence,
     .by_hand = silence_by_hand},
    {.name = "alertmanager.expire",
     .kind = "alertmanager",
     .args = kExpireArgs,
     .doc = "Ends a silence.",
     .to_doc = {},
     .offered = false,
     .took_place = is_gone,
     .normalise = normalise_expire,
     .state_call = silence_state,
     .seen = seen,
     .describe = describe_expire,
     .by_hand = expire_by_hand},
};

}  // namespace

std::span<const ChangeRow> alertmanager_change_rows() { return kRows; }

}  // namespace runbook::primitive
