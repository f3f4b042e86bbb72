#include "base/remote_command.h"

#include "catch.h"

using namespace runbook;
using Argv = std::vector<std::string>;

TEST_CASE("each word is quoted, and read back as it was") {
  CHECK(*quoted({"echo", "it's", "50 %!", "", "a\nb"}) == R"('echo' 'it'\''s' '50 %'\!'' '' 'a'"$nl"'b')");
  for (const Argv& argv :
       {Argv{""}, {"a", ""}, {"'", "''", "\\'", "'\\''"}, {"!", "\\!"}, {"\n"}, {"\xff\x01 $(x) `y` \\"}})
    CHECK(*unquoted(*quoted(argv)) == argv);
}

TEST_CASE("what holds a NUL, and no words at all, cannot be quoted") {
  CHECK(quoted({std::string("a\0b", 3)}).error().code == Code::kUsage);
  CHECK(quoted({}).error().code == Code::kUsage);
}

TEST_CASE("only what quoting makes is read back") {
  for (const std::string text : {"",       "a",        "'a' ",        " 'a'",       "'a'  'b'", "'a''b'",      "'a",
                                 "a'b'",   "'a'\\''",  "'a'\\\\''b'", "\"a\"",      "'a';'b'",  "'a' 'b' # c", "'a!'",
                                 "'a\nb'", "'a'\n'b'", "'a'\"$nl\"",  "'a' && 'b'", "$nl",      "'a'\\!b"}) {
    INFO(text);
    CHECK_FALSE(unquoted(text));
  }
  CHECK_FALSE(unquoted(std::string_view("'a\0'", 4)));
}

TEST_CASE("the line of a command is one template, and is read back by it") {
  const RemoteCommand plain{.argv = {"systemctl", "status", "nginx"}};
  CHECK(*remote_line(plain) == R"('printf' '%s %s\n' "runbook $$" '\\\!' && 'test' '\\\!' '=' \\\\\\\! && )"
                               R"('printf' 'runbook starts\n' && 'exec' 'systemctl' 'status' 'nginx')");
  const RemoteCommand elsewhere{.argv = {"ls", "a\nb"}, .directory = "/srv/it's"};
  CHECK(
      *remote_line(elsewhere) ==
      R"('printf' '%s %s\n' "runbook $$" '\\\!' && 'test' '\\\!' '=' \\\\\\\! && nl=$('printf' '\n.') && nl=${nl%.} && )"
      R"('cd' '/srv/it'\''s' && 'printf' 'runbook starts\n' && 'exec' 'ls' 'a'"$nl"'b')");
  for (const auto& command : {plain, elsewhere}) CHECK(*parse_remote_line(*remote_line(command)) == command);
}

TEST_CASE("a line that is not what the template makes is no line") {
  const auto line = *remote_line({.argv = {"ls", "/tmp"}, .directory = "/srv"});
  CHECK(parse_remote_line(line));
  for (std::size_t at = 0; at < line.size(); ++at) {
    auto other = line;
    other.erase(at, 1);
    if (const auto command = parse_remote_line(other)) CHECK(*remote_line(*command) == other);
    other = line;
    other.insert(at, "; rm -rf /");
    if (const auto command = parse_remote_line(other)) CHECK(*remote_line(*command) == other);
  }
  for (const std::string& other :
       {line + "; 'rm'", line + " && 'rm'", line + "\n'rm'", line + " ", std::string("'ls'"), std::string()})
    CHECK_FALSE(parse_remote_line(other));
}

TEST_CASE("no line is made for what exec, env or sudo would read as their own") {
  for (const Argv& argv : {Argv{}, {""}, {"-a"}, {"A=b"}, {"cd"}}) {
    CHECK(remote_line({.argv = argv}).error().code == Code::kUsage);
    CHECK_FALSE(in_environment({{"A", "b"}}, argv));
  }
  CHECK_FALSE(remote_line({.argv = {"ls"}, .directory = "srv"}));
  CHECK(remote_line({.argv = {"echo", std::string(kLongestLine, 'a')}}).error().code == Code::kLimit);
}

TEST_CASE("variables and sudo are words in front of the command") {
  const auto words = in_environment({{"LC_ALL", "C"}, {"A", "b c"}}, {"ls"});
  CHECK(by_sudo(*words) == Argv{"sudo", "-n", "--", "env", "--", "A=b c", "LC_ALL=C", "ls"});
  CHECK(*in_environment({}, {"ls"}) == Argv{"ls"});
  for (const std::string name : {"", "1A", "A-B", "A=B", "-u"}) CHECK_FALSE(in_environment({{name, "x"}}, {"ls"}));
}

TEST_CASE("a command is ended by its process group, and by no other line") {
  const RemoteKill kill{.process = 4711, .signal = EndSignal::kTerm};
  const RemoteKill hard{.process = 4711, .signal = EndSignal::kKill, .sudo = true};
  const std::string by_shell = R"~('test' "$('command' '-v' 'kill')" '=' 'kill' && 'kill' )~";
  CHECK(remote_kill_line(kill) == by_shell + "'-TERM' '-4711'");
  CHECK(remote_kill_line(hard) == "'sudo' '-n' '--' 'kill' '-KILL' '--' '-4711'");
  CHECK(*parse_remote_kill_line(remote_kill_line(kill)) == kill);
  CHECK(*parse_remote_kill_line(remote_kill_line(hard)) == hard);
  for (const std::string other :
       {"'-TERM' '4711'", "'-TERM' '-1'", "'-TERM' '-0'", "'-TERM' '-'", "'-TERM' '--' '-4711'", "'-HUP' '-4711'",
        "'-TERM' '-04711'", "'-TERM' '-4711' '-1'", "'-TERM' '--4711'", "'-TERM' '-99999999999999999999999'", ""}) {
    INFO(other);
    CHECK_FALSE(parse_remote_kill_line(by_shell + other));
    CHECK_FALSE(parse_remote_kill_line(other));
  }
  CHECK_FALSE(parse_remote_kill_line("'sudo' '-n' '--' 'kill' '-TERM' '-4711'"));
  CHECK_FALSE(parse_remote_kill_line("'kill' '-TERM' '-4711'"));
}

TEST_CASE("the opening is found behind what a start file prints, and never before it is whole") {
  const std::string noise = "Welcome!\nrunbook is fun\nrunbook 5 miles\n";
  const std::string opening = "runbook 4711 \\\\\\!\nrunbook starts\n";
  const auto whole = noise + opening + "runbook 12 \\\\\\!\nrunbook starts\n";
  for (std::size_t size = 0; size < noise.size() + opening.size(); ++size) {
    const auto early = read_opening(std::string_view(whole).substr(0, size));
    CHECK((early && !*early));
  }
  const auto found = read_opening(whole);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->process == 4711);
  CHECK((*found)->size == noise.size() + opening.size());
}

TEST_CASE("a shell that reads quotes otherwise is named, and so is a host that never begins") {
  const auto csh = read_opening("runbook 4711 \\\\!\n");
  CHECK(csh.error().message == R"(the login shell there is no POSIX shell: it reads \\\! as \\!)");
  CHECK(read_opening(std::string(70'000, 'x')).error().code == Code::kProtocol);
  CHECK(never_begun("This account is currently not available.\n", "").text() ==
        "the command was not begun: This account is currently not available. (is the login shell of that user a POSIX "
        "shell, and may the user log in?)");
  CHECK(never_begun("runbook 4711 \\\\\\!\n", "sh: 1: cd: can't cd to /srv\n").next ==
        "look at the directory it was to begin in");
}
