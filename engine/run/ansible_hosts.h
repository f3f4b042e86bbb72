// From an Ansible inventory to hosts that we reach as Ansible would: the variables that count for each, in Ansible's
// order (all, groups from the outermost in, of equals the later name; the host's own last). Pure.
//
// A host that Ansible would reach in another way than we can is left out, and said so with the variable and its line:
// an option of ssh that is dropped could lead to another machine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/ansible.h"
#include "run/imported.h"

namespace runbook::run {

struct AnsibleWish {
  /// What of Ansible's does not count here, by the inventory's own word: names of variables, "group_vars", "host_vars".
  std::set<std::string, std::less<>> ignore{};
  /// Whether the inventory says itself with which rights commands run, so that ansible_become says nothing.
  bool rights_are_said = false;
  /// Files beside the inventory that may say how hosts are reached: "group_vars/web" → why that file is not read.
  std::map<std::string, std::string, std::less<>> unread{};
};

/// The hosts and those that are left out, each sorted by name. Their groups, with those around them, are their tags:
/// not `all` and `ungrouped`, for nothing means all. kConfig for groups that contain themselves.
Result<ImportedHosts> hosts_of(const AnsibleInventory& inventory, const AnsibleWish& wish);

}  // namespace runbook::run
