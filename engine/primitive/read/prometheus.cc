// Readers of a Prometheus: queries, what burns how fast, alerts, and what it scrapes.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "base/usage.h"
#include "primitive/read/ask_http.h"
#include "primitive/read/prometheus_answer.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;
using std::chrono::milliseconds;

constexpr std::string_view kWindow = "$window";
constexpr auto kUsualWindows = std::to_array<std::string_view>({"5m", "30m", "1h", "6h"});
constexpr std::size_t kMostWindows = 8;
constexpr std::int64_t kUsualPoints = 60;
constexpr std::int64_t kShortestStep = 1;

Task<Result<Value>> instant(Reach& reach, const Target& target, std::string query) {
  auto path = "/api/v1/query?query=" + url_encoded(query);
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  co_return parse_instant(document);
}

Task<Result<Value>> read_query(Reach& reach, const Target& target, const Value& args) {
  auto query = std::string(args["query"].text_or(""));
  co_return co_await instant(reach, target, std::move(query));
}

// Whole seconds of a duration in the arguments; 0 when it is none.
std::int64_t seconds_of(const Value& text) {
  const auto duration = parse_duration(text.text_or(""));
  return duration ? std::chrono::duration_cast<std::chrono::seconds>(*duration).count() : 0;
}

Task<Result<Value>> read_range(Reach& reach, const Target& target, const Value& args) {
  const auto within = args["within"].is_null() ? 3600 : seconds_of(args["within"]);
  if (within <= 0) co_return usage("within is a duration such as \"1h\"");
  const auto step = args["step"].is_null() ? std::max(kShortestStep, within / kUsualPoints) : seconds_of(args["step"]);
  if (step <= 0 || within / step > static_cast<std::int64_t>(kMostPoints))
    co_return usage("step is a duration such as \"1m\", and at most " + std::to_string(kMostPoints) +
                    " steps fit into within");
  const auto end = SystemClock().now().wall_ms / 1000;
  auto path = "/api/v1/query_range?query=" + url_encoded(args["query"].text_or("")) +
              "&start=" + std::to_string(end - within) + "&end=" + std::to_string(end) +
              "&step=" + std::to_string(step);
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  co_return parse_range(document);
}

std::string with_window(std::string query, std::string_view window) {
  for (auto at = query.find(kWindow); at != std::string::npos; at = query.find(kWindow, at + window.size()))
    query.replace(at, kWindow.size(), window);
  return query;
}

Result<std::vector<std::string>> windows_of(const Value& args) {
  std::vector<std::string> windows;
  for (const auto& item : args["windows"].items()) windows.emplace_back(item.text_or(""));
  if (windows.empty()) windows.assign(kUsualWindows.begin(), kUsualWindows.end());
  if (windows.size() > kMostWindows) return usage("at most " + std::to_string(kMostWindows) + " windows");
  for (const auto& window : windows) {
    if (!parse_duration(window))
      return usage("a window is a duration such as \"5m\", not \"" + escaped(window, 40) + "\"");
  }
  return windows;
}

// How many times faster than allowed the error budget goes, over each window.
Task<Result<Value>> read_burn(Reach& reach, const Target& target, const Value& args) {
  const auto pattern = std::string(args["errors"].text_or(""));
  if (pattern.find(kWindow) == std::string::npos)
    co_return usage("errors holds $window in the place of a range, as in [$window]");
  const double objective = args["objective"].number_or(0);
  if (objective <= 0 || objective >= 1) co_return usage("objective is a share between 0 and 1, such as 0.999");
  RUNBOOK_CO_TRY(windows, windows_of(args));
  Value rates = Value::Map{};
  Value ratios = Value::Map{};
  Value::List unread;
  std::optional<Error> last;
  for (const auto& window : windows) {
    auto query = with_window(pattern, window);
    const auto answer = co_await instant(reach, target, std::move(query));
    if (!answer && answer.error().code != Code::kNotFound) co_return answer.error();
    if (!answer) last = answer.error();
    const auto* ratio = answer ? (*answer)["value"].as_number() : nullptr;
    if (answer && ratio == nullptr) co_return usage("errors gives several series; sum them into one ratio");
    const double rate = ratio == nullptr ? NAN : *ratio / (1 - objective);
    if (!std::isfinite(rate)) unread.emplace_back(window);
    if (!std::isfinite(rate)) continue;
    ratios[window] = *ratio;
    rates[window] = rate;
  }
  if (last && unread.size() == windows.size()) co_return *last;
  co_return Value(
      Value::Map{{"rates", rates}, {"ratios", ratios}, {"unread", std::move(unread)}, {"budget", 1 - objective}});
}

Task<Result<Value>> read_alerts(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string path = "/api/v1/alerts";
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  co_return parse_alerts(document);
}

Task<Result<Value>> read_targets(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string path = "/api/v1/targets?state=active";
  RUNBOOK_CO_TRY(document, co_await fetch_json(reach, target, std::move(path)));
  co_return parse_targets(document);
}

// ---- in one line

std::string with_warning(std::string out, const Value& answer) {
  const auto& warnings = answer["warnings"].items();
  return warnings.empty() ? out : out + ", warns: " + in_words(warnings.front());
}

std::string of_query(const Value& answer) {
  const auto& value = answer["value"];
  return with_warning(value.is_null() ? in_words(answer["total"]) + " series" : in_words(value), answer);
}

std::string of_range(const Value& answer) {
  if (answer["last"].is_null()) return with_warning(in_words(answer["total"]) + " series", answer);
  return with_warning(
      "last " + in_words(answer["last"]) + ", " + in_words(answer["min"]) + " to " + in_words(answer["max"]), answer);
}

std::string of_burn(const Value& answer) {
  std::string out;
  for (const auto& [window, rate] : answer["rates"].members())
    out += (out.empty() ? "" : ", ") + window + " " + in_words(rate);
  return out;
}

std::string of_rule_alerts(const Value& answer) {
  return in_words(answer["firing"]) + " firing, " + in_words(answer["pending"]) + " pending";
}

std::string of_targets(const Value& answer) {
  return in_words(answer["up"]) + " up, " + in_words(answer["down"]) + " down";
}

constexpr std::string_view kRatio = "sum(rate(errors_total[$window])) / sum(rate(requests_total[$window]))";

constexpr ArgSpec kQueryArgs[] = {{"query", ArgType::kText, true, "in PromQL", "sum(rate(http_requests_total[5m]))"}};
constexpr ArgSpec kRangeArgs[] = {
    {"query", ArgType::kText, true, "in PromQL", "sum(rate(http_requests_total[5m]))"},
    {"within", ArgType::kText, false, "how far back, 1h unless said", "1h"},
    {"step", ArgType::kText, false, "between two points, a 60th of that unless said", "1m"}};
constexpr ArgSpec kBurnArgs[] = {
    {"errors", ArgType::kText, true, "the share of failures as one number in PromQL, with $window for the range",
     kRatio},
    {"objective", ArgType::kNumber, true, "the share that has to succeed", "0.999"},
    {"windows", ArgType::kArgv, false, "over which times; 5m 30m 1h 6h unless said", "5m 1h"}};

const ReadRow kRows[] = {
    {"prometheus.query", "prometheus", kQueryArgs,
     "A query for now. An empty answer and NaN are unknown: the reading fails, and is never zero.",
     "{type, value (when there is one series), series = list of {labels, value}, total, warnings}; at most 200 series; "
     "error not_found when nothing is known",
     read_query, "{client} -G --data-urlencode query={query} {url}/api/v1/query", of_query},
    {"prometheus.range", "prometheus", kRangeArgs, "A query over time, up to now; the same holds for an empty answer.",
     "{series = list of {labels, points = list of {at, value}, first, last, min, max, mean}, total, warnings}; first, "
     "last, min, max and mean also at the top when there is one series; times in seconds since 1970",
     read_range,
     "{client} -G --data-urlencode query={query} -d start=$(date -d -1hour +%s) -d end=$(date +%s) -d step=60 "
     "{url}/api/v1/query_range",
     of_range},
    {"prometheus.burn", "prometheus", kBurnArgs,
     "How many times faster than its objective allows a service uses up its error budget, over several windows.",
     "{rates = number by window (1 is exactly the budget), ratios = share of failures by window, unread = windows that "
     "nothing is known of, budget}; error not_found when that is all of them",
     read_burn, "{client} -G --data-urlencode query={errors} {url}/api/v1/query  # with 5m, 30m, 1h, 6h for $window",
     of_burn},
    {"prometheus.alerts",
     "prometheus",
     {},
     "The alerts of its rules that are pending or firing.",
     "{firing, pending, alerts = list of {name, state, severity, labels, since, summary}}; at most 200",
     read_alerts,
     "{client} {url}/api/v1/alerts",
     of_rule_alerts},
    {"prometheus.targets",
     "prometheus",
     {},
     "What it scrapes, and what of that it cannot reach.",
     "{up, down, unknown, total, ailing = list of {job, instance, health, error}}; at most 200",
     read_targets,
     "{client} {url}'/api/v1/targets?state=active'",
     of_targets},
};

}  // namespace

std::span<const ReadRow> prometheus_rows() { return kRows; }

}  // namespace runbook::primitive
