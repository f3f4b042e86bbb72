// Readers of a Docker Engine: what runs there, what it has, what happened.
#include <algorithm>
#include <array>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/docker_lists.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/read_rows.h"
#include "safety/brief.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::in_words;
using safety::ReadRow;
using safety::Target;

constexpr auto kCounting = std::chrono::seconds(18);  // it adds up every file of every layer
constexpr std::size_t kLargestEvents = 8U << 20U;
constexpr auto kStatuses =
    std::to_array<std::string_view>({"created", "running", "paused", "restarting", "removing", "exited", "dead"});
constexpr auto kEventTypes =
    std::to_array<std::string_view>({"container", "image", "volume", "network", "daemon", "plugin"});

Task<Result<Value>> read_version(Reach& reach, const Target& target, const Value& /*args*/) {
  RUNBOOK_CO_TRY(client, reach.docker(target));
  auto version = co_await client->version();
  if (version) {
    co_return Value(Value::Map{{"engine", version->engine},
                               {"api", version->spoken},
                               {"newest_api", version->newest},
                               {"oldest_api", version->oldest}});
  }
  auto error = std::move(version).error();
  if (error.where.empty()) error.where = target.name;
  co_return error;
}

Task<Result<Value>> read_ps(Reach& reach, const Target& target, const Value& args) {
  auto path = "/containers/json?all=1" + filters_query(args, {"label", "name", "status"});
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(container_list(answer.value));
}

Task<Result<Value>> read_images(Reach& reach, const Target& target, const Value& args) {
  auto path = "/images/json?digests=1" + filters_query(args, {"label", "reference"});
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(image_list(answer.value));
}

Task<Result<Value>> read_df(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string path = "/system/df";
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path), kCounting));
  co_return Value(disk_usage(answer.value));
}

Task<Result<Value>> read_info(Reach& reach, const Target& target, const Value& /*args*/) {
  std::string path = "/info";
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path)));
  co_return Value(engine_info(answer.value));
}

// A daemon waits for an `until` that lies ahead, so its own clock ends the question: with the second it is in, because
// it tells no fractions.
Task<Result<Value>> read_events(Reach& reach, const Target& target, const Value& args) {
  net::DockerRequest ping{.path = "/_ping"};
  RUNBOOK_CO_TRY(pong, co_await ask_docker(reach, target, std::move(ping)));
  const auto since = args["since"].is_null() ? Value::Map{{"since", "10m"}} : Value::Map{{"since", args["since"]}};
  RUNBOOK_CO_TRY(from, docker_moment("docker.events", since, "since", pong.now_ms));
  RUNBOOK_CO_TRY(to, args["before"].is_null() ? Result<double>(pong.now_ms + 1000)
                                              : docker_moment("docker.events", args, "before", pong.now_ms));
  net::DockerRequest request{.path = "/events?since=" + seconds_text(from) +
                                     "&until=" + seconds_text(std::min(to, pong.now_ms + 1000)) +
                                     filters_query(args, {"type", "container", "event"})};
  request.limits.body = kLargestEvents;
  auto answer = co_await ask_docker(reach, target, std::move(request));
  if (!answer && answer.error().code == Code::kLimit) {
    co_return Error{Code::kLimit, "more happened than " + bytes_text(static_cast<double>(kLargestEvents)) + " can tell",
                    target.name, "ask for less: a later since, a type, or one container"};
  }
  if (!answer) co_return answer.error();
  auto events = event_list(answer->body);
  if (events) co_return Value(std::move(*events));
  auto error = std::move(events).error();
  error.where = target.name;
  co_return error;
}

// ---- in one line

std::string of_version(const Value& answer) { return in_words(answer["engine"]) + ", API " + in_words(answer["api"]); }

std::string of_ps(const Value& answer) {
  auto out = in_words(answer["count"]) + " containers";
  for (const auto& [status, count] : answer["by_status"].members()) out += ", " + in_words(count) + " " + status;
  return out;
}

std::string of_images(const Value& answer) { return in_words(answer["count"]) + " images"; }

std::string of_df(const Value& answer) {
  const auto part = [&](const char* name) { return bytes_text(answer[name]["bytes"].number_or(0)); };
  return "images " + part("images") + ", containers " + part("containers") + ", volumes " + part("volumes") +
         ", build cache " + part("build_cache");
}

std::string of_events(const Value& answer) {
  std::map<std::string, int> kinds;
  for (const auto& event : answer["events"].items()) ++kinds[in_words(event["event"])];
  auto out = in_words(answer["count"]) + " events";
  for (const auto& [kind, count] : kinds) out += ", " + std::to_string(count) + " " + kind;
  return out;
}

std::string of_engine(const Value& answer) {
  return in_words(answer["running"]) + " containers run, " + in_words(answer["paused"]) + " paused, " +
         in_words(answer["stopped"]) + " stopped; engine " + in_words(answer["engine"]);
}

constexpr ArgSpec kPsArgs[] = {{"label", ArgType::kText, false, "only with this label, \"key\" or \"key=value\"",
                                "com.docker.compose.project=shop"},
                               {"name", ArgType::kText, false, "only with this in the name", "api"},
                               {"status", ArgType::kText, false, "only in this state", "exited", kStatuses}};
constexpr ArgSpec kImageArgs[] = {
    {"reference", ArgType::kText, false, "only of this repository, or this repository:tag", "shop/api"},
    {"label", ArgType::kText, false, "only with this label", "org.opencontainers.image.version=41"}};
constexpr ArgSpec kEventArgs[] = {
    {"since", ArgType::kText, false, "from then on: \"10m\" ago, which is usual, or a time in UTC", "1h"},
    {"before", ArgType::kText, false, "up to then; now unless said", "5m"},
    {"type", ArgType::kText, false, "only of this type", "container", kEventTypes},
    {"container", ArgType::kText, false, "only of this container", "shop_api_1"},
    {"event", ArgType::kText, false, "only these", "oom"}};

const ReadRow kRows[] = {
    {"docker.version",
     "docker",
     {},
     "Which engine it is, and which version of the API is spoken with it.",
     "{engine, api, newest_api, oldest_api}",
     read_version,
     "{client} version",
     of_version},
    {"docker.ps", "docker", kPsArgs, "Its containers, also those that do not run.",
     "{count, by_status = {running, exited, …}, containers = list of {name, id, image, image_id, command, status, "
     "about, created, labels, ports}}: at most 1000, about is docker's own words, as \"Up 3 hours (healthy)\"",
     read_ps, "{client} ps --all {--filter label= label} {--filter name= name} {--filter status= status}", of_ps},
    {"docker.images", "docker", kImageArgs, "Its images, the newest first.",
     "{count, images = list of {tags, digests, id, created, bytes, labels}}: at most 1000", read_images,
     "{client} images --digests {reference} {--filter label= label}", of_images},
    {"docker.df",
     "docker",
     {},
     "What images, containers, volumes and the build cache hold on disk; may take seconds.",
     "{images, containers, volumes, build_cache}, each {count, in_use, bytes, unused_bytes}",
     read_df,
     "{client} system df",
     of_df},
    {"docker.events", "docker", kEventArgs, "What happened there: starts, ends, kills, out of memory, pulls.",
     "{count, events = list of {at, type, event, name, image, exit_code, id}, complete}: the last 1000", read_events,
     "{client} events --until 0s {--since since} {--filter type= type} {--filter container= container} {--filter "
     "event= "
     "event}",
     of_events},
    {"docker.info",
     "docker",
     {},
     "The engine and its host: how many containers, which drivers, how much memory.",
     "{name, engine, os, kernel, cpus, memory, running, paused, stopped, images, storage_driver, log_driver, root, "
     "cgroup_version, warnings}",
     read_info,
     "{client} info",
     of_engine},
};

}  // namespace

std::span<const ReadRow> docker_rows() { return kRows; }

}  // namespace runbook::primitive
