// Readers of an Alertmanager (its HTTP API, version 2): what it alerts of, and what is silenced.
#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "primitive/read/ask_http.h"
#include "primitive/read/read_rows.h"
#include "primitive/read/redis_reply.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr std::size_t kMost = 200;
constexpr std::size_t kLongestText = 300;

std::string text_in(const Value& value) { return bounded(value.text_or(""), kLongestText); }

// "alertname=\"ApiDown\"", as amtool writes a matcher.
std::string matcher_text(const Value& matcher) {
  const bool equal = matcher["isEqual"].bool_or(true);
  const bool regex = matcher["isRegex"].bool_or(false);
  const auto* sign = equal ? (regex ? "=~" : "=") : (regex ? "!~" : "!=");
  return text_in(matcher["name"]) + sign + "\"" + text_in(matcher["value"]) + "\"";
}

Value silence_value(const Value& silence) {
  Value::List matchers;
  for (const auto& matcher : silence["matchers"].items()) matchers.emplace_back(matcher_text(matcher));
  return Value::Map{{"id", text_in(silence["id"])},           {"state", text_in(silence["status"]["state"])},
                    {"starts", text_in(silence["startsAt"])}, {"ends", text_in(silence["endsAt"])},
                    {"by", text_in(silence["createdBy"])},    {"comment", text_in(silence["comment"])},
                    {"matchers", std::move(matchers)}};
}

// Those that silence now, or will.
Task<Result<Value::List>> silences_of(Reach& reach, const Target& target) {
  std::string path = "/api/v2/silences";
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  Value::List out;
  for (const auto& silence : document.items()) {
    if (silence["status"]["state"].text_or("") != "expired") out.push_back(silence_value(silence));
  }
  co_return out;
}

Task<Result<Value>> read_silences(Reach& reach, const Target& target, const Value& /*args*/) {
  RUNBOOK_CO_TRY(silences, co_await silences_of(reach, target));
  const auto count = silences.size();
  if (silences.size() > kMost) silences.resize(kMost);
  co_return Value(Value::Map{{"count", count}, {"silences", std::move(silences)}});
}

// In any order, and with or without blanks and quotes, as people write them.
std::vector<std::string> sorted(const Value& matchers) {
  std::vector<std::string> out;
  for (const auto& matcher : matchers.items()) {
    auto text = std::string(matcher.text_or(""));
    std::erase_if(text, [](char c) { return c == ' ' || c == '"'; });
    out.push_back(std::move(text));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Task<Result<Value>> read_silence(Reach& reach, const Target& target, const Value& args) {
  RUNBOOK_CO_TRY(silences, co_await silences_of(reach, target));
  for (const auto& silence : silences) {
    const bool same = silence["comment"] == args["comment"] && sorted(silence["matchers"]) == sorted(args["matchers"]);
    if (same) co_return silence;
  }
  co_return Value();
}

Task<Result<Value>> read_alerts(Reach& reach, const Target& target, const Value& args) {
  std::string path = "/api/v2/alerts?active=true&silenced=false&inhibited=false";
  for (const auto& matcher : args["matchers"].items()) path += "&filter=" + url_encoded(matcher.text_or(""));
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  Value::List alerts;
  for (const auto& alert : document.items()) {
    if (alerts.size() == kMost) break;
    Value labels = Value::Map{};
    for (const auto& [name, value] : alert["labels"].members()) labels[bounded(name, kLongestText)] = text_in(value);
    const auto& known = std::as_const(labels);
    alerts.push_back(Value::Map{{"name", known["alertname"].text_or("")},
                                {"severity", known["severity"].text_or("")},
                                {"labels", labels},
                                {"since", text_in(alert["startsAt"])},
                                {"summary", text_in(alert["annotations"]["summary"])}});
  }
  co_return Value(Value::Map{{"count", document.items().size()}, {"alerts", std::move(alerts)}});
}

std::string of_alerts(const Value& answer) { return in_words(answer["count"]) + " active"; }
std::string of_silences(const Value& answer) { return in_words(answer["count"]) + " in force"; }

constexpr ArgSpec kAlertArgs[] = {
    {"matchers", ArgType::kArgv, false, "only those that match, as amtool writes it", "severity=critical"}};
constexpr ArgSpec kSilenceArgs[] = {
    {"matchers", ArgType::kArgv, true, "what it silences, as amtool writes it", "alertname=ApiDown"},
    {"comment", ArgType::kText, true, "its comment, word by word", "INC-4711"}};

const ReadRow kRows[] = {
    {"alertmanager.alerts", "alertmanager", kAlertArgs,
     "The alerts that are active now, neither silenced nor inhibited.",
     "{count, alerts = list of {name, severity, labels, since, summary}}; at most 200", read_alerts,
     "{client} {url}'/api/v2/alerts?active=true&silenced=false&inhibited=false'", of_alerts},
    {"alertmanager.silences",
     "alertmanager",
     {},
     "The silences that hold now, or will.",
     "{count, silences = list of {id, state, starts, ends, by, comment, matchers}}; at most 200",
     read_silences,
     "{client} {url}/api/v2/silences",
     of_silences},
    {"alertmanager.silence", "alertmanager", kSilenceArgs, "The silence of these matchers with this comment.",
     "{id, state, starts, ends, by, comment, matchers}; nothing when there is none", read_silence,
     "{client} {url}/api/v2/silences"},
};

}  // namespace

std::span<const ReadRow> alertmanager_rows() { return kRows; }

}  // namespace runbook::primitive
