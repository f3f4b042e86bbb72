#include "run/ansible.h"

#include <algorithm>

#include "catch.h"
#include "run/ansible_hosts.h"

using namespace runbook;
using namespace runbook::run;

namespace {

using Names = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// One line for each host, with why for those that are left out.
std::string told(const Result<AnsibleInventory>& inventory, const AnsibleWish& wish = {}) {
  if (!inventory) return inventory.error().text();
  const auto found = hosts_of(*inventory, wish);
  if (!found) return found.error().text();
  std::string out;
  for (const auto& host : found->hosts) {
    out += host.name + " " + host.user + "@" + host.address + ":" + host.port;
    for (const auto& tag : host.tags) out += " " + tag;
    out += "\n";
  }
  for (const auto& left : found->left_out) out += "- " + left.name + ": " + left.where + ": " + left.why + "\n";
  return out;
}

std::string ini(const std::string& text, const AnsibleWish& wish = {}) {
  return told(parse_ansible_ini(text, "hosts.ini"), wish);
}

std::string yaml(const std::string& text, const AnsibleWish& wish = {}) {
  return told(parse_ansible_yaml(text, "hosts.yml"), wish);
}

}  // namespace

TEST_CASE("a range stands for its hosts, with its zeros, letters and step") {
  CHECK(expand_ansible_range("web[01:03].lxd").value() == Names{"web01.lxd", "web02.lxd", "web03.lxd"});
  CHECK(expand_ansible_range("db-[a:c]").value() == Names{"db-a", "db-b", "db-c"});
  CHECK(expand_ansible_range("r[1:5:2]").value() == Names{"r1", "r3", "r5"});
  CHECK(expand_ansible_range("r[:1]-[8:9]").value() == Names{"r0-8", "r0-9", "r1-8", "r1-9"});
  CHECK(expand_ansible_range("[098:101]").value() == Names{"098", "099", "100", "101"});
  CHECK(expand_ansible_range("plain").value() == Names{"plain"});
}

TEST_CASE("what is no range is an error that says so") {
  for (const std::string range : {"w[1:", "w[1]", "w[5:1]", "w[01:100]", "w[a:5]", "w[a:C]", "w[Y:b]", "w[1:5:0]",
                                  "w[1:5:x]", "w[1:2:3:4]", "w[-1:2]"})
    CHECK_FALSE(expand_ansible_range(range));
  CHECK(expand_ansible_range("w[1:100000]").error().code == Code::kLimit);
  CHECK(expand_ansible_range("w[1:999]x[1:999]").error().code == Code::kLimit);
}

TEST_CASE("a port behind the name is the host's, and colons of an address are none") {
  CHECK(parse_ansible_pattern("web:2222").value().port == "2222");
  CHECK(parse_ansible_pattern("web[1:2]:2222").value().names == Names{"web1", "web2"});
  CHECK(parse_ansible_pattern("2001:db8::1").value().port.empty());
  const auto bracketed = parse_ansible_pattern("[2001:db8::1]:22").value();
  CHECK(bracketed.names == Names{"2001:db8::1"});
  CHECK(bracketed.port == "22");
}

TEST_CASE("an INI inventory gives hosts with the groups around them, and the innermost variable counts") {
  const auto text = R"(# ours
lonely
[cache]
cache[1:2] ansible_user=ops   # two of them
cache-odd ansible_host="10.0.0.9" ansible_user='a b'
[cache:vars]
ansible_port = 2222
ansible_user = "nobody"
[shop:children]
cache
[shop:vars]
ansible_port=1111
[all:vars]
ansible_user=everybody
; the end
)";
  CHECK(ini(text) ==
        "cache-odd a b@10.0.0.9:2222 cache shop\ncache1 ops@cache1:2222 cache shop\ncache2 ops@cache2:2222 cache "
        "shop\nlonely everybody@lonely:\n");
}

TEST_CASE("a YAML inventory says the same in its own form") {
  const auto text = R"(all:
  vars: {ansible_user: everybody}
  hosts:
    lonely:
  children:
    shop:
      vars: {ansible_port: 1111}
      children:
        cache:
          hosts:
            cache[1:2]: {ansible_user: ops}
            cache-odd:
              ansible_host: "10.0.0.9"
          vars:
            ansible_port: 2222
            tuning: [1, 2]
)";
  CHECK(yaml(text) ==
        "cache-odd everybody@10.0.0.9:2222 cache shop\ncache1 ops@cache1:2222 cache shop\ncache2 ops@cache2:2222 cache "
        "shop\nlonely everybody@lonely:\n");
}

TEST_CASE("of groups that stand equally far in, the later name counts") {
  CHECK(ini("[b]\nx\n[a]\nx\n[a:vars]\nansible_port=1\n[b:vars]\nansible_port=2\n") == "x @x:2 a b\n");
}

TEST_CASE("a host that is reached otherwise than by ssh is left out, with the line that says it") {
  CHECK(ini("a\nb ansible_connection=local\n") == "a @a:\n- b: hosts.ini:2: its connection is local, not ssh\n");
  CHECK(ini("[w]\nb\n[w:vars]\nansible_connection=winrm\n") == "- b: hosts.ini:4: its connection is winrm, not ssh\n");
  CHECK(ini("b ansible_connection=ssh\n") == "b @b:\n");
}

TEST_CASE("an option that we do not honour is never dropped in silence") {
  for (const std::string name :
       {"ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_ssh_args", "ansible_ssh_executable",
        "ansible_ssh_private_key_file", "ansible_group_priority", "ansible_password", "ansible_of_tomorrow"}) {
    const auto said = ini("b " + name + "='hunter22'\n");
    CHECK(said == "- b: hosts.ini:1: " + name + " is not honoured here\n");
    AnsibleWish wish;
    wish.ignore.insert(name);
    CHECK(ini("b " + name + "=x\n", wish) == "b @b:\n");
  }
  CHECK(ini("b ansible_python_interpreter=/usr/bin/python3 colour=red\n") == "b @b:\n");
}

TEST_CASE("what is worked out elsewhere is no address: templates, the vault, another file") {
  CHECK(has(ini("b ansible_host='{{ ip }}'\n"), "- b: hosts.ini:1: ansible_host is a template"));
  CHECK(has(yaml("all: {hosts: {b: {ansible_host: !vault xyz}}}"), "- b: hosts.yml:1: ansible_host is no plain value"));
  AnsibleWish wish;
  wish.unread = {{"group_vars/web", "group_vars/web.yml is encrypted"}, {"host_vars/c", "unreadable"}};
  CHECK(ini("[web]\nb\n[db]\nc\nd\n", wish) ==
        "d @d: db\n- b: hosts.ini:2: group_vars/web.yml is encrypted\n- c: hosts.ini:4: unreadable\n");
  wish.ignore = {"group_vars", "host_vars"};
  CHECK_FALSE(has(ini("[web]\nb\n[db]\nc\nd\n", wish), "-"));
}

TEST_CASE("who commands run as is asked of the import where Ansible says that it changes") {
  CHECK(has(ini("b ansible_become=true\n"), "it asks for ansible_become"));
  CHECK(ini("b ansible_become=no\n") == "b @b:\n");
  AnsibleWish wish;
  wish.rights_are_said = true;
  CHECK(ini("b ansible_become=true ansible_become_password=x\n", wish) == "b @b:\n");
}

TEST_CASE("two names of one variable that say different things leave the host out") {
  CHECK(has(ini("b ansible_host=x ansible_ssh_host=y\n"), "say different things"));
  CHECK(ini("b ansible_ssh_host=y\n") == "b @y:\n");
}

TEST_CASE("merge keys and aliases are errors with their line, for they say what stands elsewhere") {
  CHECK(has(yaml("x: &x {hosts: {a: }}\nall:\n  children:\n    web:\n      <<: *x\n"), "hosts.yml:"));
  CHECK(has(yaml("all:\n  vars: &v {ansible_port: 1}\nweb:\n  hosts: {a: }\n  vars:\n    <<: *v\n"),
            "hosts.yml:6: vars of web takes more in by a merge key"));
  CHECK(has(yaml("all:\n  hosts: &h {a: }\nweb:\n  hosts: *h\n"), "hosts.yml:4: hosts of web is an alias"));
}

TEST_CASE("what is no inventory is said with file and line") {
  CHECK(has(ini("[a\n:children]\n"), "hosts.ini:"));
  CHECK(has(ini("[a:child]\n"), "hosts.ini:1: [a:child] is no section"));
  CHECK(has(ini("a b\n"), "hosts.ini:1: \"b\" behind a host is no variable"));
  CHECK(has(ini("a x=\"y\n"), "hosts.ini:1: a quote that is not closed"));
  CHECK(has(ini("[a:children]\nb\n"), "hosts.ini:2: there is no group b"));
  CHECK(has(ini("[a:vars]\nx=1\n"), "hosts.ini:1: there is no group a"));
  CHECK(has(ini("[a:children]\na\n"), "contains itself"));
  CHECK(has(yaml("plugin: aws_ec2\n"), "hosts.yml:1: a dynamic inventory"));
  CHECK(has(yaml("all:\n  host: {a: }\n"), "hosts.yml:2: a group has no host"));
  CHECK(has(yaml("- a\n"), "an inventory is a map"));
}
