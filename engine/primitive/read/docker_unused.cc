// What of a Docker Engine nothing uses any more.
#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/docker_lists.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/lineage.h"
#include "primitive/read/read_rows.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

using safety::ArgSpec;
using safety::ArgType;
using safety::ReadRow;
using safety::Target;

constexpr auto kCounting = std::chrono::seconds(18);  // it adds up every file of every volume
constexpr double kAnyTime = 1e15;
constexpr std::size_t kMost = 200;  // of each kind: a plan names every one of them
constexpr std::string_view kEnded = "%7B%22status%22%3A%5B%22created%22%2C%22dead%22%2C%22exited%22%5D%7D";
constexpr std::string_view kDangling = "%7B%22dangling%22%3A%5B%22true%22%5D%7D";

bool wants(const Value& args, std::string_view kind) {
  const auto& kinds = args["kinds"].items();
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), Value(kind)) != kinds.end();
}

// The first of them by id or name, so that two looks are alike.
Value in_order(Value::List list, std::string_view key) {
  std::sort(list.begin(), list.end(),
            [&](const Value& a, const Value& b) { return a[key].text_or("") < b[key].text_or(""); });
  if (list.size() > kMost) list.resize(kMost);
  return list;
}

Value time_of(const Value& seconds) { return utc_text(static_cast<std::int64_t>(seconds.number_or(0) * 1000)); }

// Those that ended before then. What they wrote counts only where docker says how much it is.
Task<Result<Value>> ended_containers(Reach& reach, const Target& target, double before) {
  auto path = "/containers/json?all=1&size=1&filters=" + std::string(kEnded);
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path), kCounting));
  Value::List out;
  for (const auto& one : std::as_const(answer.value).items()) {
    RUNBOOK_CO_TRY(inspect, co_await inspect_in_full(reach, target, one["Id"].text_or("")));
    if (inspect.is_null()) continue;  // gone meanwhile
    const auto& known = std::as_const(inspect);
    const auto ended = parse_utc(known["State"]["FinishedAt"].text_or(""));
    const auto since = ended ? ended : parse_utc(known["Created"].text_or(""));
    if (known["State"]["Running"].bool_or(false) || !since || *since > before) continue;
    out.emplace_back(Value::Map{{"id", known["Id"]},
                                {"name", plain_name(known["Name"].text_or(""))},
                                {"image", known["Config"]["Image"]},
                                {"ended", ended ? known["State"]["FinishedAt"] : known["Created"]},
                                {"bytes", one["SizeRw"].number_or(0)}});
  }
  co_return in_order(std::move(out), "id");
}

Task<Result<Value>> nameless_images(Reach& reach, const Target& target, double before) {
  std::string path = "/containers/json?all=1";
  RUNBOOK_CO_TRY(containers, co_await ask_docker_json(reach, target, std::move(path)));
  std::set<std::string, std::less<>> used;
  for (const auto& one : std::as_const(containers.value).items()) used.emplace(one["ImageID"].text_or(""));
  path = "/images/json?filters=" + std::string(kDangling);
  RUNBOOK_CO_TRY(images, co_await ask_docker_json(reach, target, std::move(path)));
  Value::List out;
  for (const auto& one : std::as_const(images.value).items()) {
    if (used.contains(one["Id"].text_or("")) || one["Created"].number_or(0) * 1000 > before) continue;
    out.emplace_back(Value::Map{{"id", one["Id"]}, {"created", time_of(one["Created"])}, {"bytes", one["Size"]}});
  }
  co_return in_order(std::move(out), "id");
}

Task<Result<Value>> unused_volumes(Reach& reach, const Target& target, double before) {
  std::string path = "/system/df";
  RUNBOOK_CO_TRY(answer, co_await ask_docker_json(reach, target, std::move(path), kCounting));
  Value::List out;
  for (const auto& one : std::as_const(answer.value)["Volumes"].items()) {
    const auto created = parse_utc(one["CreatedAt"].text_or(""));
    if (one["UsageData"]["RefCount"] != Value(0) || !created || *created > before) continue;
    out.emplace_back(Value::Map{{"name", one["Name"]},
                                {"driver", one["Driver"]},
                                {"created", one["CreatedAt"]},
                                {"bytes", std::max(one["UsageData"]["Size"].number_or(0), 0.0)}});
  }
  co_return in_order(std::move(out), "name");
}

Task<Result<Value>> read_unused(Reach& reach, const Target& target, const Value& args) {
  net::DockerRequest ping{.path = "/_ping"};
  RUNBOOK_CO_TRY(pong, co_await ask_docker(reach, target, std::move(ping)));
  const auto asked =
      args["older_than"].is_null() ? Value::Map{{"older_than", "24h"}} : Value::Map{{"older_than", args["older_than"]}};
  const auto now = pong.now_ms + 1000;  // with the second it is in: the daemon tells no fractions
  RUNBOOK_CO_TRY(before, docker_moment("docker.unused", asked, "older_than", now));
  Value out = Value::Map{};
  if (wants(args, "containers")) {
    RUNBOOK_CO_TRY(containers, co_await ended_containers(reach, target, before));
    out["containers"] = containers;
  }
  if (wants(args, "images")) {
    RUNBOOK_CO_TRY(images, co_await nameless_images(reach, target, before));
    out["images"] = images;
  }
  if (wants(args, "volumes")) {
    RUNBOOK_CO_TRY(volumes, co_await unused_volumes(reach, target, before));
    out["volumes"] = volumes;
  }
  co_return out;
}

// ---- one container, and those that were kept beside it

Task<Result<Value>> read_last_words(Reach& reach, const Target& target, const Value& args) {
  const std::string id(args["container"].text_or(""));
  if (!safety::is_container_name(id))
    co_return Error{.code = Code::kUsage, .message = escaped(id, 60) + " is no container's id or name"};
  RUNBOOK_CO_TRY(inspect, co_await inspect_in_full(reach, target, id));
  if (inspect.is_null())
    co_return Error{.code = Code::kNotFound, .message = "there is no container " + id, .where = target.name};
  auto container = target;
  container.url = safety::container_url(safety::container_place(target.url).engine, id);
  const auto* logs = row_named(container_rows(), "container.logs");
  const Value how = Value::Map{{"tail", 5000}};
  RUNBOOK_CO_TRY(said, co_await logs->read(reach, container, how));
  co_return Value(Value::Map{{"state", container_state(inspect, 0)}, {"logs", said}});
}

Task<Result<Value>> read_kept(Reach& reach, const Target& target, const Value& /*args*/) {
  const auto name = safety::container_place(target.url).name;
  RUNBOOK_CO_TRY(ended, co_await ended_containers(reach, target, kAnyTime));
  Value::List kept;
  for (const auto& one : std::as_const(ended).items()) {
    if (is_kept(one["name"].text_or(""), one["id"].text_or(""), name)) kept.push_back(one);
  }
  co_return Value(Value::Map{{"containers", std::move(kept)}});
}

constexpr ArgSpec kUnusedArgs[] = {
    {"kinds", ArgType::kArgv, false, "of containers, images and volumes; all of them unless said", "containers images"},
    {"older_than", ArgType::kText, false, "that ended or were made so long ago: 24h unless said", "72h"}};
constexpr ArgSpec kContainerArgs[] = {{"container", ArgType::kText, true, "its id or name", "shop_api_1"}};

const ReadRow kRows[] = {
    {"docker.unused", "docker", kUnusedArgs,
     "What nothing uses any more: containers that ended, images without a name that no container has, volumes that no "
     "container has.",
     "{containers = list of {id, name, image, ended, bytes}, images = list of {id, created, bytes}, volumes = list of "
     "{name, driver, created, bytes}}: at most 200 of each; may take seconds",
     read_unused, "{client} system df --verbose"},
    {"docker.last_words", "docker", kContainerArgs, "What a container is and was, and the end of its log.",
     "{state, logs}: as container.state and container.logs give them, 5000 lines", read_last_words,
     "{client} logs --tail 5000 {container}"},
    {"container.kept",
     "container",
     {},
     "The containers that were kept when it was made anew: NAME.before-ID and NAME.after-ID, with their own ids.",
     "{containers = list of {id, name, image, ended, bytes}}",
     read_kept,
     "{client} ps --all --filter name= {container}"},
    {"container.kept_words", "container", kContainerArgs,
     "What a container that was kept is and was, and the end of its log.",
     "{state, logs}: as container.state and container.logs give them, 5000 lines", read_last_words,
     "{client} logs --tail 5000 {container}"},
};

}  // namespace

std::span<const ReadRow> docker_unused_rows() { return kRows; }

}  // namespace runbook::primitive
