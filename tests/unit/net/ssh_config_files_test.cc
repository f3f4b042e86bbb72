#include "net/ssh_config_files.h"

#include "catch.h"

using runbook::net::SshConfigFiles;

namespace {

SshConfigFiles files(std::string_view text) {
  SshConfigFiles out;
  out.add(text);
  return out;
}

bool alike(std::string_view text, std::string_view one, std::string_view other) {
  const auto both = files(text);
  return !both.shape(one).empty() && both.shape(one) == both.shape(other);
}

}  // namespace

TEST_CASE("names are alike that are like the same patterns") {
  const std::string text =
      "Host web* !web1\n  User www\nHost=db? cache\n\tPort 2222\nHost *\n  IdentityFile ~/.ssh/id\n";
  CHECK(alike(text, "web2", "web3"));
  CHECK_FALSE(alike(text, "web1", "web2"));
  CHECK_FALSE(alike(text, "web2", "mail"));
  CHECK(alike(text, "db1", "db2"));
  CHECK_FALSE(alike(text, "db1", "db22"));
  CHECK_FALSE(alike(text, "db1", "cache"));
  CHECK(alike("", "a", "b"));
}

TEST_CASE("names are compared only where nothing else could tell them apart") {
  for (const auto* line :
       {"Match all", "match exec \"true\"", "  MATCH\thost a", "ControlPath ~/.ssh/%C", "UserKnownHostsFile ~/hosts/%h",
        "IdentityAgent /run/%n", "HostName %h.lxd", "Host \"a b\"", "Host a\\b", "\"Match\" all", "Host a #b",
        "=Match all", " = Host a", "Include /etc/%h", "Host a\vb", "Host\ra", "Host\fa"}) {
    INFO(line);
    CHECK_FALSE(files(std::string("User ops\n") + line + "\nPort 22\n").comparable());
    CHECK_FALSE(alike(std::string(line) + "\r\n", "a1", "a2"));
  }
  CHECK_FALSE(files(std::string_view("Host a\0b", 8)).comparable());
  CHECK(files("# Match all\n   #ControlPath %C\n\nHost *\r\n").comparable());
}

TEST_CASE("a name that ssh may take for something else is like no other") {
  for (const auto* name : {"", "A", "Web1", "1a", "0x7f000001", "127.1", "127.0.0.01", "256.0.0.1", "1.2.3.4.5", "::1",
                           "[::1]", "a,b", "a b", "user@a", "-a", "a%b", "\xc3\xa4"}) {
    INFO(name);
    CHECK(files("Host *\n").shape(name).empty());
  }
  CHECK(alike("Host *\n", "10.0.0.7", "192.168.0.1"));
  CHECK_FALSE(alike("Host *\n", "10.0.0.7", "cache"));
}
