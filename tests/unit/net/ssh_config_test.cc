#include "net/ssh_config.h"

#include "catch.h"

using runbook::Code;
using runbook::net::parse_ssh_config;
using runbook::net::ssh_words;
using runbook::net::SshSurroundings;

namespace {

const SshSurroundings kHere{.home = "/home/ops", .local_user = "ops", .agent = "/run/agent.1"};

}  // namespace

TEST_CASE("what ssh -G prints becomes where a host is, who we are to it and how it is known") {
  const auto config = parse_ssh_config(
      "host cache\nuser root\nhostname 10.0.0.7\nport 2222\nidentitiesonly yes\nidentityfile ~/.ssh/id_ed25519\n"
      "identityfile /keys/with a blank\nidentityfile %d/%r@%h:%p%%\nidentityfile ~/.ssh/%j\n"
      "userknownhostsfile /home/ops/.ssh/known_hosts relative\nglobalknownhostsfile /etc/ssh/ssh_known_hosts\n",
      kHere);
  REQUIRE(config);
  CHECK(config->host == "10.0.0.7");
  CHECK(config->port == 2222);
  CHECK(config->user == "root");
  CHECK(config->identities_only);
  CHECK(config->agent == "/run/agent.1");
  // A token whose meaning we do not know makes a name that we do not know.
  CHECK(config->identity_files ==
        std::vector<std::string>{"/home/ops/.ssh/id_ed25519", "/keys/with a blank", "/home/ops/root@10.0.0.7:2222%"});
  CHECK(config->known_hosts == std::vector<std::string>{"/home/ops/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"});
  CHECK_FALSE(config->proxied());
}

TEST_CASE("an alias for a host's key stands without a port") {
  const auto config = parse_ssh_config("hostname a\nuser b\nport 2222\nhostkeyalias cache\n", kHere);
  REQUIRE(config);
  CHECK(config->key_name() == "cache");
  CHECK(config->key_port() == 22);
}

TEST_CASE("an agent is the one that is named, or none") {
  const auto agent = [](const std::string& line) {
    return parse_ssh_config("hostname a\nuser b\nport 22\n" + line, kHere)->agent;
  };
  CHECK(agent("identityagent none\n").empty());
  CHECK(agent("identityagent SSH_AUTH_SOCK\n") == "/run/agent.1");
  CHECK(agent("identityagent ~/agent\n") == "/home/ops/agent");
  CHECK(agent("identityagent $RUNBOOK_TEST_NO_SUCH_VARIABLE\n").empty());
}

TEST_CASE("a host behind another is told as such, and none is not another") {
  const std::string place = "hostname a\nuser b\nport 22\n";
  CHECK(parse_ssh_config(place + "proxyjump jump\n", kHere)->proxied());
  CHECK(parse_ssh_config(place + "proxycommand nc %h %p\n", kHere)->proxied());
  CHECK_FALSE(parse_ssh_config(place + "proxycommand none\n", kHere)->proxied());
}

TEST_CASE("new hosts go to the first of the user's files, when the list can be told apart") {
  const auto first = [](const std::string& line) {
    return parse_ssh_config("hostname a\nuser b\nport 22\n" + line, kHere)->user_known_hosts;
  };
  CHECK(first("userknownhostsfile /home/ops/.ssh/known_hosts /home/ops/.ssh/known_hosts2\n") ==
        "/home/ops/.ssh/known_hosts");
  CHECK(first("userknownhostsfile ~/hosts\n") == "/home/ops/hosts");
  CHECK(first("userknownhostsfile /a folder/known_hosts\n").empty());
  CHECK(first("userknownhostsfile none\n").empty());
  CHECK(first("userknownhostsfile /hosts/%Z /hosts/b\n").empty());
  CHECK(first("").empty());
}

TEST_CASE("what stands between is named without the words of its program") {
  const std::string place = "hostname a\nuser b\nport 22\n";
  CHECK(parse_ssh_config(place + "proxyjump one,two\n", kHere)->way() == "one,two");
  CHECK(parse_ssh_config(place + "proxycommand connect --password 1234 %h %p\n", kHere)->way() == "connect");
  CHECK(parse_ssh_config(place, kHere)->way().empty());
}

TEST_CASE("a person is told the words that ssh takes for the same host") {
  CHECK(runbook::net::ssh_by_hand({.name = "cache", .user = "ops", .port = 2222, .config_file = "/my config"}) ==
        "ssh -F '/my config' -l ops -p 2222 cache");
  CHECK(runbook::net::enrolling_by_hand({.name = "cache", .target = "cache-host"}) == "runbook host enroll cache-host");
}

TEST_CASE("what names no host, user and port is no configuration") {
  for (const auto* text : {"", "hostname a\nuser b\n", "hostname a\nuser b\nport 0\n",
                           "hostname a\nuser b\nport 65536\n", "hostname a\nuser b\nport 22x\n", "user b\nport 22\n"})
    CHECK(parse_ssh_config(text, kHere).error().code == Code::kProtocol);
}

TEST_CASE("ssh is never given a name or a user that it would take for an option") {
  CHECK(ssh_words({.name = "-oProxyCommand=id"}).error().code == Code::kUsage);
  CHECK(ssh_words({.name = "a", .user = "-v"}).error().code == Code::kUsage);
  CHECK(ssh_words({.name = "a b"}).error().code == Code::kUsage);
  CHECK(ssh_words({.name = ""}).error().code == Code::kUsage);
  const auto words = ssh_words({.name = "cache", .user = "ops", .port = 2222, .config_file = "/c"});
  CHECK(words.value() == std::vector<std::string>{"ssh", "-T", "-F", "/c", "-l", "ops", "-p", "2222"});
}
