// Hosts of the inventory that other files name: static Ansible inventories and OpenSSH's configuration.
//
//   [[import]]
//   kind = "ansible"              # groups become tags; ansible_host, _port and _user the address (run/ansible.h)
//   file = "../ansible/hosts.ini" # INI, or YAML when it ends in .yml or .yaml; beside this file
//   tags = ["dc1"]                # these five are said of each of its hosts
//   env  = "prod"
//   sudo = true
//   look_only  = false
//   ssh_config = "ssh_config"     # as [targets] have it; not for the other kind
//   ignore = ["group_vars"]       # what of Ansible's does not count here, by name
//
//   [[import]]
//   kind = "ssh_config"           # its Host lines that are no patterns (run/ssh_config_hosts.h)
//   file = "~/.ssh/config"
//
// A host becomes a target of the kind ssh by the name that the file gives it. What we would not reach as the other
// program does is left out, and `runbook doctor` says why: a variable that is dropped in silence may mean another host.
// Internal to run/.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "run/imported.h"
#include "run/toml.h"
#include "safety/target.h"

namespace runbook::run {

struct ImportedTarget {
  safety::Target target;
  std::string where;  // "hosts.ini:7"
};

struct Imports {
  std::vector<ImportedTarget> targets{};
  std::vector<LeftOut> left_out{};
};

/// Reads the files of all [[import]] of the document. kConfig with the line of the document for what cannot be read or
/// names no host, and with that of the file for what is wrong in it.
Result<Imports> read_imports(const Document& document);

}  // namespace runbook::run
