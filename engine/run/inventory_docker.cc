#include "run/inventory_docker.h"

#include "base/text.h"
#include "safety/container_url.h"

namespace runbook::run {

namespace {

Error config(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

bool is_engine_url(std::string_view url) {
  return (url.starts_with("unix:///") || url.starts_with("tcp://")) && url.find('#') == std::string_view::npos &&
         escaped(url) == url;
}

// The URL of the engine that a container names: its own, or that of a docker target.
Result<std::string> engine_of(const Document& document, const std::string& path, const Value& entry,
                              safety::Target& target) {
  const auto engine = entry["engine"].text_or("");
  if (engine.empty()) {
    return config(document, path, target.name + " has no engine",
                  "engine = \"unix:///var/run/docker.sock\", or the name of a docker target");
  }
  if (is_engine_url(engine)) return std::string(engine);
  const auto& docker = std::as_const(document.root)["targets"][engine];
  if (docker["kind"].text_or("") != "docker" || !is_engine_url(docker["url"].text_or(""))) {
    return config(document, path + ".engine", "engine = \"" + escaped(engine, 60) + "\" is no docker target and no URL",
                  "for example unix:///var/run/docker.sock");
  }
  if (target.ca_file.empty()) target.ca_file = docker["ca_file"].text_or("");
  if (target.cert_file.empty() && target.key_file.empty()) {
    target.cert_file = docker["cert_file"].text_or("");
    target.key_file = docker["key_file"].text_or("");
  }
  return std::string(docker["url"].text_or(""));
}

Result<void> check_certificate(const Document& document, const std::string& path, const safety::Target& target) {
  const bool certificate = !target.cert_file.empty();
  const bool key = !target.key_file.empty();
  const auto at = path + (certificate ? ".cert_file" : ".key_file");
  if ((certificate || key) && target.kind != "docker" && target.kind != "container") {
    return config(
        document, at,
        "a certificate of our own is shown to a Docker Engine only, and " + target.name + " is a " + target.kind);
  }
  if (certificate == key) return {};
  return config(document, at, target.name + " has " + (certificate ? "cert_file" : "key_file") + " without the other",
                "cert_file and key_file belong together, as docker's cert.pem and key.pem do");
}

}  // namespace

bool is_container_key(std::string_view key) { return key == "engine" || key == "name"; }

Result<void> place_docker_target(const Document& document, const std::string& path, safety::Target& target) {
  RUNBOOK_CHECK(check_certificate(document, path, target));
  const auto& entry = std::as_const(document.root)["targets"][target.name];
  if (target.kind == "docker") {
    if (is_engine_url(target.url)) return {};
    return config(document, target.url.empty() ? path : path + ".url", target.name + " has no address of an engine",
                  "url = \"unix:///var/run/docker.sock\", or \"tcp://host:2376\", which speaks TLS");
  }
  if (target.kind != "container") return {};
  if (!target.url.empty())
    return config(document, path + ".url", "a container has no url of its own", "give it engine and name");
  const auto name = entry["name"].text_or("");
  if (!safety::is_container_name(name)) {
    return config(document, name.empty() ? path : path + ".name",
                  name.empty() ? target.name + " has no name: that of its container, as docker ps shows it"
                               : "\"" + escaped(name, 60) + "\" is no name that docker gives a container");
  }
  RUNBOOK_TRY(engine, engine_of(document, path, entry, target));
  target.url = safety::container_url(engine, name);
  return {};
}

Result<safety::Target> docker_target_from_url(std::string_view url, std::string_view kind) {
  const auto place = safety::container_place(url);
  const bool container = kind == "container";
  if (!is_engine_url(place.engine) || container != safety::is_container_name(place.name) ||
      (!container && place.engine != url)) {
    return Error{.code = Code::kUsage,
                 .message = "no " + std::string(kind) + " has URLs such as " + escaped(url, 60),
                 .next = container ? "unix:///var/run/docker.sock#name, or tcp://host:2376#name"
                                   : "unix:///var/run/docker.sock, or tcp://host:2376"};
  }
  safety::Target target;
  target.name = url;
  target.kind = kind;
  target.url = url;
  target.look_only = true;
  return target;
}

Result<void> check_containers(const Document& document,
                              const std::map<std::string, safety::Target, std::less<>>& targets) {
  std::map<std::string_view, std::string_view> seen;  // url → name
  for (const auto& [name, target] : targets) {
    const auto path = "targets." + name;
    if (target.kind == "container") {
      const auto [first, is_new] = seen.emplace(target.url, name);
      if (!is_new) {
        return config(document, path + ".name", name + " and " + std::string(first->second) + " are the same container",
                      "a container is one target: locks and evidence go by it");
      }
    }
    if (target.container.empty()) continue;
    const auto found = targets.find(target.container);
    if (found == targets.end() || found->second.kind != "container") {
      return config(document, path + ".container",
                    name + " runs in " + escaped(target.container, 40) + ", which is no container target",
                    "declare it: kind = \"container\", engine, name");
    }
  }
  return {};
}

}  // namespace runbook::run
