#include "primitive/read/docker_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include "base/redaction/redactor.h"
#include "base/text.h"
#include "primitive/read/redis_reply.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kHealthOutput = 2000;  // bytes of what one health check said
constexpr std::size_t kHealthOutputs = 3;
constexpr std::size_t kListed = 200;  // mounts, ports, labels

std::optional<int> number_of(std::string_view digits) {
  int number = 0;
  const auto* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  if (error != std::errc() || end != last || digits.empty()) return std::nullopt;
  return number;
}

// ".075511034" in milliseconds.
double fraction_of(std::string_view text) {
  double scale = 100;
  double milliseconds = 0;
  for (const char c : text.substr(std::min<std::size_t>(1, text.size()))) {
    milliseconds += (c - '0') * scale;
    scale /= 10;
  }
  return milliseconds;
}

Value health_of(const Value& health) {
  const auto status = health["Status"].text_or("");
  if (status.empty() || status == "none") return {};
  const auto& log = health["Log"].items();
  Value::List last;
  for (auto at = log.size() > kHealthOutputs ? log.size() - kHealthOutputs : 0; at < log.size(); ++at) {
    last.emplace_back(Value::Map{{"at", time_or_null(log[at]["End"])},
                                 {"exit_code", log[at]["ExitCode"]},
                                 {"output", bounded(log[at]["Output"].text_or(""), kHealthOutput)}});
  }
  return Value::Map{{"status", status}, {"failing", health["FailingStreak"]}, {"last", std::move(last)}};
}

Value mounts_of(const Value& list) {
  Value::List mounts;
  for (const auto& mount : list.items()) {
    if (mounts.size() == kListed) break;
    mounts.emplace_back(Value::Map{{"type", mount["Type"]},
                                   {"source", mount["Source"]},
                                   {"destination", mount["Destination"]},
                                   {"writable", mount["RW"]}});
  }
  return mounts;
}

Value ports_of(const Value& ports) {
  Value::List out;
  for (const auto& [port, bindings] : ports.members()) {
    for (const auto& binding : bindings.items()) {
      if (out.size() == kListed) break;
      const auto host = std::string(binding["HostIp"].text_or("")) + ":" + std::string(binding["HostPort"].text_or(""));
      out.emplace_back(Value::Map{{"container", port}, {"host", host}});
    }
  }
  return out;
}

Value networks_of(const Value& networks) {
  Value::Map out;
  for (const auto& [name, network] : networks.members()) out.emplace(name, network["IPAddress"].text_or(""));
  return out;
}

std::string restart_policy(const Value& policy) {
  auto name = std::string(policy["Name"].text_or("no"));
  const auto retries = policy["MaximumRetryCount"].number_or(0);
  if (name == "on-failure" && retries > 0) name += ":" + std::to_string(static_cast<int>(retries));
  return name.empty() ? "no" : name;
}

// Processors it may use; 0: all of them.
double cpus_of(const Value& host) {
  const auto nano = host["NanoCpus"].number_or(0);
  if (nano > 0) return nano / 1e9;
  const auto quota = host["CpuQuota"].number_or(0);
  const auto period = host["CpuPeriod"].number_or(0);
  return quota > 0 ? quota / (period > 0 ? period : 100'000) : 0;
}

double sum_of(const Value& list, std::string_view operation) {
  double sum = 0;
  for (const auto& item : list.items()) {
    if (lower(item["op"].text_or("")) == operation) sum += item["value"].number_or(0);
  }
  return sum;
}

// As docker's own client counts: what the kernel gives back at once when it is needed is not in use.
double memory_used(const Value& memory) {
  const auto usage = memory["usage"].number_or(0);
  const auto& stats = memory["stats"];
  for (const auto* name : {"total_inactive_file", "inactive_file"}) {
    const auto* cache = stats[name].as_number();
    if (cache != nullptr) return *cache < usage ? usage - *cache : usage;
  }
  return usage;
}

double cpu_percent(const Value& stats) {
  const auto& now = stats["cpu_stats"];
  const auto& before = stats["precpu_stats"];
  const auto used = now["cpu_usage"]["total_usage"].number_or(0) - before["cpu_usage"]["total_usage"].number_or(0);
  const auto passed = now["system_cpu_usage"].number_or(0) - before["system_cpu_usage"].number_or(0);
  if (used <= 0 || passed <= 0) return 0;
  return std::round(used / passed * now["online_cpus"].number_or(1) * 1000) / 10;
}

}  // namespace

std::string_view plain_name(std::string_view name) { return name.starts_with('/') ? name.substr(1) : name; }

bool is_kept(std::string_view name, std::string_view id, std::string_view of) {
  const auto short_id = std::string(id.substr(0, safety::kShortId));
  if (short_id.size() < safety::kShortId || !name.starts_with(of)) return false;
  const auto rest = name.substr(of.size());
  return rest == ".before-" + short_id || rest == ".after-" + short_id;
}

std::optional<double> parse_utc(std::string_view text) {
  // 2026-11-21T12:40:02.075511034Z
  if (text.size() < 20 || text.size() > 35 || text[10] != 'T' || !text.ends_with('Z')) return std::nullopt;
  std::tm time{};
  const auto part = [&](std::size_t at, std::size_t size) { return number_of(text.substr(at, size)).value_or(-1); };
  time.tm_year = part(0, 4) - 1900;
  time.tm_mon = part(5, 2) - 1;
  time.tm_mday = part(8, 2);
  time.tm_hour = part(11, 2);
  time.tm_min = part(14, 2);
  time.tm_sec = part(17, 2);
  if (time.tm_year < 70 || time.tm_mon < 0 || time.tm_mday < 1 || time.tm_hour < 0 || time.tm_min < 0 ||
      time.tm_sec < 0)
    return std::nullopt;
  const auto fraction = text.substr(19, text.size() - 20);
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.find_first_not_of("0123456789", 1) != std::string_view::npos))
    return std::nullopt;
  return static_cast<double>(timegm(&time)) * 1000 + fraction_of(fraction);
}

Value time_or_null(const Value& text) { return parse_utc(text.text_or("")) ? text : Value(); }

Value::Map environment_keys(const Value& list) {
  Value::Map names;
  for (const auto& item : list.items()) {
    const auto text = item.text_or("");
    names.emplace(text.substr(0, text.find('=')), true);
  }
  return names;
}

Value::Map hidden_environment(const Value& list) {
  Value::Map out;
  for (const auto& item : list.items()) {
    const auto text = item.text_or("");
    const auto name = text.substr(0, text.find('='));
    out.emplace(name, hidden_whole(text.substr(std::min(name.size() + 1, text.size()))));
  }
  return out;
}

Value::Map container_state(const Value& inspect, double now_ms) {
  const auto& state = inspect["State"];
  const auto& config = inspect["Config"];
  const auto& host = inspect["HostConfig"];
  const auto name = inspect["Name"].text_or("");
  const auto started = parse_utc(state["StartedAt"].text_or(""));
  const bool running = state["Running"].bool_or(false);
  Value::Map out{{"id", inspect["Id"]},
                 {"name", plain_name(name)},
                 {"status", state["Status"]},
                 {"running", running},
                 {"paused", state["Paused"]},
                 {"exit_code", state["ExitCode"]},
                 {"oom_killed", state["OOMKilled"]},
                 {"error", state["Error"]},
                 {"pid", state["Pid"]},
                 {"restarts", inspect["RestartCount"]},
                 {"created", inspect["Created"]},
                 {"started", time_or_null(state["StartedAt"])},
                 {"finished", time_or_null(state["FinishedAt"])},
                 {"health", health_of(state["Health"])},
                 {"image", config["Image"]},
                 {"image_id", inspect["Image"]},
                 {"env_keys", environment_keys(config["Env"])},
                 {"labels", config["Labels"].as_map() != nullptr ? config["Labels"] : Value(Value::Map{})},
                 {"mounts", mounts_of(inspect["Mounts"])},
                 {"ports", ports_of(inspect["NetworkSettings"]["Ports"])},
                 {"network_mode", host["NetworkMode"]},
                 {"networks", networks_of(inspect["NetworkSettings"]["Networks"])},
                 {"memory_limit", host["Memory"]},
                 {"memory_swap_limit", host["MemorySwap"]},
                 {"cpus", cpus_of(host)},
                 {"restart_policy", restart_policy(host["RestartPolicy"])},
                 {"auto_remove", host["AutoRemove"].bool_or(false)},
                 {"log_driver", host["LogConfig"]["Type"]},
                 {"tty", config["Tty"]}};
  const auto& health = std::as_const(out["health"]);
  out["ready"] = state["Status"].text_or("") == "running" && health["status"].text_or("healthy") == "healthy";
  Value::List command{inspect["Path"]};
  for (const auto& word : inspect["Args"].items()) command.push_back(word);
  out["command"] = std::move(command);
  if (running && started && now_ms > *started) out["up_seconds"] = std::floor((now_ms - *started) / 1000);
  const auto created = parse_utc(inspect["Created"].text_or(""));
  if (created) out["age_seconds"] = std::floor(std::max(0.0, now_ms - *created) / 1000);
  return out;
}

Value::Map container_stats(const Value& stats) {
  const auto& memory = stats["memory_stats"];
  const auto used = memory_used(memory);
  const auto limit = memory["limit"].number_or(0);
  double received = 0;
  double sent = 0;
  for (const auto& [name, network] : stats["networks"].members()) {
    received += network["rx_bytes"].number_or(0);
    sent += network["tx_bytes"].number_or(0);
  }
  const auto& io = stats["blkio_stats"]["io_service_bytes_recursive"];
  const auto& throttling = stats["cpu_stats"]["throttling_data"];
  return {{"cpu_percent", cpu_percent(stats)},
          {"cpus", stats["cpu_stats"]["online_cpus"]},
          {"throttled_periods", throttling["throttled_periods"]},
          {"memory_used", used},
          {"memory_limit", limit},
          {"memory_percent", limit > 0 ? std::round(used / limit * 1000) / 10 : 0},
          {"pids", stats["pids_stats"]["current"]},
          {"pids_limit", stats["pids_stats"]["limit"]},
          {"read_bytes", sum_of(io, "read")},
          {"written_bytes", sum_of(io, "write")},
          {"received_bytes", received},
          {"sent_bytes", sent}};
}

}  // namespace runbook::primitive
