#include "run/ansible_hosts.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace runbook::run {

namespace {

std::string or_ignore(const std::string& word) {
  return ", or declare in the import that it does not count here: ignore = [\"" + word + "\"]";
}

// How a variable that we honour is called, its older name last.
struct Reach {
  const char* name;
  const char* older;
  std::string ImportedHost::*member;
};
constexpr Reach kReach[] = {{"ansible_host", "ansible_ssh_host", &ImportedHost::address},
                            {"ansible_user", "ansible_ssh_user", &ImportedHost::user},
                            {"ansible_port", "ansible_ssh_port", &ImportedHost::port}};

// What says nothing of where a host is and who logs in there, or asks for less than we do anyway.
bool is_harmless(std::string_view name) {
  static const std::set<std::string, std::less<>> names = {
      "ansible_async_dir",           "ansible_connect_timeout",      "ansible_control_path",
      "ansible_control_path_dir",    "ansible_host_key_checking",    "ansible_pipelining",
      "ansible_remote_tmp",          "ansible_scp_executable",       "ansible_scp_extra_args",
      "ansible_scp_if_ssh",          "ansible_sftp_batch_mode",      "ansible_sftp_executable",
      "ansible_sftp_extra_args",     "ansible_shell_executable",     "ansible_shell_type",
      "ansible_ssh_control_path",    "ansible_ssh_control_path_dir", "ansible_ssh_host_key_checking",
      "ansible_ssh_pipelining",      "ansible_ssh_retries",          "ansible_ssh_timeout",
      "ansible_ssh_transfer_method", "ansible_ssh_usetty",           "ansible_timeout"};
  return names.contains(name) || name.ends_with("_interpreter");
}

bool is_template(std::string_view value) {
  return value.find("{{") != std::string_view::npos || value.find("{%") != std::string_view::npos;
}

bool is_no(const AnsibleVariable& variable) {
  const auto value = lower(variable.value);
  return variable.is_plain && (value == "false" || value == "no" || value == "off" || value == "0" || value == "n");
}

class Maker {
 public:
  Maker(const AnsibleInventory& inventory, const AnsibleWish& wish) : inventory_(inventory), wish_(wish) {}

  Result<ImportedHosts> make() {
    for (const auto& [name, group] : inventory_.groups) {
      for (const auto& child : group.children) parents_[child].insert(name);
    }
    for (const auto& [name, group] : inventory_.groups) RUNBOOK_CHECK(find_depth(name));
    for (const auto& [name, group] : inventory_.groups)
      for (const auto& host : group.hosts) own_groups_[host].insert(name);
    ImportedHosts out;
    for (const auto& [name, host] : inventory_.hosts) {
      ImportedHost made{.name = name, .address = name, .where = host.where};
      const auto groups = groups_of(name);
      for (const auto& group : groups) {
        if (group != "all" && group != "ungrouped") made.tags.push_back(group);
      }
      if (auto why = place(groups, host, made)) {
        why->name = name;
        out.left_out.push_back(std::move(*why));
      } else {
        out.hosts.push_back(std::move(made));
      }
    }
    return out;
  }

 private:
  // How many groups are around it, on the longest way; a group that is still being asked contains itself.
  Result<std::size_t> find_depth(const std::string& group) {
    if (const auto known = depths_.find(group); known != depths_.end()) return known->second;
    if (!asked_.insert(group).second || asked_.size() > kDeepest)
      return Error{Code::kConfig,
                   "the group " + escaped(group, 60) + " contains itself, or stands in more than 100 others"};
    std::size_t depth = 0;
    for (const auto& parent : parents_[group]) {
      RUNBOOK_TRY(above, find_depth(parent));
      depth = std::max(depth, above + 1);
    }
    asked_.erase(group);
    return depths_[group] = depth;
  }

  // Its groups and those around them, sorted by name; all of them stand in `all`.
  std::set<std::string> groups_of(const std::string& host) {
    std::set<std::string> out{"all"};
    std::vector<std::string> open(own_groups_[host].begin(), own_groups_[host].end());
    while (!open.empty()) {
      const auto group = std::move(open.back());
      open.pop_back();
      if (!out.insert(group).second) continue;
      open.insert(open.end(), parents_[group].begin(), parents_[group].end());
    }
    return out;
  }

  // The variables that count, the outermost first, so that a later one wins.
  AnsibleVariables variables_of(const std::set<std::string>& groups, const AnsibleHost& host) {
    std::vector<std::string> ordered(groups.begin(), groups.end());
    const auto depth = [this](const std::string& group) { return group == "all" ? 0 : depths_[group] + 1; };
    std::stable_sort(ordered.begin(), ordered.end(),
                     [&](const std::string& left, const std::string& right) { return depth(left) < depth(right); });
    AnsibleVariables out;
    const auto take = [&out](const AnsibleVariables& variables) {
      for (const auto& [name, variable] : variables) out[name] = variable;
    };
    for (const auto& group : ordered) {
      if (const auto found = inventory_.groups.find(group); found != inventory_.groups.end())
        take(found->second.variables);
    }
    take(host.variables);
    return out;
  }

  [[nodiscard]] bool ignored(std::string_view name) const { return wish_.ignore.find(name) != wish_.ignore.end(); }

  // Fills in how the host is reached; says why not when it cannot be.
  std::optional<LeftOut> place(const std::set<std::string>& groups, const AnsibleHost& host, ImportedHost& made) {
    if (auto why = unread_file("host_vars", made.name, host)) return why;
    for (const auto& group : groups)
      if (auto why = unread_file("group_vars", group, host)) return why;
    const auto variables = variables_of(groups, host);
    for (const auto& [name, variable] : variables)
      if (auto why = judge(name, variable)) return why;
    for (const auto& reach : kReach)
      if (auto why = take(variables, reach, made)) return why;
    return std::nullopt;
  }

  std::optional<LeftOut> unread_file(const char* folder, const std::string& name, const AnsibleHost& host) const {
    const auto found = wish_.unread.find(std::string(folder) + "/" + name);
    if (found == wish_.unread.end() || ignored(folder)) return std::nullopt;
    return LeftOut{.where = host.where,
                   .why = found->second,
                   .next = "say what counts in the inventory itself" + or_ignore(folder)};
  }

  // Why no host with this variable can be reached as Ansible would.
  [[nodiscard]] std::optional<LeftOut> judge(const std::string& name, const AnsibleVariable& variable) const {
    const auto left_out = [&](std::string why, std::string next) {
      return LeftOut{.where = variable.where, .why = std::move(why), .next = std::move(next)};
    };
    if (name == "ansible_connection") {
      if (variable.is_plain &&
          (variable.value == "ssh" || variable.value == "smart" || variable.value == "ansible.builtin.ssh"))
        return std::nullopt;
      return left_out(
          "its connection is " + (variable.is_plain ? escaped(variable.value, 40) : "no text") + ", not ssh", "");
    }
    const bool reaches = std::any_of(std::begin(kReach), std::end(kReach),
                                     [&](const Reach& reach) { return name == reach.name || name == reach.older; });
    if (reaches) {
      if (!variable.is_plain)
        return left_out(name + " is no plain value (a list, a map, or of the vault)", "write it as text");
      if (is_template(variable.value))
        return left_out(name + " is a template, which is not worked out", "write its value");
      return std::nullopt;
    }
    if (is_harmless(name) || ignored(name)) return std::nullopt;
    const auto said = escaped(name, 60);
    if (name.starts_with("ansible_become")) {
      const bool asks = name == "ansible_become" && !is_no(variable);
      if (!asks || wish_.rights_are_said) return std::nullopt;
      return left_out("it asks for " + said,
                      "say in the import whether commands run through sudo: sudo = true, or false");
    }
    return left_out(said + " is not honoured here",
                    "say it in OpenSSH's configuration where that has a word for it" + or_ignore(said));
  }

  static std::optional<LeftOut> take(const AnsibleVariables& variables, const Reach& reach, ImportedHost& made) {
    const auto named = variables.find(reach.name);
    const auto older = variables.find(reach.older);
    if (named == variables.end() && older == variables.end()) return std::nullopt;
    const auto& chosen = named == variables.end() ? older->second : named->second;
    if (named != variables.end() && older != variables.end() && older->second.value != chosen.value)
      return LeftOut{.where = older->second.where,
                     .why = std::string(reach.older) + " and " + reach.name + " say different things",
                     .next = "leave one of them out"};
    if (chosen.value.empty())
      return LeftOut{
          .where = chosen.where, .why = std::string(reach.name) + " is empty", .next = "leave it out, or say it"};
    made.*(reach.member) = chosen.value;
    return std::nullopt;
  }

  static constexpr std::size_t kDeepest = 100;

  const AnsibleInventory& inventory_;
  const AnsibleWish& wish_;
  std::map<std::string, std::set<std::string>> parents_;
  std::map<std::string, std::set<std::string>> own_groups_;
  std::map<std::string, std::size_t> depths_;
  std::set<std::string> asked_;
};

}  // namespace

Result<ImportedHosts> hosts_of(const AnsibleInventory& inventory, const AnsibleWish& wish) {
  return Maker(inventory, wish).make();
}

}  // namespace runbook::run
