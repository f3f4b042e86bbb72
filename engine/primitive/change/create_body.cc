#include "primitive/change/create_body.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "primitive/read/ask_docker.h"
#include "primitive/read/lineage.h"
#include "primitive/spec/container_words.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

using safety::Change;
using safety::Target;

bool has(const Value& list, const Value& item) {
  return std::find(list.items().begin(), list.items().end(), item) != list.items().end();
}

std::string_view key_of(std::string_view pair) { return pair.substr(0, pair.find('=')); }

// What the container has from its image alone is left to the new image: inspect shows the two as one.
void drop_what_the_image_said(Value& config, const Value& image) {
  Value::List env;
  for (const auto& pair : std::as_const(config)["Env"].items()) {
    if (!has(image["Env"], pair)) env.push_back(pair);
  }
  config["Env"] = std::move(env);
  Value::Map labels;
  for (const auto& [name, value] : std::as_const(config)["Labels"].members()) {
    if (!(image["Labels"][name] == value)) labels.emplace(name, value);
  }
  config["Labels"] = std::move(labels);
  for (const auto* key : {"Cmd", "Entrypoint", "ExposedPorts", "Healthcheck", "OnBuild", "Shell", "StopSignal", "User",
                          "Volumes", "WorkingDir"}) {
    if (std::as_const(config)[key] == image[key]) config[key] = Value();
  }
}

void set_env(Value& config, const Value& wanted) {
  Value::List env;
  for (const auto& pair : std::as_const(config)["Env"].items()) {
    if (wanted[key_of(pair.text_or(""))].is_null()) env.push_back(pair);
  }
  for (const auto& [name, value] : wanted.members()) env.emplace_back(name + "=" + std::string(value.text_or("")));
  config["Env"] = std::move(env);
}

// Volumes that nobody named move over by the name that docker gave them.
void keep_volumes(Value& host, const Value& inspect) {
  std::set<std::string_view> placed;
  Value::List binds = std::as_const(host)["Binds"].items();
  for (const auto& bind : std::as_const(host)["Binds"].items()) {
    const auto parts = split(bind.text_or(""), ':');
    if (parts.size() > 1) placed.insert(parts[1]);
  }
  for (const auto& mount : std::as_const(host)["Mounts"].items()) placed.insert(mount["Target"].text_or(""));
  for (const auto& mount : inspect["Mounts"].items()) {
    const auto where = mount["Destination"].text_or("");
    if (mount["Type"].text_or("") != "volume" || placed.contains(where)) continue;
    binds.emplace_back(std::string(mount["Name"].text_or("")) + ":" + std::string(where) +
                       (mount["RW"].bool_or(true) ? "" : ":ro"));
  }
  host["Binds"] = std::move(binds);
}

// The secrets that are wanted, told.
Result<Value> told(Reach& reach, const Value& env) {
  Value::Map out;
  for (const auto& [name, value] : env.members()) {
    const auto& secret = value["secret"];
    if (secret.is_null()) {
      out.emplace(name, value);
      continue;
    }
    RUNBOOK_TRY(text, reach.secret(secret.text_or("")));
    out.emplace(name, std::move(text));
  }
  return Value(std::move(out));
}

Task<Result<Value>> image_config(Reach& reach, const Target& target, std::string_view image) {
  auto path = "/images/" + std::string(image) + "/json";
  auto answer = co_await ask_docker_json(reach, target, std::move(path));
  if (answer) co_return std::as_const(answer->value)["Config"];
  auto error = std::move(answer).error();
  if (error.code == Code::kNotFound) {
    error.message = "the engine has no image " + escaped(image, 120);
    error.next = "pull it there first";
  }
  co_return error;
}

}  // namespace

Value created_like(const Value& inspect, const Value& image, const Value& wish) {
  auto config = inspect["Config"];
  auto host = inspect["HostConfig"];
  if (!image.is_null()) drop_what_the_image_said(config, image);
  if (!wish["image"].is_null()) config["Image"] = wish["image"];
  set_env(config, wish["env"]);
  config["Labels"][kReplacesLabel] = inspect["Id"];
  const auto mode = host["NetworkMode"].text_or("");
  const bool own_name =
      std::as_const(config)["Hostname"].text_or("") == inspect["Id"].text_or("").substr(0, safety::kShortId);
  if (own_name || mode == "host" || mode.starts_with("container:")) config["Hostname"] = "";
  keep_volumes(host, inspect);
  config["HostConfig"] = std::move(host);
  const auto network = first_network(inspect);
  if (!network.empty()) config["NetworkingConfig"]["EndpointsConfig"][network] = endpoints_of(inspect)[network];
  return config;
}

Task<Result<std::string>> create_body(Reach& reach, const Target& target, const Change& change) {
  const auto& old = change.from["current"];
  const std::string id(old["id"].text_or(""));
  RUNBOOK_CO_TRY(inspect, co_await inspect_in_full(reach, target, id));
  if (inspect.is_null())
    co_return Error{.code = Code::kStale,
                    .message = "the container of the plan is gone",
                    .where = target.name,
                    .next = "look again"};
  auto wish = wish_of(change);
  RUNBOOK_CO_TRY(env, told(reach, std::as_const(wish)["env"]));
  wish["env"] = env;
  Value said_by_image;
  if (const auto& image = std::as_const(wish)["image"]; !image.is_null()) {
    RUNBOOK_CO_TRY(wanted, co_await image_config(reach, target, image.text_or("")));
    static_cast<void>(wanted);
    const std::string present(std::as_const(inspect)["Image"].text_or(""));
    RUNBOOK_CO_TRY(config, co_await image_config(reach, target, present));
    said_by_image = config;
  }
  co_return to_json(created_like(inspect, said_by_image, wish));
}

}  // namespace runbook::primitive
