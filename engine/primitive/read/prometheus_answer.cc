#include "primitive/read/prometheus_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kLongestLabel = 200;

Error unknown() {
  return {.code = Code::kNotFound,
          .message = "nothing answers to this query: that is unknown, not zero",
          .next = "try the query in Prometheus: is it measured, and is the name spelled right?"};
}

Error strange(const std::string& what) { return {Code::kProtocol, "the answer of Prometheus has " + what}; }

// A sample is [seconds, "text of a number"].
struct Sample {
  double at = 0;
  std::optional<double> value{};  // nothing for NaN and infinity
  std::string odd{};
};

std::optional<Sample> sample_of(const Value& pair) {
  const auto& items = pair.items();
  if (items.size() != 2 || items[0].as_number() == nullptr || items[1].as_text() == nullptr) return std::nullopt;
  Sample sample{.at = *items[0].as_number()};
  const auto& text = *items[1].as_text();
  double number = 0;
  const auto* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [rest, error] = std::from_chars(begin, text.data() + text.size(), number);
  const bool whole = error == std::errc() && rest == text.data() + text.size();
  if (whole && std::isfinite(number)) sample.value = number;
  if (!sample.value) sample.odd = bounded(text, 20);
  return sample;
}

Value labels_of(const Value& metric) {
  Value out = Value::Map{};
  for (const auto& [name, value] : metric.members())
    out[bounded(name, kLongestLabel)] = bounded(value.text_or(""), kLongestLabel);
  return out;
}

Value warnings_of(const Value& document) {
  Value::List out;
  for (const auto& warning : document["warnings"].items()) out.emplace_back(bounded(warning.text_or(""), 300));
  return out;
}

Result<const Value*> data_of(const Value& document) {
  if (document["status"].text_or("") != "success") return strange("no status success");
  return &document["data"];
}

Result<Value> one_value(const Value& data, const Value& warnings) {
  const auto type = std::string(data["resultType"].text_or(""));
  const auto& pair = data["result"];
  if (type == "string") {
    if (pair.items().size() != 2) return strange("a string of an unknown form");
    return Value(
        Value::Map{{"type", type}, {"value", bounded(pair.items()[1].text_or(""), 300)}, {"warnings", warnings}});
  }
  const auto sample = sample_of(pair);
  if (!sample) return strange("a scalar of an unknown form");
  if (!sample->value) return unknown();
  return Value(Value::Map{{"type", type}, {"value", *sample->value}, {"warnings", warnings}});
}

// The points of a series, and what is asked of them most.
struct Course {
  Value points = Value::List{};
  std::vector<double> values;

  void take(const Sample& sample) {
    if (!sample.value) return;
    values.push_back(*sample.value);
    points.as_list()->push_back(Value::Map{{"at", sample.at}, {"value", *sample.value}});
  }
  void tell(Value& out) const {
    double mean = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    out["first"] = values.front();
    out["last"] = values.back();
    out["min"] = *std::min_element(values.begin(), values.end());
    out["max"] = *std::max_element(values.begin(), values.end());
    out["mean"] = mean;
  }
};

}  // namespace

Result<Value> parse_instant(const Value& document) {
  RUNBOOK_TRY(data, data_of(document));
  const auto type = (*data)["resultType"].text_or("");
  const auto warnings = warnings_of(document);
  if (type == "scalar" || type == "string") return one_value(*data, warnings);
  if (type != "vector") return strange("the type " + escaped(type, 40) + ", and not an instant one");
  const auto& result = (*data)["result"].items();
  Value::List series;
  bool known = false;
  for (const auto& item : result) {
    if (series.size() == kMostSeries) break;
    const auto sample = sample_of(item["value"]);
    if (!sample) return strange("a sample of an unknown form");
    Value one = Value::Map{{"labels", labels_of(item["metric"])}};
    if (sample->value) one["value"] = *sample->value;
    if (!sample->value) one["odd"] = sample->odd;
    known = known || sample->value.has_value();
    series.push_back(std::move(one));
  }
  if (!known) return unknown();
  Value out = Value::Map{{"type", type}, {"total", result.size()}, {"warnings", warnings}};
  if (result.size() == 1) out["value"] = std::as_const(series.front())["value"];
  out["series"] = std::move(series);
  return out;
}

Result<Value> parse_range(const Value& document) {
  RUNBOOK_TRY(data, data_of(document));
  const auto type = (*data)["resultType"].text_or("");
  if (type != "matrix") return strange("the type " + escaped(type, 40) + ", and not one over time");
  const auto& result = (*data)["result"].items();
  Value out = Value::Map{{"warnings", warnings_of(document)}};
  Value::List series;
  std::size_t total = 0;
  for (const auto& item : result) {
    Course course;
    for (const auto& pair : item["values"].items()) {
      const auto sample = sample_of(pair);
      if (!sample) return strange("a sample of an unknown form");
      if (course.values.size() < kMostPoints) course.take(*sample);
    }
    if (course.values.empty()) continue;
    ++total;
    if (series.size() == kMostSeries) continue;
    Value one = Value::Map{{"labels", labels_of(item["metric"])}, {"points", course.points}};
    course.tell(one);
    if (result.size() == 1) course.tell(out);
    series.push_back(std::move(one));
  }
  if (series.empty()) return unknown();
  out["total"] = total;
  out["series"] = std::move(series);
  return out;
}

Result<Value> parse_alerts(const Value& document) {
  RUNBOOK_TRY(data, data_of(document));
  int firing = 0;
  int pending = 0;
  Value::List alerts;
  for (const auto& alert : (*data)["alerts"].items()) {
    const auto state = alert["state"].text_or("");
    firing += state == "firing" ? 1 : 0;
    pending += state == "pending" ? 1 : 0;
    if (alerts.size() == kMostSeries) continue;
    const auto& labels = alert["labels"];
    alerts.push_back(Value::Map{{"name", bounded(labels["alertname"].text_or(""), kLongestLabel)},
                                {"state", bounded(state, 20)},
                                {"severity", bounded(labels["severity"].text_or(""), kLongestLabel)},
                                {"labels", labels_of(labels)},
                                {"since", bounded(alert["activeAt"].text_or(""), 40)},
                                {"summary", bounded(alert["annotations"]["summary"].text_or(""), 300)}});
  }
  return Value(Value::Map{{"firing", firing}, {"pending", pending}, {"alerts", std::move(alerts)}});
}

Result<Value> parse_targets(const Value& document) {
  RUNBOOK_TRY(data, data_of(document));
  int up = 0;
  int down = 0;
  int other = 0;
  Value::List ailing;
  for (const auto& target : (*data)["activeTargets"].items()) {
    const auto health = target["health"].text_or("unknown");
    int& count = health == "up" ? up : health == "down" ? down : other;
    ++count;
    if (health == "up" || ailing.size() == kMostSeries) continue;
    ailing.push_back(Value::Map{{"job", bounded(target["labels"]["job"].text_or(""), kLongestLabel)},
                                {"instance", bounded(target["labels"]["instance"].text_or(""), kLongestLabel)},
                                {"health", bounded(health, 20)},
                                {"error", bounded(target["lastError"].text_or(""), 300)}});
  }
  return Value(Value::Map{
      {"up", up}, {"down", down}, {"unknown", other}, {"total", up + down + other}, {"ailing", std::move(ailing)}});
}

}  // namespace runbook::primitive
