#include "run/brief.h"

#include "base/json.h"
#include "base/text.h"

namespace runbook::run {

namespace {

std::string scalar(const Value& value) {
  if (const auto* text = value.as_text()) return *text;
  if (value.as_list() != nullptr) return std::to_string(value.items().size()) + " entries";
  if (value.as_map() != nullptr) return std::to_string(value.members().size()) + " members";
  return value.is_null() ? "nothing" : to_json(value);
}

// What somebody on call looks at first in a section of INFO.
std::string of_info(const Value& info) {
  if (info["used"].as_number() != nullptr) {
    const auto limit = info["maxmemory"].number_or(0);
    return bytes_text(info["used"].number_or(0)) + " of " + (limit > 0 ? bytes_text(limit) : "unlimited") + ", " +
           scalar(info["policy"]);
  }
  if (!info["rdb_last_bgsave_status"].is_null()) {
    return "loading " + scalar(info["loading"]) + ", last dump " + scalar(info["rdb_last_bgsave_status"]) + ", AOF " +
           (info["aof_enabled"].number_or(0) > 0 ? scalar(info["aof_last_write_status"]) : "off");
  }
  if (!info["connected_clients"].is_null()) {
    return scalar(info["connected_clients"]) + " connected of " + scalar(info["maxclients"]) + ", " +
           scalar(info["blocked_clients"]) + " blocked";
  }
  if (!info["evicted_keys"].is_null()) {
    return scalar(info["instantaneous_ops_per_sec"]) + " commands/s, " + scalar(info["evicted_keys"]) + " evicted, " +
           scalar(info["rejected_connections"]) + " connections rejected";
  }
  if (!info["redis_version"].is_null())
    return "version " + scalar(info["redis_version"]) + ", up " + scalar(info["uptime_in_seconds"]) + " s";
  return {};
}

std::string of_largest_keys(const Value& value) {
  const auto& keys = value["keys"].items();
  auto sampled = scalar(value["sampled"]) + " keys sampled";
  if (keys.empty()) return sampled;
  return sampled + ", largest " + scalar(keys.front()["key"]) + " " + bytes_text(keys.front()["bytes"].number_or(0));
}

std::string of_role(const Value& value) {
  if (value["replicas"].as_list() == nullptr) return scalar(value["role"]);
  return scalar(value["role"]) + ", " + std::to_string(value["replicas"].items().size()) + " replicas";
}

std::string of_http(const Value& value) {
  auto out = scalar(value["status"]) + ", " + bytes_text(value["size"].number_or(0)) + " in " +
             scalar(value["timing"]["total"]) + " ms";
  return value["location"].is_null() ? out : out + ", to " + scalar(value["location"]);
}

std::string of_health(const Value& value) {
  auto out = scalar(value["status"]);
  const auto& down = value["down"].items();
  for (const auto& name : down) out += (&name == down.data() ? ", down: " : ", ") + scalar(name);
  return out + " (" + scalar(value["http_status"]) + " in " + scalar(value["ms"]) + " ms)";
}

std::string of_prometheus(std::string_view row, const Value& value) {
  if (row == "prometheus.targets") return scalar(value["up"]) + " up, " + scalar(value["down"]) + " down";
  if (row == "prometheus.alerts") return scalar(value["firing"]) + " firing, " + scalar(value["pending"]) + " pending";
  std::string out;
  if (row == "prometheus.burn") {
    for (const auto& [window, rate] : value["rates"].members())
      out += (out.empty() ? "" : ", ") + window + " " + scalar(rate);
    return out;
  }
  if (row == "prometheus.query" && !value["value"].is_null()) {
    out = scalar(value["value"]);
  } else if (row == "prometheus.range" && !value["last"].is_null()) {
    out = "last " + scalar(value["last"]) + ", " + scalar(value["min"]) + " to " + scalar(value["max"]);
  } else {
    out = scalar(value["total"]) + " series";
  }
  const auto& warnings = value["warnings"].items();
  return warnings.empty() ? out : out + ", warns: " + scalar(warnings.front());
}

std::string of_addresses(const Value& value) {
  std::string out;
  for (const auto& address : value["addresses"].items()) out += (out.empty() ? "" : ", ") + scalar(address);
  return out.empty() ? "a unix socket, no name to resolve" : out;
}

// Redis lists what it noticed as " * High total RSS: …"; the heads of that list are what matters.
std::string of_memory_doctor(const std::string& text) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    const auto head = trim(line);
    if (head.starts_with("* ")) out += (out.empty() ? "" : "; ") + std::string(head.substr(2, head.find(':') - 2));
  }
  return out.empty() ? "nothing to complain about" : out;
}

// A container: "running, healthy, restarted 3 times", "exited with 137, out of memory".
std::string of_container(const Value& state) {
  auto out = scalar(state["status"]);
  if (!state["running"].bool_or(false)) out += " with " + scalar(state["exit_code"]);
  if (state["oom_killed"].bool_or(false))
    out += state["running"].bool_or(false) ? ", was killed for its memory before" : ", out of memory";
  if (const auto& health = state["health"]; !health.is_null()) out += ", " + scalar(health["status"]);
  const auto restarts = state["restarts"].number_or(0);
  if (restarts > 0) out += ", restarted " + scalar(state["restarts"]) + (restarts == 1 ? " time" : " times");
  return out + ", " + scalar(state["image"]);
}

std::string of_logs(const Value& logs) {
  auto out = scalar(logs["count"]) + (logs["complete"].bool_or(true) ? " lines, " : " lines of more, ") +
             scalar(logs["stderr"]) + " on stderr";
  const auto& matches = logs["matches"].members();
  bool found_any = matches.empty();
  for (const auto& [text, found] : matches) {
    if (found["count"].number_or(0) == 0) continue;
    out += ", " + scalar(found["count"]) + " × " + text;
    found_any = true;
  }
  return found_any ? out : out + ", nothing of what is looked for";
}

std::string of_image(const Value& image) {
  const auto& tags = image["tags"].items();
  return tags.empty() ? scalar(image["id"]).substr(0, 19) : scalar(tags.front());
}

std::string of_previous_image(const Value& images) {
  const auto& previous = images["previous"];
  return of_image(images["current"]) +
         (previous.is_null() ? ", nothing older of its repository" : ", before it " + of_image(previous));
}

std::string of_stats(const Value& stats) {
  return scalar(stats["cpu_percent"]) + " % of a processor, " + bytes_text(stats["memory_used"].number_or(0)) + " of " +
         bytes_text(stats["memory_limit"].number_or(0)) + ", " + scalar(stats["pids"]) + " processes";
}

std::string known(std::string_view row, const Value& value) {
  if (row == "redis.info") return of_info(value);
  if (row == "redis.largest_keys") return of_largest_keys(value);
  if (row == "redis.role") return of_role(value);
  if (row == "redis.memory_doctor") return of_memory_doctor(scalar(value));
  if (row == "http.get" || row == "http.head") return of_http(value);
  if (row == "health.deep") return of_health(value);
  if (row.starts_with("prometheus.")) return of_prometheus(row, value);
  if (row.starts_with("alertmanager.") && !value["count"].is_null())
    return scalar(value["count"]) + (row == "alertmanager.alerts" ? " active" : " in force");
  if (row == "clock.now") return scalar(value["utc"]);
  if (row == "container.state") return of_container(value);
  if (row == "container.logs") return of_logs(value);
  if (row == "container.previous_image") return of_previous_image(value);
  if (row == "container.stats") return of_stats(value);
  if (row == "net.resolve") return of_addresses(value);
  if (row == "net.tcp_probe") return scalar(value["address"]) + " accepts connections";
  return {};
}

}  // namespace

std::string brief(std::string_view row, const Value& value) {
  if (auto text = known(row, value); !text.empty()) return text;
  if (value.as_map() == nullptr) return scalar(value);
  std::string out;
  std::size_t shown = 0;
  for (const auto& [name, member] : value.members()) {
    if (++shown > 4) return out + " …";
    if (!out.empty()) out += ' ';
    out += name + "=" + scalar(member);
  }
  return out.empty() ? "none" : out;
}

}  // namespace runbook::run
