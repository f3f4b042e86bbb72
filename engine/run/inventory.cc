#include "run/inventory.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "run/inventory_docker.h"
#include "run/inventory_postgres.h"
#include "run/inventory_ssh.h"
#include "safety/container_url.h"

namespace runbook::run {

namespace {

using safety::Target;

const std::vector<std::string> kKinds = {"alertmanager", "compose",  "container",  "docker", "grafana",
                                         "http",         "postgres", "prometheus", "redis",  "ssh"};
const std::vector<std::string> kSections = {"age", "import", "secrets", "targets", "vault"};
const std::vector<std::string> kHttpKinds = {"alertmanager", "grafana", "http", "prometheus"};

// The text members of a target, by the names they have in the file.
const std::map<std::string, std::string Target::*> kTexts = {{"kind", &Target::kind},
                                                             {"env", &Target::env},
                                                             {"url", &Target::url},
                                                             {"seen_as", &Target::seen_as},
                                                             {"user", &Target::user},
                                                             {"ca_file", &Target::ca_file},
                                                             {"cert_file", &Target::cert_file},
                                                             {"key_file", &Target::key_file},
                                                             {"health", &Target::health},
                                                             {"host", &Target::host},
                                                             {"container", &Target::container},
                                                             {"unit", &Target::unit},
                                                             {"data_dir", &Target::data_dir},
                                                             {"probe_prefix", &Target::probe_prefix},
                                                             {"tls", &Target::tls},
                                                             {"pass_file", &Target::pass_file},
                                                             {"change_user", &Target::change_user},
                                                             {"rescue_user", &Target::rescue_user}};
const std::map<std::string, std::vector<std::string> Target::*> kLists = {{"tags", &Target::tags},
                                                                          {"uses", &Target::uses}};
const std::map<std::string, std::string Target::*> kSecrets = {{"password", &Target::password_secret},
                                                               {"token", &Target::token_secret},
                                                               {"change_password", &Target::change_password_secret},
                                                               {"rescue_password", &Target::rescue_password_secret}};

bool one_of(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Error config(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

std::string hint(std::string_view name, const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  return near.empty() ? "known: " + join(known, ", ") : "did you mean " + near + "?";
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys = {"look_only"};
  for (const auto& [key, member] : kTexts) keys.push_back(key);
  for (const auto& [key, member] : kLists) keys.push_back(key);
  for (const auto& [key, member] : kSecrets) keys.push_back(key);
  return keys;
}

Result<void> read_member(const Document& document, const std::string& path, const std::string& key, const Value& value,
                         Target& target) {
  if (const auto text = kTexts.find(key); text != kTexts.end()) {
    if (value.as_text() == nullptr)
      return config(document, path, key + " wants a text, got a " + std::string(value.type_name()));
    target.*(text->second) = *value.as_text();
  } else if (const auto list = kLists.find(key); list != kLists.end()) {
    if (value.as_list() == nullptr) return config(document, path, key + " wants a list of texts");
    for (const auto& item : value.items()) {
      if (item.as_text() == nullptr) return config(document, path, key + " wants a list of texts");
      (target.*(list->second)).push_back(*item.as_text());
    }
  } else if (key == "look_only") {
    if (value.as_bool() == nullptr) return config(document, path, "look_only wants true or false");
    target.look_only = *value.as_bool();
  } else if (const auto secret = kSecrets.find(key); secret != kSecrets.end()) {
    const auto name = value["secret"].text_or("");
    if (name.empty() || value.members().size() != 1) {
      return config(document, path, key + " wants a reference, never a value: { secret = \"NAME\" }",
                    "declare NAME under [secrets]");
    }
    target.*(secret->second) = name;
  } else {
    return config(document, path, "unknown key " + escaped(key, 40), hint(key, known_keys()));
  }
  return {};
}

// redis://user:password@host: it would be shown and recorded wherever the target is.
bool carries_password(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos || url.starts_with("unix:")) return false;
  const auto authority = url.substr(scheme + 3);
  const auto at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

// What only an HTTP service has, and what one must have.
Result<void> check_http_members(const Document& document, const std::string& path, const Target& target) {
  const bool http = one_of(kHttpKinds, target.kind);
  if (!http && !target.token_secret.empty())
    return config(document, path + ".token", "a " + target.kind + " takes no token", "give it a password");
  if (target.kind != "http" && !target.health.empty())
    return config(document, path + ".health", "only targets of the kind http have a health path");
  if (!http) return {};
  if (const auto url = parse_http_url(target.url); !url)
    return config(document, path + ".url", url.error().message, url.error().next);
  if (!target.token_secret.empty() && !target.password_secret.empty())
    return config(document, path + ".token", "either a token or a password, not both");
  if (!target.password_secret.empty() && target.user.empty())
    return config(document, path + ".password", "a password for HTTP needs a user beside it");
  if (target.health.empty()) return {};
  if (const auto sound = check_url_path(target.health); !sound)
    return config(document, path + ".health", sound.error().message, sound.error().next);
  return {};
}

Result<Target> read_target(const Document& document, const std::string& name, const Value& value) {
  const auto path = "targets." + name;
  if (value.as_map() == nullptr) return config(document, path, "a target is a table");
  if (name.empty() || name.find_first_of("/ \t") != std::string::npos || escaped(name) != name) {
    return config(document, path, "a target's name has neither blanks nor slashes");
  }
  if (name == safety::kEngineTarget)
    return config(document, path, "the name engine stands for the place where runbook itself runs");
  Target target;
  target.name = name;
  for (const auto& [key, member] : value.members()) {
    const auto kind = value["kind"].text_or("");
    if ((kind == "container" && is_container_key(key)) || (kind == "ssh" && is_ssh_key(key))) continue;
    RUNBOOK_CHECK(read_member(document, path + "." + key, key, member, target));
  }
  if (std::find(kKinds.begin(), kKinds.end(), target.kind) == kKinds.end()) {
    return config(document, target.kind.empty() ? path : path + ".kind",
                  target.kind.empty() ? name + " has no kind" : "unknown kind " + escaped(target.kind, 40),
                  hint(target.kind, kKinds));
  }
  RUNBOOK_CHECK(place_docker_target(document, path, target));
  RUNBOOK_CHECK(place_ssh_target(document, path, target));
  if (target.url.empty()) {
    const auto* example = one_of(kHttpKinds, target.kind) ? "https://api.lxd:8443"
                          : target.kind == "compose"      ? "file:///srv/shop/compose.yml"
                          : target.kind == "postgres"     ? "postgresql://db-1:5432/shop"
                                                          : "redis://127.0.0.1:6379";
    return config(document, path, name + " has no url", "for example url = \"" + std::string(example) + "\"");
  }
  if (carries_password(target.url)) {
    return config(document, path + ".url", "the url carries a password",
                  "give it as password = { secret = \"NAME\" } and list NAME in [secrets]");
  }
  RUNBOOK_CHECK(check_http_members(document, path, target));
  RUNBOOK_CHECK(place_postgres_target(document, path, target));
  return target;
}

}  // namespace

Value inventory_entry(const Target& target) {
  Value entry = Value::Map{};
  for (const auto& [key, member] : kTexts) {
    if (!(target.*member).empty()) entry[key] = target.*member;
  }
  for (const auto& [key, member] : kLists) {
    const auto& items = target.*member;
    if (!items.empty()) entry[key] = Value::List(items.begin(), items.end());
  }
  for (const auto& [key, member] : kSecrets) {
    if (!(target.*member).empty()) entry[key] = Value::Map{{"secret", target.*member}};
  }
  if (target.kind == "container") {
    const auto place = safety::container_place(target.url);
    entry["engine"] = place.engine;
    entry["name"] = place.name;
    entry.as_map()->erase("url");
  }
  if (!target.ssh_config.empty()) entry["ssh_config"] = target.ssh_config;
  if (target.sudo) entry["sudo"] = true;
  if (target.look_only) entry["look_only"] = true;
  return entry;
}

Result<Inventory> Inventory::from_document(const Document& document, Imports imports) {
  Inventory inventory;
  for (const auto& [section, content] : document.root.members()) {
    if (!one_of(kSections, section))
      return config(document, section, "unknown section " + escaped(section, 40), hint(section, kSections));
  }
  RUNBOOK_TRY(declared, read_declared_secrets(document));
  inventory.secrets_ = std::move(declared);
  for (const auto& [name, value] : std::as_const(document.root)["targets"].members()) {
    RUNBOOK_TRY(target, read_target(document, name, value));
    for (const auto& [key, member] : kSecrets) {
      const auto& secret = target.*member;
      if (secret.empty() || inventory.secrets().contains(secret)) continue;
      return config(document, "targets." + name + "." + key, "the secret " + escaped(secret, 40) + " is not declared",
                    "add it under [secrets]");
    }
    inventory.targets_.emplace(name, std::move(target));
  }
  RUNBOOK_CHECK(inventory.take_in(document, std::move(imports)));
  RUNBOOK_CHECK(check_containers(document, inventory.targets_));
  for (const auto& [name, target] : inventory.targets_) {
    if (!target.host.empty()) {
      const auto host = inventory.targets_.find(target.host);
      if (host == inventory.targets_.end() || host->second.kind != "ssh")
        return config(document, "targets." + name + ".host",
                      name + " runs on " + escaped(target.host, 40) + ", which is no host",
                      "host is the name of a target of the kind ssh");
    }
    for (const auto& used : target.uses) {
      if (!inventory.targets_.contains(used)) {
        return config(document, "targets." + name + ".uses",
                      name + " uses " + escaped(used, 40) + ", which is no target");
      }
    }
  }
  inventory.settle_homes();
  return inventory;
}

Result<void> Inventory::take_in(const Document& document, Imports imports) {
  std::map<std::string, std::string> places;
  for (auto& [target, where] : imports.targets) {
    const auto& name = target.name;
    const auto [place, is_new] = places.emplace(name, where);
    const bool own = is_new && targets_.contains(name);
    if (own || !is_new) {
      return Error{.code = Code::kConfig,
                   .message = name + " stands in two places, and names one host only: the other is " +
                              (own ? document.where("targets." + name) : place->second),
                   .where = where,
                   .next = "name one of them otherwise, or leave it out"};
    }
    if (name == safety::kEngineTarget)
      return Error{Code::kConfig, "the name engine stands for the place where runbook itself runs", where};
    targets_.emplace(name, std::move(target));
  }
  left_out_ = std::move(imports.left_out);
  return {};
}

void Inventory::settle_homes() {
  for (auto& [name, target] : targets_) {
    auto home = container_of(name);
    if (home.empty() && !target.unit.empty()) home = host_of(name);
    if (!home.empty()) target.home = std::make_shared<const Target>(*home.front());
  }
}

Result<Inventory> Inventory::read(const std::filesystem::path& file) {
  RUNBOOK_TRY(document, read_toml(file));
  RUNBOOK_TRY(imports, read_imports(document));
  return from_document(document, std::move(imports));
}

Result<const Target*> Inventory::find(std::string_view name) const {
  const auto found = targets_.find(name);
  if (found != targets_.end()) return &found->second;
  const auto left =
      std::find_if(left_out_.begin(), left_out_.end(), [&](const LeftOut& one) { return one.name == name; });
  if (left != left_out_.end()) {
    return Error{.code = Code::kNotFound,
                 .message = escaped(name, 60) + " is left out of the inventory: " + left->where + ": " + left->why,
                 .next = left->next};
  }
  std::vector<std::string> known;
  for (const auto& [key, target] : targets_) known.push_back(key);
  return Error{.code = Code::kNotFound,
               .message = "the inventory has no target " + escaped(name, 60),
               .next = known.empty() ? "the inventory is empty" : hint(name, known)};
}

std::vector<const Target*> Inventory::of_kind(std::string_view kind) const {
  std::vector<const Target*> out;
  for (const auto& [name, target] : targets_) {
    if (target.kind == kind) out.push_back(&target);
  }
  return out;
}

std::vector<const Target*> Inventory::users_of(std::string_view used) const {
  std::vector<const Target*> out;
  for (const auto& [name, target] : targets_) {
    if (std::find(target.uses.begin(), target.uses.end(), used) != target.uses.end()) out.push_back(&target);
  }
  return out;
}

std::vector<const Target*> Inventory::container_of(std::string_view name) const {
  return home_of(name, &Target::container);
}

std::vector<const Target*> Inventory::host_of(std::string_view name) const { return home_of(name, &Target::host); }

std::vector<const Target*> Inventory::home_of(std::string_view name, std::string Target::*member) const {
  const auto inside = targets_.find(name);
  const auto home = inside == targets_.end() ? targets_.end() : targets_.find(inside->second.*member);
  if (home == targets_.end()) return {};
  return {&home->second};
}

std::string Inventory::secret_in_shell(std::string_view name) const {
  const auto found = secrets_.references.find(name);
  return found == secrets_.references.end() ? std::string()
                                            : run::secret_in_shell(found->first, found->second, secrets_.settings);
}

NeededSecrets Inventory::secrets_of(const std::map<std::string, Target, std::less<>>& targets) const {
  NeededSecrets out;
  const auto add = [](std::set<std::string>& set, const Target& target) {
    for (const auto& [key, member] : kSecrets) {
      if (!(target.*member).empty()) set.insert(target.*member);
    }
  };
  const auto names = [](const Target& target) {
    auto all = target.uses;
    for (const auto* place : {&target.host, &target.container}) {
      if (!place->empty()) all.push_back(*place);
    }
    return all;
  };
  const auto meet = [](const std::vector<std::string>& one, const std::vector<std::string>& other) {
    return std::any_of(one.begin(), one.end(), [&](const auto& name) { return one_of(other, name); });
  };
  for (const auto& [name, target] : targets) {
    add(out.own, target);
    auto around = names(target);
    around.push_back(name);
    for (const auto& [other_name, other] : targets_) {
      auto its = names(other);
      its.push_back(other_name);
      if (meet(around, its)) add(out.near, other);
    }
  }
  for (const auto& name : out.own) out.near.erase(name);
  return out;
}

Result<Target> target_from_url(std::string_view url, std::string_view kind) {
  if (kind == "container" || kind == "docker") return docker_target_from_url(url, kind);
  if (kind == "ssh") return ssh_target_from_url(url);
  if (kind == "postgres") return postgres_target_from_url(url);
  const bool http = one_of(kHttpKinds, kind);
  const bool redis = url.starts_with("redis://") || url.starts_with("rediss://") || url.starts_with("unix://");
  if (carries_password(url)) {
    return Error{.code = Code::kUsage,
                 .message = "the URL carries a password",
                 .next = "give it to a target of the inventory, as a secret"};
  }
  if (http ? !is_http_url(url) : kind != "redis" || !redis) {
    return Error{.code = Code::kUsage,
                 .message = "no " + std::string(kind) + " has URLs such as " + escaped(url, 60),
                 .next = http ? "http://host:port or https://host:port"
                              : "redis://host:port, rediss://host:port or unix:///path"};
  }
  if (http) {
    if (const auto sound = parse_http_url(url); !sound)
      return Error{.code = Code::kUsage, .message = sound.error().message, .next = sound.error().next};
  }
  Target target;
  target.name = std::string(url);
  target.kind = std::string(kind);
  target.url = std::string(url);
  target.look_only = true;
  return target;
}

}  // namespace runbook::run
