#include "run/config.h"

#include <cstdlib>
#include <set>

#include "base/text.h"

namespace runbook::run {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kKeys = {"audit", "commands", "inventory", "kinds", "limits", "playbooks", "state"};
const std::vector<std::string> kAudit = {"anchors", "rotate_at"};
const std::vector<std::string> kLimits = {"evidence", "memory", "phase"};

Error wrong(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

Error unknown(const Document& document, const std::string& path, const std::string& key,
              const std::vector<std::string>& known) {
  const auto near = nearest(key, known);
  return wrong(document, path, "unknown key " + escaped(key, 40),
               near.empty() ? "known: " + join(known, ", ") : "did you mean " + near + "?");
}

// Reads one file into `config`; keys that an earlier, nearer file has set (`set`) stay.
class Reader {
 public:
  Reader(Config& config, std::set<std::string>& set) : config_(config), set_(set) {}

  Result<void> read(const Document& document) {
    for (const auto& [key, value] : document.root.members()) {
      if (key == "audit") {
        RUNBOOK_CHECK(read_audit(document, value));
      } else if (key == "commands" || key == "kinds") {  // rules of the guard, which reads them: cli/readonly_list.h
        if (value.as_map() == nullptr) return wrong(document, key, key + " wants tables, such as [" + key + ".NAME]");
      } else if (key == "limits") {
        RUNBOOK_CHECK(read_limits(document, value));
      } else if (key == "playbooks") {
        RUNBOOK_CHECK(read_playbooks(document, value));
      } else if (key == "inventory" || key == "state") {
        if (value.as_text() == nullptr) return wrong(document, key, key + " wants a path");
        auto& path = key == "inventory" ? config_.inventory : config_.state;
        if (set_.insert(key).second) path = beside(document, *value.as_text());
      } else {
        return unknown(document, key, key, kKeys);
      }
    }
    config_.files.push_back(document.file);
    return {};
  }

 private:
  static fs::path beside(const Document& document, const std::string& path) {
    return (document.file.parent_path() / path).lexically_normal();
  }

  Result<void> read_playbooks(const Document& document, const Value& value) {
    if (value.as_list() == nullptr) return wrong(document, "playbooks", "playbooks wants a list of folders");
    const bool first = set_.insert("playbooks").second;
    for (const auto& item : value.items()) {
      if (item.as_text() == nullptr) return wrong(document, "playbooks", "playbooks wants a list of folders");
      if (first) config_.playbooks.push_back(beside(document, *item.as_text()));
    }
    return {};
  }

  Result<void> read_audit(const Document& document, const Value& value) {
    if (value.as_map() == nullptr) return wrong(document, "audit", "audit wants a table: " + join(kAudit, ", "));
    for (const auto& [key, member] : value.members()) {
      if (key == "anchors") {
        RUNBOOK_CHECK(read_anchors(document, member));
      } else if (key == "rotate_at") {
        const auto bytes = parse_bytes(member.text_or(""));
        if (!bytes || *bytes < (64U << 10U))
          return wrong(document, "audit.rotate_at", "rotate_at wants a size of at least 64kb, such as \"16mb\"");
        if (set_.insert("audit.rotate_at").second) config_.rotate_at = *bytes;
      } else {
        return unknown(document, "audit." + key, key, kAudit);
      }
    }
    return {};
  }

  Result<void> read_anchors(const Document& document, const Value& list) {
    std::vector<std::string> places;
    for (const auto& item : list.items()) places.emplace_back(item.text_or(""));
    if (list.as_list() == nullptr) return wrong(document, "audit.anchors", "anchors wants a list of places");
    auto anchors = safety::Anchors::from(places);
    if (!anchors) return wrong(document, "audit.anchors", anchors.error().message, anchors.error().next);
    if (set_.insert("audit.anchors").second) config_.anchors = std::move(*anchors);
    return {};
  }

  Result<void> read_limits(const Document& document, const Value& value) {
    for (const auto& [key, limit] : value.members()) {
      const auto path = "limits." + key;
      if (key == "memory") {
        const auto bytes = parse_bytes(limit.text_or(""));
        if (!bytes || *bytes < (8U << 20U))
          return wrong(document, path, "memory wants a size of at least 8mb, such as \"256mb\"");
        if (set_.insert(path).second) config_.worker_memory = *bytes;
      } else if (key == "evidence" || key == "phase") {
        const auto duration = parse_duration(limit.text_or(""));
        if (!duration || duration->count() <= 0)
          return wrong(document, path, key + " wants a duration, such as \"20s\"");
        if (set_.insert(path).second) (key == "evidence" ? config_.evidence_limit : config_.phase_limit) = *duration;
      } else {
        return unknown(document, path, key, kLimits);
      }
    }
    return {};
  }

  Config& config_;
  std::set<std::string>& set_;
};

fs::path variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? fs::path() : fs::path(value);
}

// Empty when neither variable leads anywhere.
fs::path home_folder(const char* xdg, const char* below_home) {
  if (const auto set = variable(xdg); set.is_absolute()) return set / "runbook";
  const auto home = variable("HOME");
  return home.is_absolute() ? home / below_home / "runbook" : fs::path();
}

std::vector<fs::path> candidates() {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (auto folder = fs::current_path(ignored);; folder = folder.parent_path()) {
    if (fs::exists(folder / "runbook.toml", ignored)) {
      files.push_back(folder / "runbook.toml");
      break;
    }
    if (folder == folder.parent_path()) break;
  }
  if (const auto home = home_folder("XDG_CONFIG_HOME", ".config"); !home.empty())
    files.push_back(home / "runbook.toml");
  files.emplace_back("/etc/runbook/runbook.toml");
  return files;
}

}  // namespace

Result<Config> config_from(const Document& document) {
  Config config;
  std::set<std::string> set;
  RUNBOOK_CHECK(Reader(config, set).read(document));
  return config;
}

Result<Config> read_config(const ConfigOverrides& overrides) {
  Config config;
  if (!overrides.config.empty()) {
    RUNBOOK_TRY(document, read_toml(overrides.config));
    RUNBOOK_TRY(said, config_from(document));
    config = std::move(said);
  } else {
    std::set<std::string> set;
    Reader reader(config, set);
    for (const auto& file : candidates()) {
      const auto document = read_toml(file);
      if (!document && document.error().code == Code::kNotFound) continue;
      if (!document) return document.error();
      RUNBOOK_CHECK(reader.read(*document));
    }
  }
  if (!overrides.inventory.empty()) config.inventory = overrides.inventory;
  if (!overrides.state.empty()) config.state = overrides.state;
  if (config.state.empty()) config.state = home_folder("XDG_STATE_HOME", ".local/state");
  if (config.state.empty()) {
    return Error{.code = Code::kConfig,
                 .message = "there is no place for the state directory: HOME is not set",
                 .next = "give one by --state or RUNBOOK_STATE"};
  }
  if (!config.state.is_absolute()) config.state = fs::absolute(config.state);
  return config;
}

}  // namespace runbook::run
