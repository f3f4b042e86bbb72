// What we conclude from two answers of ssh, beside its answer: random configurations, and what `ssh -G` says of each of
// some hosts. Never may a host be given what ssh does not say of it. RUNBOOK_BUDGET asks for 3,000 configurations.
#include "net/ssh_configs.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "base/text.h"
#include "catch.h"
#include "net/ssh_answer.h"
#include "support/loop.h"
#include "support/program.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::net;

namespace {

using Random = std::mt19937_64;
using Words = std::vector<std::string>;

int configurations() { return std::getenv("RUNBOOK_BUDGET") == nullptr ? 60 : 3'000; }

const Words kHosts = {"web17", "web23", "web38", "cache4", "cache5", "127.0.0.1", "127.0.0.7", "10.1.2.3"};
const Words kPatterns = {"*",       "web*",      "!web17",    "web?3",       "web17",    "cache*",
                         "?ache4",  "127.*",     "!cache4",   "!127.*",      "10.1.2.?", "WEB*",
                         "nothing", "web1*",     "*7",        "web17,web23", "!*8",      "!WEB17",
                         "w*b*",    "127.0.0.1", "!10.1.2.3", "\"web23\"",   "web\\17",  "web38"};
const Words kValues = {"User ops",
                       "User web23",
                       "Port 2222",
                       "Port=22",
                       "HostName gate.lxd",
                       "HostName 127.1",
                       "HostName 127.0.0.7",
                       "HostName WEB23",
                       "HostName web38",
                       "HostName %h.lxd",
                       "HostName \"web17\"",
                       "HostKeyAlias farm",
                       "IdentityFile ~/.ssh/farm",
                       "IdentityFile /keys/%h",
                       "IdentitiesOnly yes",
                       "UserKnownHostsFile /keys/known /keys/%k",
                       "UserKnownHostsFile /keys/known",
                       "ProxyJump gate",
                       "ProxyJump web23",
                       "ProxyJump WEB38",
                       "ProxyJump none",
                       "ProxyCommand nc gate 22",
                       "ProxyCommand nc %h %p",
                       "CanonicalizeHostname yes",
                       "CanonicalizeHostname always",
                       "CanonicalDomains lxd",
                       "AddressFamily inet6",
                       "LogLevel QUIET",
                       "ControlPath /tmp/%C",
                       "SetEnv A=100%",
                       "LocalCommand echo %n",
                       "Compression yes # 10 % more",
                       "# ControlPath %C",
                       "RevokedHostKeys /keys/revoked",
                       "HashKnownHosts yes"};
const Words kMatches = {"Match all",      "Match host web23", "Match originalhost cache*", "Match exec \"true\"",
                        "Match user ops", "Match final all",  "match !host web*"};
const Words kBlanks = {"", "  ", "\t", " \t ", "", ""};
const Words kEnds = {"", "", "", " ", "\r", "\f", "\t\r"};
const Words kBetween = {" ", "=", " = ", "\t", "  "};

template <class List>
const auto& one_of(const List& list, Random& random) {
  return list[random() % list.size()];
}

std::string host_line(Random& random) {
  static const Words kKeywords = {"Host", "host", "HOST", "Host", "Host", "= Host", "\"Host\""};
  auto line = (random() % 4 != 0 ? "Host" : one_of(kKeywords, random)) + one_of(kBetween, random);
  for (auto count = 1 + random() % 3; count > 0; --count) {
    auto pattern = one_of(kPatterns, random);
    // Quoted ones are rare: they end all comparing.
    if (pattern.find_first_of("\"\\") != std::string::npos && random() % 4 != 0) pattern = "web*";
    line += pattern + " ";
  }
  return line + (random() % 30 == 0 ? "# all" : "");
}

std::string lines(Random& random, const std::string& included) {
  std::string text;
  const bool wild = random() % 2 == 0;  // tokens and the like, which leave nothing to conclude
  for (auto count = random() % 9; count > 0; --count) {
    auto line = random() % 3 == 0 ? host_line(random) : one_of(kValues, random);
    const bool odd = line.find('%') != std::string::npos || line.starts_with("Canonicalize");
    if (odd && !wild) line = "User ops";
    if (wild && random() % 20 == 0) line = one_of(kMatches, random);
    if (!included.empty() && random() % 12 == 0) line = "Include " + included;
    text += one_of(kBlanks, random) + line + one_of(kEnds, random) + "\n";
  }
  return text;
}

// All of it, as lines.
std::string told(const SshConfig& config) {
  return config.host + "\n" + std::to_string(config.port) + "\n" + config.user + "\n" + config.host_key_alias + "\n" +
         join(config.known_hosts, ",") + "\n" + config.user_known_hosts + "\n" + join(config.identity_files, ",") +
         "\n" + config.agent + "\n" + config.revoked_keys + "\n" + config.proxy_jump + "\n" + config.proxy_command +
         "\n" + std::to_string(config.hash_known_hosts) + std::to_string(config.identities_only) +
         std::to_string(config.certificates);
}

// What ssh says, of those hosts that it accepts.
std::map<std::string, SshAnswer> answers(const std::string& file) {
  std::map<std::string, SshAnswer> out;
  for (const auto& host : kHosts) {
    const auto said = test::run_program({"ssh", "-T", "-F", file, "-v", "-G", "--", host});
    if (said.status != 0) continue;
    auto answer = ssh_answer(host, said.output, said.errors);
    if (answer) out.emplace(host, std::move(*answer));
  }
  return out;
}

}  // namespace

TEST_CASE("what two answers prove of a third host is what ssh says of it") {
  const test::TempDir folder;
  const auto file = (folder.path() / "config").string();
  const auto more = (folder.path() / "more").string();
  Random random(20);
  int proven = 0;
  for (int round = 0; round < configurations(); ++round) {
    const auto text = lines(random, more);
    const auto included = lines(random, "");
    std::ofstream(file) << text;
    std::ofstream(more) << included;
    const auto said = answers(file);
    for (const auto& [first, one] : said) {
      for (const auto& [second, other] : said) {
        for (const auto& third : kHosts) {
          if (third == first || third == second) continue;
          const auto config = config_proven_by(one, other, third);
          if (!config) continue;
          ++proven;
          INFO(text << "---\n" << included << "---\n" << first << " and " << second << " for " << third);
          const auto truth = said.find(third);
          REQUIRE(truth != said.end());
          REQUIRE(told(*config) == told(truth->second.config));
        }
      }
    }
  }
  INFO(proven << " proven of " << configurations() << " configurations");
  CHECK(proven > configurations() * 10);
}

TEST_CASE("each of many hosts is given what ssh says of it alone") {
  const test::TempDir folder;
  const auto file = (folder.path() / "config").string();
  std::ofstream(file) << "Host web3 db*\n  User ops\n  Port 2222\nHost web* !web5\n  HostKeyAlias farm\nHost gate?\n"
                         "  HostName web1\nHost *\n  User dev\n";
  test::TestLoop loop;
  SshConfigs configs;
  for (const std::string name :
       {"web1",  "web2", "web3",  "web4",  "web5",  "web6",  "web7",     "db1",      "db2",
        "db3",   "db4",  "gate1", "gate2", "gate3", "Web1",  "10.0.0.1", "10.0.0.2", "10.0.0.3",
        "127.1", "web1", "mail1", "mail2", "mail3", "mail4", "::1"}) {
    INFO(name);
    const SshAddress address{.name = name, .config_file = file};
    const auto config = loop.run(configs.of(loop.loop(), address));
    const auto truth = loop.run(read_ssh_config(loop.loop(), address));
    REQUIRE(config);
    REQUIRE(truth);
    CHECK(told(*config) == told(*truth));
  }
}

TEST_CASE("a configuration that is not sound is told in ssh's own words for each host") {
  const test::TempDir folder;
  const auto file = (folder.path() / "config").string();
  std::ofstream(file) << "Host web*\n  Prot 22\n";
  test::TestLoop loop;
  SshConfigs configs;
  for (const std::string name : {"web1", "web2", "web3"}) {
    const auto config = loop.run(configs.of(loop.loop(), {.name = name, .config_file = file}));
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Code::kConfig);
    CHECK(config.error().message.find("for " + name) != std::string::npos);
  }
}
