// Files of hosts of any bytes: Ansible inventories in both forms and OpenSSH configurations. They are read or refused
// in one line that names the file; each host has a name that can be shown, and none comes twice.
#include <set>

#include "base/text.h"
#include "driver.h"
#include "run/ansible_hosts.h"
#include "run/ssh_config_hosts.h"

namespace {

using namespace runbook;

void check(const Error& error) {
  if (error.message.empty() || error.text() != escaped(error.text())) std::abort();
}

void check(const std::vector<run::ImportedHost>& hosts, bool once) {
  std::set<std::string> names;
  for (const auto& host : hosts) {
    if (host.name.empty() || host.name != escaped(host.name) || host.where.empty()) std::abort();
    if (!names.insert(host.name).second && once) std::abort();
  }
}

void check(const Result<run::AnsibleInventory>& inventory) {
  if (!inventory) return check(inventory.error());
  const auto hosts = run::hosts_of(*inventory, {});
  if (!hosts) return check(hosts.error());
  check(hosts->hosts, true);
  // Each host of the file is a host or left out with a reason that can be shown.
  if (hosts->hosts.size() + hosts->left_out.size() != inventory->hosts.size()) std::abort();
  for (const auto& left : hosts->left_out)
    if (left.why.empty() || left.why != escaped(left.why) || left.next != escaped(left.next)) std::abort();
}

void run_ini(std::string_view input) { check(run::parse_ansible_ini(input, "hosts.ini")); }

void run_yaml(std::string_view input) { check(run::parse_ansible_yaml(input, "hosts.yml")); }

void run_ssh(std::string_view input) {
  const auto names = run::parse_ssh_config_names(input, "config");
  if (!names) return check(names.error());
  check(names->hosts, false);
  for (const auto& left : names->left_out)
    if (left.why.empty() || left.why != escaped(left.why)) std::abort();
}

const std::vector<std::string> kCorpus = {
    "lonely:2222\n[cache]\nc[01:03] ansible_host=\"10.0.0.1\" x='a b' # two\n[cache:vars]\nansible_port = 22\n[shop:"
    "children]\ncache\n",
    "[a]\nx[1:9:2]-[a:c] ansible_connection=local\n[b:children]\na\n[all:vars]\nansible_user='ops'\n; end\n",
    "all:\n  vars: {ansible_user: ops}\n  children:\n    web:\n      hosts:\n        w[1:3]: {ansible_port: 2222}\n"
    "        odd: {ansible_host: !vault x}\n    db: {hosts: {d: }, vars: {ansible_become: true}}\n",
    "a: {hosts: {x: {ansible_ssh_args: '-o X', y: [1]}}}\nb: {hosts: z, children: {a: }}\n",
    "Host cache-1 \"cache 2\" *.lxd !bad # x\n  HostName=10.0.0.1\nInclude conf.d/*\nMatch exec \"x\"\nHost = y\n",
};

void run_all(std::string_view input) {
  run_ini(input);
  run_yaml(input);
  run_ssh(input);
}

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, run_all); }
