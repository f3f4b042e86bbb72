#include "guard/readonly_commands.h"

#include <fstream>
#include <map>

#include "catch.h"
#include "guard/never_read.h"
#include "run/toml.h"

using namespace runbook;
using Argv = std::vector<std::string>;

namespace {

guard::ReadOnlyCommands shipped() {
  const auto document = run::parse_toml(guard::shipped_readonly_commands(), "readonly_commands.toml");
  REQUIRE(document);
  guard::ReadOnlyCommands commands;
  const auto added = commands.add(document->root, "readonly_commands.toml");
  INFO((added ? "" : added.error().text()));
  REQUIRE(added);
  return commands;
}

Result<> add(guard::ReadOnlyCommands& commands, std::string_view toml) {
  const auto document = run::parse_toml(toml, "runbook.toml");
  REQUIRE(document);
  return commands.add(document->root, "runbook.toml");
}

struct Sample {
  bool passes;
  std::string rule, line;
  Argv argv;
};

// Words between blanks, one with blanks in it between '…'.
Argv words_of(const std::string& line) {
  Argv words;
  std::string word;
  bool quoted = false;
  bool any = false;
  for (const char c : line + " ") {
    if (c == '\'') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(std::exchange(word, ""));
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  return words;
}

Argv bare(Argv argv) {
  argv[0] = argv[0].substr(argv[0].rfind('/') + 1);
  return argv;
}

std::vector<Sample> samples() {
  std::ifstream file(READONLY_SAMPLES);
  REQUIRE(file.good());
  std::vector<Sample> out;
  std::string rule;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('[')) rule = line.substr(1, line.size() - 2);
    if (!line.starts_with("+ ") && !line.starts_with("- ")) continue;
    out.push_back({line[0] == '+', rule, line, words_of(line.substr(2))});
  }
  return out;
}

}  // namespace

TEST_CASE("of the listed samples just those pass that look, each by the rule it stands under") {
  const auto commands = shipped();
  for (const auto& [passes, rule, line, argv] : samples()) {
    INFO('[' << rule << "] " << line);
    const auto allowed = commands.allow(argv);
    CHECK(allowed.has_value() == passes);
    if (allowed) CHECK(*allowed == rule + " (readonly_commands.toml)");
    if (!allowed) CHECK(allowed.error().code == Code::kRefused);
  }
}

TEST_CASE("every rule has samples that pass and samples that do not") {
  std::map<std::string, int> passing;
  std::map<std::string, int> refused;
  for (const auto& sample : samples()) ++(sample.passes ? passing : refused)[sample.rule];
  const auto commands = shipped();
  for (const auto& rule : commands.rules()) {
    INFO(rule.name);
    CHECK(passing[rule.name] > 0);
    CHECK(refused[rule.name] > 0);
  }
}

TEST_CASE("every form of every rule is taken by a sample that passes") {
  const auto commands = shipped();
  const auto all = samples();
  for (const auto& rule : commands.rules()) {
    for (std::size_t i = 0; i < rule.forms.size(); ++i) {
      auto alone = rule;
      alone.forms = {rule.forms[i]};
      INFO(rule.name << ": " << rule.usage[i]);
      CHECK(std::any_of(all.begin(), all.end(), [&](const Sample& each) {
        return each.passes && each.rule == rule.name && !alone.stopped_at(bare(each.argv), commands.kinds());
      }));
    }
  }
}

TEST_CASE("what a reader must take care of passes, and is told from what a playbook may ask") {
  auto commands = shipped();
  CHECK(commands.reserves(Argv{"cat", "/srv/shop/.env"}));
  CHECK(commands.reserves(Argv{"/bin/cat", "/etc/default/redis"}));
  CHECK_FALSE(commands.reserves(Argv{"cat", "/etc/hosts"}));
  CHECK_FALSE(commands.reserves(Argv{"cat", "/etc/shadow"}));
  CHECK_FALSE(commands.reserves(Argv{}));
  REQUIRE(add(commands, "[commands.mine]\nforms = [\"cat MINE\"]\n[kinds.MINE]\npaths = [\"/srv/shop/.env\"]\n"));
  CHECK_FALSE(commands.reserves(Argv{"cat", "/srv/shop/.env"}));
}

TEST_CASE("a refusal names the word that stops the nearest rule, and how the rule is written") {
  const auto commands = shipped();
  const auto said = [&](const Argv& argv) { return commands.allow(argv).error().text(); };
  CHECK(said({"df", "--sync"}) ==
        "df: --sync does not pass as a look (the rule df (readonly_commands.toml) lets pass: df OPTIONS PATH*)");
  CHECK(said({"sytemctl", "status"}) ==
        "sytemctl is not on the list of commands that only look (did you mean systemctl?)");
  CHECK(said({"du"}) ==
        "du: a word is missing behind du (the rule du (readonly_commands.toml) lets pass: du OPTIONS PATH+)");
  CHECK(said({"sh", "-c", "x"}) ==
        "sh is never a look, whatever a rule says: it runs, sends or writes what it is told (make it a change)");
  CHECK(said({"/opt/x\x1b[2J"}).find('\x1b') == std::string::npos);
  CHECK(said({}) == "a command needs a program");
}

TEST_CASE("a site adds commands and kinds, and replaces none") {
  auto commands = shipped();
  REQUIRE(add(commands,
              "[commands.shop-status]\nforms = [\"shop-status OPTIONS SHOP\"]\nflags = \"-v\"\n[kinds.SHOP]\nchars = "
              "\"a-z\"\n"));
  CHECK(*commands.allow(Argv{"shop-status", "-v", "berlin"}) == "shop-status (runbook.toml)");
  CHECK_FALSE(commands.allow(Argv{"shop-status", "Berlin"}));
  CHECK(add(commands, "[commands.df]\nforms = [\"df x\"]\n").error().where == "commands.df");
  CHECK(add(commands, "[kinds.PATH]\nchars = \"a\"\n").error().where == "kinds.PATH");
}

TEST_CASE("no rule of a site makes a program pass that runs what it is told") {
  auto commands = shipped();
  REQUIRE(
      add(commands,
          "[kinds.ANY]\nchars = \"a-z\"\n[commands.shells]\nforms = [\"sh|env|python3.11|sudo|mkfs.ext4 ANY*\"]\n"));
  for (const auto* program : {"sh", "env", "python3.11", "sudo", "mkfs.ext4", "/bin/sh"})
    CHECK_FALSE(commands.allow(Argv{program, "x"}));
  for (const auto& rule : commands.rules()) {
    if (rule.name == "shells") continue;
    for (const auto& form : rule.forms) {
      for (const auto& program : form[0].words) CHECK_FALSE(guard::is_never_read(program));
    }
  }
}

TEST_CASE("a rule that says less than it seems to is refused, with the place") {
  const auto refused = [](std::string_view toml) {
    auto commands = shipped();
    const auto added = add(commands, toml);
    REQUIRE_FALSE(added);
    CHECK(added.error().code == Code::kConfig);
    return added.error().where + ": " + added.error().message;
  };
  CHECK(refused("[commands.x]\nforms = [\"x OPTIONS WORLD\"]\n") == "commands.x.forms: there is no kind WORLD");
  CHECK(refused("[commands.x]\nforms = []\n") ==
        "commands.x.forms: a command wants forms, such as [\"df OPTIONS PATH*\"]");
  CHECK(refused("[commands.x]\nforms = [\"x PATH* NAME\"]\n") ==
        "commands.x.forms: in a form only the last word may be of any number: x PATH* NAME");
  CHECK(refused("[commands.x]\nforms = [\"/bin/x\"]\n") ==
        "commands.x.forms: a program is named without its folder: /bin/x");
  CHECK(refused("[commands.x]\nforms = [\"NAME\"]\n") == "commands.x.forms: a form begins with its program: NAME");
  CHECK(refused("[commands.x]\nforms = [\"x\"]\nflags = \"-noout\"\n") ==
        "commands.x.flags: -noout is neither a short option nor a long one");
  CHECK(refused("[commands.x]\nforms = [\"x\"]\nflags = \"-a -a\"\n") == "commands.x.flags: -a stands there twice");
  CHECK(refused("[commands.x]\nforms = [\"x\"]\nflag = \"-a\"\n") == "commands.x.flag: a command has no key flag");
  CHECK(refused("[commands.x]\nforms = [\"x\"]\nvalues = { \"-a\" = \"NUMBR\" }\n") ==
        "commands.x.values.-a: there is no kind NUMBR");
  CHECK(refused("[kinds.X]\nchars = \"a\"\npaths = [\"/x\"]\n") ==
        "kinds.X: a kind says one of chars, one_of, paths and redis");
  CHECK(refused("[kinds.X]\nchar = \"a\"\n") == "kinds.X.char: a kind has no key char, did you mean chars?");
}
