#include "primitive/read/health_document.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "base/text.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::size_t kMostComponents = 200;
constexpr int kDeepest = 4;

constexpr auto kUp = std::to_array<std::string_view>({"up", "ok", "okay", "pass", "passing", "healthy", "green",
                                                      "serving", "success", "available", "alive", "ready", "running",
                                                      "connected", "online", "operational", "active", "good", "true"});
constexpr auto kDegraded =
    std::to_array<std::string_view>({"degraded", "warn", "warning", "yellow", "partial", "impaired", "slow"});
constexpr auto kDown = std::to_array<std::string_view>(
    {"down", "fail", "failed", "failing", "failure", "error", "critical", "unhealthy", "red", "unavailable",
     "not_serving", "out_of_service", "offline", "disconnected", "dead", "timeout", "unreachable", "stopped", "false"});

constexpr auto kStatusNames =
    std::to_array<std::string_view>({"status", "state", "health", "healthy", "ok", "up", "alive"});
constexpr auto kContainers = std::to_array<std::string_view>(
    {"components", "checks", "services", "dependencies", "details", "results", "entries"});
constexpr auto kErrorNames =
    std::to_array<std::string_view>({"error", "message", "output", "reason", "description", "exception"});
constexpr auto kTimeNames = std::to_array<std::string_view>({"latency_ms", "latencyMs", "latency", "duration_ms",
                                                             "durationMs", "response_time_ms", "responseTimeMs",
                                                             "responseTime", "response_time", "duration", "ms"});
constexpr auto kNames = std::to_array<std::string_view>({"name", "component", "service", "componentId", "id"});

bool has(Words words, std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); }

std::string_view status_of_word(std::string_view text) {
  const auto word = lower(trim(text));
  if (has(kUp, word)) return "up";
  if (has(kDegraded, word)) return "degraded";
  return has(kDown, word) ? "down" : "unknown";
}

// What a value that stands for a status says; nothing when it is none.
std::string_view status_of_value(const Value& value) {
  if (const auto* flag = value.as_bool()) return *flag ? "up" : "down";
  return value.as_text() != nullptr ? status_of_word(*value.as_text()) : std::string_view();
}

const Value& first_of(const Value& map, Words names) {
  static const Value kNothing;
  for (const auto name : names) {
    const auto& found = map[name];
    if (!found.is_null()) return found;
  }
  return kNothing;
}

std::string_view own_status(const Value& map) {
  for (const auto name : kStatusNames) {
    if (const auto status = status_of_value(map[name]); !status.empty()) return status;
  }
  return {};
}

// A text of what went wrong, wherever it stands; nothing when it is not said.
std::string error_of(const Value& entry) {
  for (const auto* within : {&entry, &std::as_const(entry)["details"], &std::as_const(entry)["data"]}) {
    const auto& found = first_of(*within, kErrorNames);
    if (const auto* text = found.as_text(); text != nullptr && !text->empty()) return bounded(*text, 300);
    if (const auto* text = found["message"].as_text()) return bounded(*text, 300);
  }
  return {};
}

Value finite(double number) { return std::isfinite(number) ? Value(number) : Value(); }

// Milliseconds: a number, "12ms", "1.5s"; nothing when it is neither.
Value time_of(const Value& entry) {
  const auto observed_in = entry["observedUnit"].text_or("");
  if (const auto* number = entry["observedValue"].as_number(); number != nullptr && !observed_in.empty())
    return observed_in == "ms" ? finite(*number) : observed_in == "s" ? finite(*number * 1000) : Value();
  const auto& found = first_of(entry, kTimeNames);
  if (found.as_number() != nullptr) return found;
  const auto text = found.text_or("");
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = trim(std::string_view(rest, static_cast<std::size_t>(text.data() + text.size() - rest)));
  if (error != std::errc() || !(unit.empty() || unit == "ms" || unit == "s")) return {};
  return finite(unit == "s" ? number * 1000 : number);
}

int severity(std::string_view status) {
  return status == "down" ? 3 : status == "degraded" ? 2 : status == "unknown" ? 1 : 0;
}

class Components {
 public:
  void add_all(const std::string& prefix, const Value& container, int depth) {
    for (const auto& [name, entry] : container.members()) add(prefix + bounded(name, 80), entry, depth);
    for (const auto& entry : container.items()) {
      const auto& name = first_of(entry, kNames);
      if (name.as_text() != nullptr) add(prefix + bounded(*name.as_text(), 80), entry, depth);
    }
  }

  // Members of a document that say their own status: of a flat map all that can be read as one.
  void add_flat(const Value& document) {
    for (const auto& [name, entry] : document.members()) {
      if (has(kStatusNames, name) || has(kContainers, name)) continue;
      const auto status = status_of_value(entry);
      const bool says = entry.as_map() != nullptr ? !own_status(entry).empty() : !status.empty() && status != "unknown";
      if (says) add(bounded(name, 80), entry, 1);
    }
  }

  [[nodiscard]] bool empty() const { return found_.members().empty(); }
  [[nodiscard]] std::string_view worst() const { return worst_; }
  [[nodiscard]] const Value& found() const { return found_; }

 private:
  void add(const std::string& name, const Value& entry, int depth) {
    if (found_.members().size() >= kMostComponents || depth > kDeepest) return;
    if (entry.as_list() != nullptr) return add_measurements(name, entry);
    const auto& within =
        entry.as_map() != nullptr ? first_of(entry, std::to_array<std::string_view>({"components"})) : entry;
    auto status = entry.as_map() != nullptr ? own_status(entry) : status_of_value(entry);
    if (status.empty()) status = "unknown";
    // A text that is no word of ours, in the place of a status, is most likely what went wrong.
    const bool tells = status == "unknown" && entry.as_text() != nullptr;
    note(name, status, tells ? bounded(*entry.as_text(), 300) : error_of(entry), time_of(entry));
    if (entry.as_map() != nullptr && !within.is_null()) add_all(name + "/", within, depth + 1);
  }

  // health+json measures one thing several times: the worst counts.
  void add_measurements(const std::string& name, const Value& list) {
    const Value* worst = nullptr;
    std::string_view status = "up";
    for (const auto& entry : list.items()) {
      auto own = own_status(entry);
      if (own.empty()) own = "unknown";
      if (worst == nullptr || severity(own) > severity(status)) {
        worst = &entry;
        status = own;
      }
    }
    if (worst != nullptr) note(name, status, error_of(*worst), time_of(*worst));
  }

  void note(const std::string& name, std::string_view status, const std::string& error, const Value& ms) {
    Value component = Value::Map{{"status", status}};
    if (!error.empty() && status != "up") component["error"] = error;
    if (!ms.is_null()) component["ms"] = ms;
    found_[name] = std::move(component);
    if (worst_.empty() || severity(status) > severity(worst_)) worst_ = status;
  }

  Value found_ = Value::Map{};
  std::string_view worst_;
};

Value health_value(std::string_view status, const Value& components) {
  Value::List down;
  for (const auto& [name, component] : components.members()) {
    if (component["status"].text_or("") == "down") down.emplace_back(name);
  }
  return Value::Map{{"status", status}, {"down", std::move(down)}, {"components", components}};
}

}  // namespace

Value parse_health(const Value& document, int http_status) {
  Components components;
  for (const auto name : kContainers) components.add_all("", document[name], 1);
  components.add_flat(document);
  auto status = document.as_map() != nullptr ? own_status(document) : status_of_value(document);
  if (status.empty() || status == "unknown") {
    status = !components.empty() ? components.worst() : status;
  }
  if (status.empty()) status = "unknown";
  if (status == "up" && components.worst() == "down") status = "degraded";
  if (http_status >= 500 && severity(status) < severity("degraded")) status = "down";
  return health_value(status, components.found());
}

Value plain_health(std::string_view body, int http_status) {
  if (http_status >= 500) return health_value("down", Value::Map{});
  const bool fine = http_status >= 200 && http_status < 300;
  const auto said = trim(body);
  const auto status = !fine ? "unknown" : said.empty() ? "up" : status_of_word(said);
  return health_value(status, Value::Map{});
}

}  // namespace runbook::primitive
