// Lines for hosts, given to the shells that read them there. RUNBOOK_BUDGET asks for the 100,000 commands of a long
// run.
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "base/remote_command.h"
#include "base/text.h"
#include "catch.h"
#include "support/program.h"
#include "support/temp_dir.h"

using namespace runbook;
using Argv = std::vector<std::string>;

namespace {

using Random = std::mt19937_64;

const std::vector<Argv> kShells = {{"dash"}, {"bash"}, {"busybox", "sh"}, {"zsh"}};

std::size_t commands_to_try() { return std::getenv("RUNBOOK_BUDGET") == nullptr ? 4'000 : 100'000; }

test::Ended run_in(const Argv& shell, const std::string& line, const std::string& locale = "C.UTF-8") {
  auto argv = shell;
  argv.insert(argv.end(), {"-c", line});
  return test::run_program(argv, {"LC_ALL=" + locale});
}

// Bytes, and what means something to a shell more often than chance would have it.
std::string random_word(Random& random) {
  static const std::string kTelling = "'\"\\!$`\n\r\t *?[]{}()<>|&;#~=%^-\x7f\x80\x81\x82\x83\x88\xe3\xff";
  std::string word;
  for (auto size = random() % 12; size > 0; --size) {
    const auto kind = random() % 3;
    const char byte = kind == 0   ? static_cast<char>(1 + random() % 255)
                      : kind == 1 ? kTelling[random() % kTelling.size()]
                                  : static_cast<char>('a' + random() % 26);
    word += byte;
  }
  return word;
}

Argv random_argv(Random& random) {
  Argv argv(1 + random() % 6);
  for (auto& word : argv) word = random_word(random);
  return argv;
}

}  // namespace

TEST_CASE("what is quoted for a host comes out of each shell as it went in, byte for byte") {
  for (const auto& shell : kShells) {
    for (const std::string locale : {"C", "C.UTF-8"}) {
      Random random(1);
      for (std::size_t tried = 0; tried < commands_to_try();) {
        std::string script = "nl=$('printf' '\\n.') && nl=${nl%.}\n";
        std::string wanted;
        for (; script.size() < 100'000 && tried < commands_to_try(); ++tried) {
          const auto argv = random_argv(random);
          script += "'printf' '%s\\0' " + *quoted(argv) + "\n";
          for (const auto& word : argv) wanted += word + '\0';
        }
        const auto ended = run_in(shell, script, locale);
        INFO(shell[0] << ' ' << locale << ": " << escaped(ended.errors, 300));
        CHECK(ended.status == 0);
        REQUIRE(ended.output == wanted);
      }
    }
  }
}

TEST_CASE("a line begins exactly its command, in its place, as the process that its opening names") {
  const test::TempDir folder;
  Random random(2);
  for (const auto& shell : kShells) {
    for (int i = 0; i < 50; ++i) {
      auto argv = random_argv(random);
      argv.insert(argv.begin(), {"/usr/bin/printf", "%s\\0"});
      const auto line = *remote_line({.argv = argv, .directory = i % 2 == 0 ? "" : folder.path().string()});
      const auto ended = run_in(shell, line);
      INFO(shell[0] << ": " << escaped(ended.errors, 300));
      const auto opening = read_opening(ended.output);
      REQUIRE(opening);
      REQUIRE(*opening);
      std::string wanted;
      for (std::size_t word = 2; word < argv.size(); ++word) wanted += argv[word] + '\0';
      CHECK(ended.output.substr((*opening)->size) == wanted);
      CHECK(ended.status == 0);
    }
    const auto who = run_in(shell, *remote_line({.argv = {"sh", "-c", "echo $$; pwd"}, .directory = "/usr/share"}));
    const auto opening = *read_opening(who.output);
    REQUIRE(opening);
    CHECK(who.output.substr(opening->size) == std::to_string(opening->process) + "\n/usr/share\n");
  }
}

TEST_CASE("variables reach the command, and its exit code comes back") {
  for (const auto& shell : kShells) {
    const auto argv = *in_environment({{"A", "it's\n!"}}, {"sh", "-c", "printf %s \"$A\"; exit 7"});
    const auto ended = run_in(shell, *remote_line({.argv = argv}));
    const auto opening = *read_opening(ended.output);
    REQUIRE(opening);
    CHECK(ended.output.substr(opening->size) == "it's\n!");
    CHECK(ended.status == 7);
  }
}

TEST_CASE("where the directory is missing nothing is begun, and that is said") {
  for (const auto& shell : kShells) {
    const auto ended = run_in(shell, *remote_line({.argv = {"echo", "done"}, .directory = "/nowhere"}));
    const auto opening = read_opening(ended.output);
    REQUIRE(opening);
    CHECK_FALSE(*opening);
    CHECK(ended.output.find("done") == std::string::npos);
    CHECK(never_begun(ended.output, ended.errors).message.find("/nowhere") != std::string::npos);
  }
}

TEST_CASE("a csh or fish login shell runs nothing of what it is sent, and is told") {
  const test::TempDir folder;
  const auto proof = (folder.path() / "proof").string();
  Random random(3);
  for (const auto& shell : std::vector<Argv>{{"csh"}, {"tcsh"}, {"fish"}}) {
    const auto refused = run_in(shell, *remote_line({.argv = {"touch", proof}}));
    const auto opening = read_opening(refused.output);
    INFO(shell[0]);
    if (shell[0] == "fish") {
      CHECK((opening && !*opening));
      CHECK(never_begun(refused.output, refused.errors).message.find("fish") != std::string::npos);
    } else {
      REQUIRE_FALSE(opening);
      CHECK(opening.error().message.starts_with("the login shell there is no POSIX shell"));
    }
    for (int i = 0; i < 300; ++i) {
      static const std::vector<std::string> kTricks = {"\n", "!", "!!", "!#",  "\\",  "'", "\\'",  ";",  "\"",
                                                       "!$", "`", "$(", "!-1", "!:0", "^", "\\\n", "!{", "&&"};
      std::string word;
      for (auto pieces = 1 + random() % 6; pieces > 0; --pieces) {
        word += kTricks[random() % kTricks.size()];
        if (random() % 3 == 0) word += "touch " + proof;
      }
      const RemoteCommand command{.argv = {"touch", word + "\ntouch " + proof + "\n", proof}, .directory = "/" + word};
      run_in(shell, *remote_line(command));
    }
    CHECK(access(proof.c_str(), F_OK) != 0);
  }
}

TEST_CASE("a command is ended with all that it began, by its process group") {
  for (const auto& shell : kShells) {
    for (const auto signal : {EndSignal::kTerm, EndSignal::kKill}) {
      auto argv = shell;
      argv.insert(argv.end(), {"-c", *remote_line({.argv = {"sh", "-c", "sleep 600 & sleep 600 & echo all; wait"}})});
      test::Program program(argv);
      const auto opening = *read_opening(program.read_until("all\n"));
      REQUIRE(opening);
      REQUIRE(opening->process == static_cast<std::uint64_t>(program.pid()));
      const auto killed = run_in(shell, remote_kill_line({.process = opening->process, .signal = signal}));
      INFO(shell[0] << ": " << escaped(killed.errors, 300));
      CHECK(killed.status == 0);
      CHECK(program.finish().status == -1);  // comes back when the last one that holds its output is gone
    }
  }
}
