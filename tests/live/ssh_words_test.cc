// What we say of hosts and to hosts, beside the real ssh and a real sshd.
#include <fstream>

#include "base/hash.h"
#include "base/remote_command.h"
#include "base/text.h"
#include "catch.h"
#include "guard/known_hosts.h"
#include "support/sshd.h"

using namespace runbook;
using Kind = guard::HostKeyVerdict::Kind;

namespace {

Kind judged_by_ssh(const test::Ended& ended) {
  if (ended.errors.find("REVOKED HOST KEY") != std::string::npos) return Kind::kRevoked;
  if (ended.errors.find("HOST IDENTIFICATION HAS CHANGED") != std::string::npos) return Kind::kChanged;
  if (ended.errors.find("host key is known for") != std::string::npos) return Kind::kUnknown;
  REQUIRE(ended.status == 0);
  return Kind::kKnown;
}

std::string hashed(const std::string& name) {
  const std::string salt = "twenty bytes of salt";
  return "|1|" + to_base64(salt) + "|" + to_base64(hmac_sha1(salt, name));
}

}  // namespace

TEST_CASE("of a host's key we say what ssh says when it connects") {
  const test::Sshd sshd;
  const auto key = sshd.host_key();
  const auto other = sshd.public_key("user");
  const auto blob = *from_base64(key.substr(key.find(' ') + 1));
  const auto here = "[127.0.0.1]:" + std::to_string(sshd.port());
  const auto file = sshd.path("known_hosts");
  const std::vector<std::string> texts = {"",
                                          here + " " + key + "\n",
                                          "127.0.0.1 " + key + "\n",
                                          here + " " + other + "\n",
                                          "127.0.0.1 " + other + "\n",
                                          "* " + key + "\n",
                                          "*,!" + here + " " + key + "\n",
                                          "*,!127.0.0.1 " + key + "\n",
                                          hashed(here) + " " + key + "\n",
                                          hashed("127.0.0.1") + " " + key + "\n",
                                          hashed(here) + " " + other + "\n",
                                          here + " " + other + "\n" + here + " " + key + "\n",
                                          "127.0.0.1 " + key + "\n" + here + " " + other + "\n",
                                          "@revoked * " + key + "\n" + here + " " + key + "\n",
                                          here + " " + key + "\n@revoked " + here + " " + key + "\n",
                                          here + " " + key + "\n@revoked * " + other + "\n",
                                          here + " " + key + "\n@revoked elsewhere " + key + "\n",
                                          "@revoked " + hashed(here) + " " + key + "\n" + here + " " + key + "\n",
                                          "@cert-authority * " + key + "\n",
                                          "@cert-authority * " + other + "\n" + here + " " + key + "\n",
                                          "# " + here + " " + key + "\n",
                                          "  " + here + "\t" + key + " a comment\r\n",
                                          here + " ssh-rsa " + key.substr(key.find(' ') + 1) + "\n",
                                          here + " " + key.substr(0, key.size() - 4) + "%%%%\n",
                                          "@other " + here + " " + key + "\n"};
  for (const auto& text : texts) {
    std::ofstream(file) << text;
    guard::KnownHosts ours;
    ours.add(file, text);
    INFO(text);
    const auto ssh = sshd.ssh("127.0.0.1", {"UserKnownHostsFile=" + file}, "true");
    CHECK(ours.judge("127.0.0.1", sshd.port(), blob).kind == judged_by_ssh(ssh));
  }
}

TEST_CASE("a host is looked up by its HostKeyAlias as ssh does, without regard to case and without a port") {
  const test::Sshd sshd;
  const auto key = sshd.host_key();
  const auto blob = *from_base64(key.substr(key.find(' ') + 1));
  const auto file = sshd.path("known_hosts");
  for (const auto& names :
       std::vector<std::string>{"cache.lxd", "Cache.LXD", "*.lxd", "[cache.lxd]:" + std::to_string(sshd.port())}) {
    std::ofstream(file) << names << ' ' << key << '\n';
    guard::KnownHosts ours;
    ours.add(file, names + " " + key + "\n");
    INFO(names);
    const auto ssh = sshd.ssh("127.0.0.1", {"UserKnownHostsFile=" + file, "HostKeyAlias=cache.lxd"}, "true");
    CHECK(ours.judge("cache.lxd", 22, blob).kind == judged_by_ssh(ssh));
  }
}

TEST_CASE("sshd makes a command the leader of a process group, which is the process that its opening names") {
  const test::Sshd sshd;
  const auto file = sshd.path("known_hosts");
  std::ofstream(file) << "* " << sshd.host_key() << '\n';
  const std::vector<std::string> argv = {"sh", "-c", "cut -d' ' -f5 /proc/$$/stat; printf '%s' \"$1\"", "sh",
                                         "it's\n!"};
  const auto ended = sshd.ssh("127.0.0.1", {"UserKnownHostsFile=" + file}, *remote_line({.argv = argv}));
  const auto opening = *read_opening(ended.output);
  REQUIRE(opening);
  CHECK(ended.output.substr(opening->size) == std::to_string(opening->process) + "\nit's\n!");
}
