#include "run/inventory_import.h"

#include <sys/stat.h>

#include <fstream>

#include "catch.h"
#include "run/inventory.h"
#include "run/selection.h"
#include "run/ssh_config_hosts.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::run;

namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Folder {
  test::TempDir place;

  fs::path write(const std::string& name, const std::string& text) const {
    const auto file = place.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }
  [[nodiscard]] Result<Inventory> read(const std::string& text) const {
    return Inventory::read(write("inventory.toml", text));
  }
  [[nodiscard]] std::string problem(const std::string& text) const {
    const auto inventory = read(text);
    REQUIRE_FALSE(inventory);
    CHECK(inventory.error().code == Code::kConfig);
    return inventory.error().text();
  }
};

constexpr const char* kAnsible = "[[import]]\nkind = \"ansible\"\nfile = \"hosts.ini\"\n";
constexpr const char* kSsh = "[[import]]\nkind = \"ssh_config\"\nfile = \"config\"\n";

}  // namespace

TEST_CASE("the hosts of an Ansible inventory are targets, with what the import says of all") {
  const Folder folder;
  folder.write("hosts.ini", "[cache]\nc[1:2] ansible_user=ops ansible_port=2222\n[canary]\nc1\n");
  const auto inventory = folder.read(std::string(kAnsible) + "tags = [\"dc1\"]\nenv = \"staging\"\nsudo = true\n");
  REQUIRE(inventory);
  const auto& one = **inventory->find("c1");
  CHECK(one.url == "ssh://ops@c1:2222");
  CHECK(one.tags == std::vector<std::string>{"cache", "canary", "dc1"});
  CHECK(one.env == "staging");
  CHECK(one.sudo);
  CHECK(select_targets("tag:cache and not tag:canary", "ssh", *inventory).value().at(0).name == "c2");
  CHECK(select_targets("tag:canary and not tag:cache", "ssh", *inventory).error().code == Code::kUsage);
  CHECK_FALSE(select_targets("tag:all", "ssh", *inventory));
}

TEST_CASE("a host that is left out is told by its name, its line and the reason") {
  const Folder folder;
  folder.write("hosts.ini", "a\nb ansible_connection=local\nc ansible_port=many\nd ansible_user='x y'\n");
  const auto inventory = folder.read(kAnsible);
  REQUIRE(inventory);
  CHECK(inventory->targets().size() == 1);
  CHECK(has(inventory->find("b").error().text(), "hosts.ini:2: its connection is local, not ssh"));
  CHECK(has(inventory->find("c").error().text(), "its port is many"));
  CHECK(has(inventory->find("d").error().text(), "is no name of a user"));
  CHECK(inventory->left_out().size() == 3);
}

TEST_CASE("variables in folders beside an inventory leave out those whose address they may say") {
  const Folder folder;
  folder.write("hosts.ini", "[web]\na\n[db]\nb\nc\n[mail]\nd\n");
  folder.write("group_vars/web.yml", "ansible_user: ops\n");
  folder.write("group_vars/db/main.yml", "shared_buffers: 1\n");
  folder.write("host_vars/c", "$ANSIBLE_VAULT;1.1;AES256\n");
  const auto inventory = folder.read(kAnsible);
  REQUIRE(inventory);
  CHECK(has(inventory->find("a").error().text(), "group_vars/web.yml speaks of ansible_"));
  CHECK(inventory->find("b"));
  CHECK(has(inventory->find("c").error().text(), "host_vars/c is encrypted"));
  CHECK(inventory->find("d"));
  CHECK(folder.read(std::string(kAnsible) + "ignore = [\"group_vars\", \"host_vars\"]\n")->targets().size() == 4);
  folder.write("group_vars/all/deep/er.yml", "ansible_host: x\n");
  CHECK(folder.read(kAnsible)->targets().empty());
}

TEST_CASE("a name in two sources is an error that names both places") {
  const Folder folder;
  folder.write("hosts.ini", "\na\n");
  folder.write("config", "Host a\n");
  const auto twice = folder.problem(std::string(kAnsible) + kSsh);
  CHECK(has(twice, "hosts.ini:2"));
  CHECK(has(twice, "config:1"));
  const auto own = folder.problem("[targets.a]\nkind = \"ssh\"\naddress = \"x\"\n" + std::string(kAnsible));
  CHECK(has(own, "hosts.ini:2"));
  CHECK(has(own, "inventory.toml:1"));
}

TEST_CASE("a file that is not there, empty, foreign or wrong is an error that names the import's line") {
  const Folder folder;
  const auto missing = folder.problem(kAnsible);
  CHECK(has(missing, "hosts.ini: there is no such file"));
  CHECK(has(missing, "inventory.toml:3"));
  folder.write("hosts.ini", "# nothing\n");
  CHECK(has(folder.problem(kAnsible), "there is no host in it"));
  folder.write("hosts.ini", "#!/bin/sh\necho {}\n");
  CHECK(has(folder.problem(kAnsible), "a script, which is not run"));
  folder.write("hosts.ini", "$ANSIBLE_VAULT;1.1\n");
  CHECK(has(folder.problem(kAnsible), "encrypted"));
  folder.write("hosts.ini", "a b\n");
  const auto wrong = folder.problem(kAnsible);
  CHECK(has(wrong, "hosts.ini:1"));
  CHECK(has(wrong, "inventory.toml:3"));
  folder.write("hosts.ini", std::string(2U << 20U, '#'));
  CHECK(has(folder.problem(kAnsible), "larger than 1 MiB"));
}

TEST_CASE("an import says what it is, and no key is let pass that means nothing") {
  const Folder folder;
  folder.write("hosts.ini", "a\n");
  CHECK(has(folder.problem("[import]\nkind = \"ansible\"\n"), "imports are a list"));
  CHECK(has(folder.problem("[[import]]\nkind = \"chef\"\nfile = \"x\"\n"), ":2: unknown kind chef"));
  CHECK(has(folder.problem("[[import]]\nkind = \"ansible\"\n"), "the import has no file"));
  CHECK(has(folder.problem(std::string(kAnsible) + "look_onyl = true\n"), ":4: an import has no look_onyl"));
  CHECK(has(folder.problem(std::string(kAnsible) + "sudo = \"yes\"\n"), "sudo wants true or false"));
  CHECK(has(folder.problem(std::string(kSsh) + "ignore = [\"x\"]\n"), "ignore is for imports of the kind ansible"));
}

TEST_CASE("the Host lines of an OpenSSH configuration without patterns are hosts") {
  const auto names = parse_ssh_config_names(
      "# ours\nHost cache-1 \"cache-2\" *.lxd !bad\n  HostName 10.0.0.1\nhost=web # not this\nMatch host x\nHOST = y\n",
      "config");
  REQUIRE(names);
  std::string all;
  for (const auto& host : names->hosts) all += host.name + "@" + host.where + " ";
  CHECK(all == "cache-1@config:2 cache-2@config:2 web@config:4 y@config:6 ");
  CHECK_FALSE(parse_ssh_config_names("Host \"a\n", "config"));
  CHECK_FALSE(parse_ssh_config_names("Host\n", "config"));
  CHECK_FALSE(parse_ssh_config_names("Host \"a b\"\n", "config"));
}

TEST_CASE("what an OpenSSH configuration includes is read, and what cannot be read is said") {
  const Folder folder;
  folder.write("conf.d/one", "Host b\n");
  folder.write("conf.d/two", "Host c\n");
  fs::create_directory(folder.place.path() / "folder");
  const auto here = folder.place.path().string();
  folder.write("config", "Include " + here + "/conf.d/* " + here + "/none*\nInclude " + here +
                             "/folder\nHost a b\nInclude late\n");
  const auto inventory = folder.read(kSsh);
  REQUIRE(inventory);
  CHECK(inventory->targets().size() == 3);
  CHECK((*inventory->find("a"))->ssh_config == here + "/config");
  CHECK((*inventory->find("a"))->url == "ssh://a");
  REQUIRE(inventory->left_out().size() == 2);
  CHECK(has(inventory->left_out()[0].why, "Include below Host a"));
  CHECK(has(inventory->left_out()[1].why, "is not read"));
  folder.write("config", "Host *\n");
  CHECK(has(folder.problem(kSsh), "there is no Host in it that is no pattern"));
  folder.write("config", "Include " + here + "/config\n");
  CHECK(has(folder.problem(kSsh), "more than 16 deep"));
}
