// Commands and rules of any bytes: what the list lets pass it lets pass by one rule that stays, and no command passes
// by having words in it that no terminal and no program reads in one way only.
#include <algorithm>

#include "base/text.h"
#include "driver.h"
#include "guard/never_read.h"
#include "guard/readonly_commands.h"
#include "run/toml.h"

namespace {

using namespace runbook;

const guard::ReadOnlyCommands& shipped() {
  static const auto kCommands = [] {
    guard::ReadOnlyCommands commands;
    const auto document = run::parse_toml(guard::shipped_readonly_commands(), "readonly_commands.toml");
    if (!document || !commands.add(document->root, "readonly_commands.toml")) std::abort();
    return commands;
  }();
  return kCommands;
}

void check_command(std::string_view bytes) {
  std::vector<std::string> argv;
  for (const auto word : split(bytes, ' ')) argv.emplace_back(word);
  const auto allowed = shipped().allow(argv);
  if (!allowed) return;
  for (const auto& word : argv) {
    if (escaped(word) != word) std::abort();
  }
  const auto program = argv[0].substr(argv[0].rfind('/') + 1);
  if (guard::is_never_read(program)) std::abort();
  // A word behind the last one is an option, an argument of the rule or refused; a shell's word is always refused.
  for (const std::string more :
       {"--rotate", "-delete", "/etc/shadow", "../../x", "/dev/sda", "-K", "--files0-from=/x"}) {
    auto longer = argv;
    longer.push_back(more);
    if (more == "-delete" && program != "find") continue;  // date -delete is date -d elete
    const bool text = program == "grep" || program == "pgrep" || program == "redis-cli";
    if (more != "/dev/sda" && more != "/etc/shadow" && !text && shipped().allow(longer)) std::abort();
  }
}

// A site's rules: they are read or refused, and what they let pass is of their own program.
void check_rules(std::string_view bytes) {
  const auto document = run::parse_toml(bytes, "runbook.toml");
  if (!document) return;
  guard::ReadOnlyCommands commands;
  if (!commands.add(document->root, "runbook.toml")) return;
  for (const auto& rule : commands.rules()) {
    for (const auto& form : rule.forms) {
      std::vector<std::string> argv;
      for (const auto& part : form) argv.push_back(part.words.empty() ? "a" : part.words[0]);
      if (commands.allow(argv) && guard::is_never_read(argv[0])) std::abort();
    }
  }
}

void try_bytes(std::string_view bytes) {
  check_command(bytes);
  check_rules(bytes);
}

const std::vector<std::string> kCorpus = {
    "df -hT /var",
    "journalctl -kr -n5 --since=-1h -u nginx",
    "find /var -name x ! -mtime +7 -print",
    "tail -qn +5 /var/log/syslog /var/log/auth.log",
    "/usr/bin/ss -tan state established sport = :22",
    "redis-cli -p 6390 CONFIG GET maxmemory",
    "kubectl get pods,nodes -A -o wide",
    "systemctl show -p ActiveState,SubState nginx",
    "[commands.x]\nforms = [\"x OPTIONS y|z NAME*\"]\nflags = \"-a --all\"\nvalues = { \"-n --lines\" = \"NAME?\" }\n"
    "[kinds.NAME]\nchars = \"a-z0-9_-\"\nstarts = \"a-z\"\nlist = true\nlongest = 9\n",
    "[kinds]\nP = { paths = [\"/**\"], never = [\"**/*.key\"] }\nR = { redis = true }\n[commands]\n"
    "x = { forms = [\"x P\", \"x R\"], bundle = false }\n"};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, try_bytes); }
