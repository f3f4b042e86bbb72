#include "primitive/read/docker_lists.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/redis_reply.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kListed = 1000;
constexpr std::size_t kListedInside = 500;
constexpr std::size_t kLongestCommand = 500;

Value utc_of(const Value& seconds) {
  const auto* number = seconds.as_number();
  if (number == nullptr || *number <= 0 || *number > 1e11) return {};
  return utc_text(static_cast<std::int64_t>(*number) * 1000);
}

Value labels_of(const Value& labels) { return labels.as_map() != nullptr ? labels : Value(Value::Map{}); }

std::string port_text(const Value& port) {
  const auto number = [](const Value& value) { return std::to_string(static_cast<long long>(value.number_or(0))); };
  auto inside = number(port["PrivatePort"]) + "/" + std::string(port["Type"].text_or("tcp"));
  if (port["PublicPort"].is_null()) return inside;
  return std::string(port["IP"].text_or("")) + ":" + number(port["PublicPort"]) + "->" + inside;
}

// "<none>:<none>" and "<none>@<none>" are docker's words for no name.
Value::List names_of(const Value& list) {
  Value::List out;
  for (const auto& name : list.items()) {
    if (name.text_or("").find("<none>") == std::string_view::npos) out.push_back(name);
  }
  return out;
}

Value::Map image_of(const Value& image) {
  return {{"tags", names_of(image["RepoTags"])},
          {"digests", names_of(image["RepoDigests"])},
          {"id", image["Id"]},
          {"created", utc_of(image["Created"])},
          {"bytes", image["Size"]},
          {"labels", labels_of(image["Labels"])}};
}

std::vector<Value> newest_first(const Value& list) {
  auto images = list.items();
  std::stable_sort(images.begin(), images.end(), [](const Value& a, const Value& b) {
    return std::as_const(a)["Created"].number_or(0) > std::as_const(b)["Created"].number_or(0);
  });
  return images;
}

// "registry:5000/shop/api:41" → "registry:5000/shop/api"; the same of a digest.
std::string_view repository_of(std::string_view name) {
  name = name.substr(0, name.find('@'));
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  return tagged ? name.substr(0, colon) : name;
}

bool is_of(const Value& image, std::string_view repository) {
  for (const auto* names : {"RepoTags", "RepoDigests"}) {
    for (const auto& name : image[names].items()) {
      if (repository_of(name.text_or("")) == repository) return true;
    }
  }
  return false;
}

struct Usage {
  double count = 0;
  double in_use = 0;
  double bytes = 0;
  double unused = 0;

  void add(double size, bool used) {
    count += 1;
    in_use += used ? 1 : 0;
    bytes += size;
    unused += used ? 0 : size;
  }
  [[nodiscard]] Value value() const {
    return Value::Map{{"count", count}, {"in_use", in_use}, {"bytes", bytes}, {"unused_bytes", unused}};
  }
};

double at_least_0(const Value& number) { return std::max(number.number_or(0), 0.0); }

Value::Map event_of(const Value& event) {
  const auto& about = event["Actor"]["Attributes"];
  const auto nanoseconds = event["timeNano"].number_or(0);
  const auto ms = nanoseconds > 0 ? nanoseconds / 1e6 : event["time"].number_or(0) * 1000;
  Value::Map out{{"at", utc_text(static_cast<std::int64_t>(std::clamp(ms, 0.0, 1e14)))},
                 {"type", event["Type"]},
                 {"event", bounded(event["Action"].text_or(""), kLongestCommand)},
                 {"name", about["name"]},
                 {"image", about["image"]},
                 {"id", event["Actor"]["ID"]}};
  const auto code = number_or_text(about["exitCode"].text_or(""));
  if (code.as_number() != nullptr) out["exit_code"] = code;
  return out;
}

}  // namespace

std::string filters_query(const Value& args, std::initializer_list<std::string_view> names) {
  Value::Map filters;
  for (const auto name : names) {
    if (!args[name].text_or("").empty()) filters.emplace(name, Value::List{args[name]});
  }
  return filters.empty() ? "" : "&filters=" + url_encoded(to_json(Value(std::move(filters))));
}

Result<double> docker_moment(std::string_view row, const Value& args, std::string_view name, double now_ms) {
  const auto text = args[name].text_or("");
  if (const auto ago = parse_duration(text)) return now_ms - static_cast<double>(ago->count());
  if (const auto time = parse_utc(text)) return *time;
  return Error{.code = Code::kUsage,
               .message = std::string(row) + ": " + std::string(name) + " = \"" + escaped(text, 40) + "\" is no time",
               .next = "\"10m\", which is before now, or \"2026-11-21T12:40:00Z\""};
}

std::string seconds_text(double ms) {
  const auto whole = static_cast<long long>(std::max(ms, 0.0));
  const auto rest = std::to_string(whole % 1000);
  return std::to_string(whole / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

Value::Map container_list(const Value& list) {
  Value::List containers;
  std::map<std::string, double, std::less<>> by_status;
  for (const auto& one : list.items()) {
    by_status[std::string(one["State"].text_or(""))] += 1;
    if (containers.size() == kListed) continue;
    const auto& names = one["Names"].items();
    const auto name = names.empty() ? std::string_view() : names.front().text_or("");
    Value::List ports;
    for (const auto& port : one["Ports"].items()) ports.emplace_back(port_text(port));
    containers.emplace_back(Value::Map{{"name", plain_name(name)},
                                       {"id", one["Id"]},
                                       {"image", one["Image"]},
                                       {"image_id", one["ImageID"]},
                                       {"command", bounded(one["Command"].text_or(""), kLongestCommand)},
                                       {"status", one["State"]},
                                       {"about", one["Status"]},
                                       {"created", utc_of(one["Created"])},
                                       {"labels", labels_of(one["Labels"])},
                                       {"ports", std::move(ports)}});
  }
  Value::Map counts;
  for (const auto& [status, count] : by_status) counts.emplace(status, count);
  return {{"count", list.items().size()}, {"by_status", std::move(counts)}, {"containers", std::move(containers)}};
}

Value::Map image_list(const Value& list) {
  Value::List images;
  for (const auto& image : newest_first(list)) {
    if (images.size() < kListed) images.emplace_back(image_of(image));
  }
  return {{"count", list.items().size()}, {"images", std::move(images)}};
}

Value::Map disk_usage(const Value& usage) {
  Usage images;
  Usage containers;
  Usage volumes;
  Usage cache;
  for (const auto& image : usage["Images"].items()) {
    const auto own = at_least_0(image["Size"]) - at_least_0(image["SharedSize"]);
    images.add(std::max(own, 0.0), at_least_0(image["Containers"]) > 0);
  }
  images.bytes = at_least_0(usage["LayersSize"]);
  for (const auto& container : usage["Containers"].items())
    containers.add(at_least_0(container["SizeRw"]), container["State"].text_or("") == "running");
  for (const auto& volume : usage["Volumes"].items())
    volumes.add(at_least_0(volume["UsageData"]["Size"]), at_least_0(volume["UsageData"]["RefCount"]) > 0);
  for (const auto& item : usage["BuildCache"].items())
    cache.add(at_least_0(item["Size"]), item["InUse"].bool_or(false));
  return {{"images", images.value()},
          {"containers", containers.value()},
          {"volumes", volumes.value()},
          {"build_cache", cache.value()}};
}

Value::Map engine_info(const Value& info) {
  return {{"name", info["Name"]},
          {"engine", info["ServerVersion"]},
          {"os", info["OperatingSystem"]},
          {"kernel", info["KernelVersion"]},
          {"cpus", info["NCPU"]},
          {"memory", info["MemTotal"]},
          {"running", info["ContainersRunning"]},
          {"paused", info["ContainersPaused"]},
          {"stopped", info["ContainersStopped"]},
          {"images", info["Images"]},
          {"storage_driver", info["Driver"]},
          {"log_driver", info["LoggingDriver"]},
          {"root", info["DockerRootDir"]},
          {"cgroup_version", info["CgroupVersion"]},
          {"warnings", info["Warnings"].as_list() != nullptr ? info["Warnings"] : Value(Value::List{})}};
}

Value::Map process_list(const Value& top) {
  const auto& titles = top["Titles"].items();
  Value::List processes;
  for (const auto& row : top["Processes"].items()) {
    if (processes.size() == kListedInside) break;
    Value::Map process;
    for (std::size_t at = 0; at < std::min(titles.size(), row.items().size()); ++at)
      process.emplace(titles[at].text_or(""), bounded(row.items()[at].text_or(""), kLongestCommand));
    processes.emplace_back(std::move(process));
  }
  return {{"count", top["Processes"].items().size()}, {"processes", std::move(processes)}};
}

Value::Map file_changes(const Value& changes) {
  Value::List kinds[3];  // changed, added, deleted, as docker numbers them
  for (const auto& change : changes.items()) {
    const auto kind = change["Kind"].number_or(-1);
    if (kind != 0 && kind != 1 && kind != 2) continue;
    auto& list = kinds[static_cast<std::size_t>(kind)];
    if (list.size() < kListedInside) list.push_back(change["Path"]);
  }
  return {{"count", changes.items().size()},
          {"changed", std::move(kinds[0])},
          {"added", std::move(kinds[1])},
          {"deleted", std::move(kinds[2])}};
}

Result<Value::Map> event_list(std::string_view body) {
  std::vector<std::string_view> lines;
  for (const auto line : split(body, '\n')) {
    if (!trim(line).empty()) lines.push_back(line);
  }
  const auto skipped = lines.size() > kListed ? lines.size() - kListed : 0;
  Value::List events;
  for (const auto line : std::span(lines).subspan(skipped)) {
    RUNBOOK_TRY(event, parse_json(line, {.bytes = 64U << 10U, .depth = 16, .nodes = 4000}));
    events.emplace_back(event_of(event));
  }
  return Value::Map{{"count", lines.size()}, {"events", std::move(events)}, {"complete", skipped == 0}};
}

Value::Map images_beside(const Value& inspect, const Value& images) {
  const auto id = inspect["Image"].text_or("");
  const auto repository = repository_of(inspect["Config"]["Image"].text_or(""));
  Value current = Value::Map{{"id", id}, {"tags", Value::List{}}};
  Value previous;
  Value::List others;
  double current_created = 0;
  const auto sorted = newest_first(images);
  for (const auto& image : sorted) {
    if (image["Id"].text_or("") != id) continue;
    current = image_of(image);
    current_created = image["Created"].number_or(0);
  }
  for (const auto& image : sorted) {
    if (image["Id"].text_or("") == id || !is_of(image, repository)) continue;
    if (previous.is_null() && image["Created"].number_or(0) < current_created) previous = image_of(image);
    if (others.size() < kListed) others.emplace_back(image_of(image));
  }
  return {{"repository", repository},
          {"current", std::move(current)},
          {"previous", std::move(previous)},
          {"others", std::move(others)}};
}

}  // namespace runbook::primitive
