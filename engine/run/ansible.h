// What a static Ansible inventory says of hosts: its groups, and the variables by which Ansible would reach them.
// Rules: "How to build your inventory" of Ansible's documentation, and its plugins ansible.builtin.ini and .yaml.
//
//   [cache]                                        all:
//   cache[01:20] ansible_user=ops                    children:
//   [cache:vars]                                       cache:
//   ansible_port=2222                                    hosts: { "cache[01:20]": { ansible_user: ops } }
//   [shop:children]                                      vars: { ansible_port: 2222 }
//   cache
//
// Nothing is run: no dynamic inventory, no plugin, no template. Of the variables those named ansible_… are kept, for
// no other one says how a host is reached. Limits: 1 MiB, 10,000 hosts, 100,000 variables of 1 KiB.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::run {

struct AnsibleVariable {
  std::string value{};
  std::string where{};   // "hosts.ini:7"
  bool is_plain = true;  // not so: a list, a map, a value of the vault
};

using AnsibleVariables = std::map<std::string, AnsibleVariable, std::less<>>;

struct AnsibleGroup {
  AnsibleVariables variables{};
  std::set<std::string, std::less<>> hosts{};
  std::set<std::string, std::less<>> children{};
};

struct AnsibleHost {
  std::string where{};  // where it is first named
  AnsibleVariables variables{};
};

struct AnsibleInventory {
  std::map<std::string, AnsibleGroup, std::less<>> groups{};
  std::map<std::string, AnsibleHost, std::less<>> hosts{};

  /// Adds a host to a group. What is said of it again adds to what was said before. kLimit.
  Result<void> add_host(const std::string& group, const std::string& name, const AnsibleVariables& variables,
                        const std::string& where);
  /// Keeps the variable when it is one of Ansible's. kLimit.
  static Result<void> keep(AnsibleVariables& variables, const std::string& name, AnsibleVariable variable);

 private:
  std::size_t variables_ = 0;
};

/// The names of "web[01:50].lxd", "db-[a:f]", "rack[1:9:2]-[1:2]"; the pattern itself when it has no range. kConfig for
/// a range that is none, kLimit for more than 10,000 names.
Result<std::vector<std::string>> expand_ansible_range(std::string_view pattern);

struct AnsiblePattern {
  std::vector<std::string> names{};
  std::string port{};  // "web1:2222"; empty when none is said
};

/// What stands at the place of a host: names with ranges, and a port. kConfig, kLimit.
Result<AnsiblePattern> parse_ansible_pattern(std::string_view text);

/// kConfig with file and line for what is no such inventory; `file` is what it is called in messages.
Result<AnsibleInventory> parse_ansible_ini(std::string_view text, const std::string& file);
Result<AnsibleInventory> parse_ansible_yaml(std::string_view text, const std::string& file);

}  // namespace runbook::run
