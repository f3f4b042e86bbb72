#include "primitive/read/lineage.h"

#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/docker_values.h"
#include "primitive/read/read_rows.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

using safety::ReadRow;
using safety::Target;

// What of a container decides how it can be replaced and brought back.
Value bearer(const Value& inspect) {
  if (inspect.is_null()) return {};
  const auto state = container_state(inspect, 0);
  const auto replaces = inspect["Config"]["Labels"][kReplacesLabel].text_or("");
  Value::List networks;
  for (const auto& [name, network] : inspect["NetworkSettings"]["Networks"].members()) networks.emplace_back(name);
  Value::Map out{{"networks", std::move(networks)}, {"links", !inspect["HostConfig"]["Links"].items().empty()}};
  for (const auto* key : {"id", "name", "image", "image_id", "restart_policy", "auto_remove"}) out[key] = state.at(key);
  out["up"] = inspect["State"]["Running"].bool_or(false);
  if (!replaces.empty()) out["replaces"] = replaces;
  if (out.at("networks").items().size() > 1) {
    out["endpoints"] = endpoints_of(inspect);
    out["first_network"] = first_network(inspect);
  }
  return out;
}

Task<Result<Value>> read(Reach& reach, const Target& target, const Value& /*args*/) {
  co_return co_await read_lineage(reach, target);
}

const ReadRow kRows[] = {
    {"container.lineage",
     "container",
     {},
     "Which container bears the name, which one was made to take its place, and which one that replaces.",
     "{current, next, replaced}: each {id, name, image, image_id, up, restart_policy, auto_remove, networks, links, "
     "replaces}, nil when there is none; replaces is the id of the one whose place it takes; of one in "
     "several networks also first_network and endpoints",
     read,
     "{client} inspect {container}"},
};

}  // namespace

Value endpoints_of(const Value& inspect) {
  const auto own = inspect["Id"].text_or("").substr(0, safety::kShortId);
  Value::Map endpoints;
  for (const auto& [name, network] : inspect["NetworkSettings"]["Networks"].members()) {
    Value::List aliases;
    for (const auto& alias : network["Aliases"].items()) {
      if (alias.text_or("") != own) aliases.push_back(alias);
    }
    Value::Map endpoint;
    if (!aliases.empty()) endpoint.emplace("Aliases", std::move(aliases));
    for (const auto* key : {"IPAMConfig", "Links", "DriverOpts"}) {
      if (!network[key].is_null()) endpoint.emplace(key, network[key]);
    }
    endpoints.emplace(name, std::move(endpoint));
  }
  return endpoints;
}

std::string first_network(const Value& inspect) {
  const auto& networks = inspect["NetworkSettings"]["Networks"].members();
  const auto mode = inspect["HostConfig"]["NetworkMode"].text_or("");
  std::string name(mode == "default" ? "bridge" : mode);
  if (networks.contains(name)) return name;
  return networks.size() == 1 ? networks.begin()->first : std::string();
}

Task<Result<Value>> inspect_in_full(Reach& reach, const Target& target, std::string_view container) {
  auto path = "/containers/" + std::string(container) + "/json";
  auto answer = co_await ask_docker_json(reach, target, std::move(path));
  if (answer) co_return std::move(answer->value);
  if (answer.error().code == Code::kNotFound) co_return Value();
  co_return answer.error();
}

Task<Result<Value>> read_lineage(Reach& reach, const Target& target) {
  const std::string name(safety::container_place(target.url).name);
  const auto next_name = name + ".next";
  RUNBOOK_CO_TRY(current, co_await inspect_in_full(reach, target, name));
  RUNBOOK_CO_TRY(next, co_await inspect_in_full(reach, target, next_name));
  Value out = Value::Map{{"current", bearer(current)}, {"next", bearer(next)}, {"replaced", Value()}};
  const auto& known = std::as_const(out);
  const std::string replaces((next.is_null() ? known["current"] : known["next"])["replaces"].text_or(""));
  const auto is_id = replaces.size() == 64 && replaces.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_id && known["current"]["id"] != Value(replaces)) {
    RUNBOOK_CO_TRY(replaced, co_await inspect_in_full(reach, target, replaces));
    out["replaced"] = bearer(replaced);
  }
  co_return out;
}

std::span<const ReadRow> lineage_rows() { return kRows; }

}  // namespace runbook::primitive
