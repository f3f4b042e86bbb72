#include "run/inventory_import.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/ssh_url.h"
#include "base/text.h"
#include "run/ansible_hosts.h"
#include "run/ssh_config_hosts.h"
#include "run/whole_file.h"

namespace runbook::run {

namespace {

namespace fs = std::filesystem;

struct Import {
  std::string path{};  // of the table in the document: "import.1"
  std::string kind{};
  std::string said{};  // the file as it is written there
  fs::path file{};
  std::vector<std::string> tags{};
  std::string env{};
  bool sudo = false;
  bool sudo_is_said = false;
  bool look_only = false;
  std::string ssh_config{};
  std::set<std::string, std::less<>> ignore{};
};

// As ssh finds it, whatever HOME says: ~/.ssh/config must be the file that ssh reads.
fs::path home() {
  const auto* entry = getpwuid(getuid());
  return entry == nullptr ? fs::path("/") : fs::path(entry->pw_dir);
}

Error wrong(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

Result<void> read_key(const Document& document, const std::string& key, const Value& value, Import& import) {
  const auto path = import.path + "." + key;
  const std::map<std::string, std::string Import::*> texts = {
      {"kind", &Import::kind}, {"file", &Import::said}, {"env", &Import::env}, {"ssh_config", &Import::ssh_config}};
  if (const auto text = texts.find(key); text != texts.end()) {
    if (value.text_or("").empty()) return wrong(document, path, key + " wants a text");
    import.*(text->second) = value.text_or("");
  } else if (key == "tags" || key == "ignore") {
    const auto& items = value.items();
    const bool texts_only =
        std::all_of(items.begin(), items.end(), [](const Value& item) { return item.as_text() != nullptr; });
    if (value.as_list() == nullptr || !texts_only) return wrong(document, path, key + " wants a list of texts");
    for (const auto& item : items) {
      if (key == "ignore")
        import.ignore.insert(*item.as_text());
      else
        import.tags.push_back(*item.as_text());
    }
  } else if (key == "sudo" || key == "look_only") {
    if (value.as_bool() == nullptr) return wrong(document, path, key + " wants true or false");
    (key == "sudo" ? import.sudo : import.look_only) = *value.as_bool();
    import.sudo_is_said = import.sudo_is_said || key == "sudo";
  } else {
    return wrong(document, path, "an import has no " + escaped(key, 40),
                 "kind, file, tags, env, sudo, look_only, ssh_config, ignore");
  }
  return {};
}

Result<Import> read_table(const Document& document, const std::string& path, const Value& table) {
  Import import{.path = path};
  if (table.as_map() == nullptr) return wrong(document, path, "an import is a table: [[import]]");
  for (const auto& [key, value] : table.members()) RUNBOOK_CHECK(read_key(document, key, value, import));
  if (import.kind != "ansible" && import.kind != "ssh_config")
    return wrong(document, import.kind.empty() ? path : path + ".kind",
                 import.kind.empty() ? "the import has no kind" : "unknown kind " + escaped(import.kind, 40),
                 "known: ansible, ssh_config");
  if (import.said.empty()) return wrong(document, path, "the import has no file", "for example file = \"hosts.ini\"");
  const bool ansible = import.kind == "ansible";
  if (!ansible && !import.ssh_config.empty())
    return wrong(document, path + ".ssh_config", "the imported file is the configuration of its hosts already");
  if (!ansible && !import.ignore.empty())
    return wrong(document, path + ".ignore", "ignore is for imports of the kind ansible");
  import.file =
      import.said.starts_with("~/") ? home() / import.said.substr(2) : document.file.parent_path() / import.said;
  import.file = import.file.lexically_normal();
  return import;
}

// Why a file of variables must be read to know how hosts are reached, and is not; empty when it says nothing of that.
std::string why_unread(const fs::path& file) {
  const auto text = read_whole_file(file);
  const auto name = (file.parent_path().filename() / file.filename()).string();
  if (!text) return escaped(name, 80) + " cannot be read";
  if (text->starts_with("$ANSIBLE_VAULT")) return escaped(name, 80) + " is encrypted, and may say how it is reached";
  if (text->find("ansible_") != std::string::npos)
    return escaped(name, 80) + " speaks of ansible_… variables, and is not read";
  return {};
}

// The files of a folder and those below it; an error when not all of them can be seen.
std::vector<fs::path> files_below(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink, error);
       !error && entry != fs::end(entry); entry.increment(error)) {
    if (!entry->is_directory(error) && !error) files.push_back(entry->path());
  }
  return files;
}

// The files of group_vars/ and host_vars/ beside an inventory that may say how hosts are reached.
std::map<std::string, std::string, std::less<>> unread_files(const fs::path& folder) {
  std::map<std::string, std::string, std::less<>> out;
  for (const std::string kind : {"group_vars", "host_vars"}) {
    std::error_code none;
    if (!fs::exists(folder / kind, none) && !none) continue;
    std::error_code error;
    for (const auto& file : files_below(folder / kind, error)) {
      // group_vars/web, group_vars/web.yml and group_vars/web/…: all of them speak of web.
      const auto first = *fs::relative(file, folder / kind, none).begin();
      const auto ending = first.extension();
      const bool known = ending == ".yml" || ending == ".yaml" || ending == ".json";
      if (auto why = why_unread(file); !why.empty())
        out.emplace(kind + "/" + (known ? first.stem() : first).string(), std::move(why));
    }
    if (error) out.emplace("group_vars/all", kind + " beside it cannot be looked through");
  }
  return out;
}

Result<ImportedHosts> read_ansible(const Import& import) {
  RUNBOOK_TRY(text, read_whole_file(import.file));
  const auto ending = import.file.extension();
  const auto refused = [&](const char* what) {
    return Error{.code = Code::kConfig,
                 .message = std::string(what),
                 .where = import.file.string(),
                 .next = "write it out: ansible-inventory --list --yaml --output hosts.yml"};
  };
  if (text.starts_with("$ANSIBLE_VAULT")) return refused("it is encrypted");
  if (text.starts_with("#!")) return refused("it is a script, which is not run");
  if (ending == ".json") return refused("JSON is not read");
  const bool yaml = ending == ".yml" || ending == ".yaml";
  auto parsed = yaml ? parse_ansible_yaml(text, import.file.string()) : parse_ansible_ini(text, import.file.string());
  if (!parsed) return parsed.error();
  const AnsibleWish wish{.ignore = import.ignore,
                         .rights_are_said = import.sudo_is_said,
                         .unread = unread_files(import.file.parent_path())};
  auto hosts = hosts_of(*parsed, wish);
  if (!hosts) return Error{.code = Code::kConfig, .message = hosts.error().message, .where = import.file.string()};
  if (hosts->hosts.empty() && hosts->left_out.empty())
    return Error{.code = Code::kConfig, .message = "there is no host in it", .where = import.file.string()};
  return hosts;
}

Result<ImportedHosts> read_file(const Import& import) {
  return import.kind == "ansible" ? read_ansible(import) : read_ssh_config_hosts(import.file, home() / ".ssh");
}

// The host as a target; why not when its words make no address.
Result<safety::Target> target_of(const Import& import, const ImportedHost& host) {
  SshUrl parts{.user = host.user, .name = host.address};
  if (!host.port.empty()) {
    const auto port = host.port.size() <= 5 && host.port.find_first_not_of("0123456789") == std::string::npos
                          ? std::stoul(host.port)
                          : 0;
    if (port < 1 || port > 65535)
      return Error{.code = Code::kConfig,
                   .message = "its port is " + escaped(host.port, 40),
                   .next = "a number from 1 to 65535"};
    parts.port = static_cast<std::uint16_t>(port);
  }
  // Read back as it will be: an address that holds the sign of another part would be another one.
  const auto url = parse_ssh_url(parts.text());
  if (!url) return url.error();
  if (url->name != host.address || url->user != host.user)
    return Error{.code = Code::kConfig, .message = "\"" + escaped(host.address, 60) + "\" is no address of a host"};
  safety::Target target;
  target.name = host.name;
  target.kind = "ssh";
  target.env = import.env;
  target.tags = host.tags;
  for (const auto& tag : import.tags)
    if (std::find(target.tags.begin(), target.tags.end(), tag) == target.tags.end()) target.tags.push_back(tag);
  target.url = url->text();
  target.sudo = import.sudo;
  target.look_only = import.look_only;
  target.ssh_config = import.ssh_config;
  // Given by its name, ssh would read no other file; of its own it reads the system's too.
  if (import.kind == "ssh_config" && import.file != (home() / ".ssh/config").lexically_normal())
    target.ssh_config = fs::absolute(import.file).string();
  return target;
}

}  // namespace

Result<Imports> read_imports(const Document& document) {
  Imports out;
  const auto& list = std::as_const(document.root)["import"];
  if (!list.is_null() && list.as_list() == nullptr)
    return wrong(document, "import", "imports are a list", "write [[import]], with two brackets");
  std::size_t number = 0;
  for (const auto& table : list.items()) {
    RUNBOOK_TRY(import, read_table(document, "import." + std::to_string(++number), table));
    auto found = read_file(import);
    if (!found) {
      const auto at = document.where(import.path + ".file");
      auto error = found.error();
      error.code = Code::kConfig;
      error.message += ", imported at " + at;
      if (error.where.empty()) error.where = import.file.string();
      return error;
    }
    for (const auto& host : found->hosts) {
      auto target = target_of(import, host);
      if (target) {
        out.targets.push_back({.target = std::move(*target), .where = host.where});
      } else {
        out.left_out.push_back(
            {.name = host.name, .where = host.where, .why = target.error().message, .next = target.error().next});
      }
    }
    for (auto& left : found->left_out) out.left_out.push_back(std::move(left));
  }
  return out;
}

}  // namespace runbook::run
