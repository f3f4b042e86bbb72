#include "catch.h"
#include "guard/ssh.h"
#include "run/toml.h"
#include "support/permit_of.h"

using namespace runbook;
using guard::Argv;

namespace {

guard::SshGuard ssh_guard() {
  guard::ReadOnlyCommands commands;
  const auto document = run::parse_toml(guard::shipped_readonly_commands(), "readonly_commands.toml");
  REQUIRE(document);
  REQUIRE(commands.add(document->root, "readonly_commands.toml"));
  return guard::SshGuard(commands);
}

Result<> look(const RemoteCommand& command, const guard::Permit* permit = nullptr) {
  return ssh_guard().look("web-1", *remote_line(command), command.input, permit);
}

bool passes(const Argv& argv) { return look({.argv = argv}).has_value(); }

}  // namespace

TEST_CASE("only commands that look leave for a host without a permit") {
  CHECK(passes({"df", "-h"}));
  CHECK(passes(by_sudo({"journalctl", "-n", "5"})));
  CHECK(passes(*in_environment({{"LC_ALL", "C"}, {"COLUMNS", "200"}}, {"df"})));
  CHECK(passes(by_sudo(*in_environment({{"LC_ALL", "C.UTF-8"}}, {"df"}))));
  CHECK_FALSE(passes({"systemctl", "restart", "nginx"}));
  CHECK_FALSE(passes(by_sudo({"systemctl", "restart", "nginx"})));
  CHECK_FALSE(passes(by_sudo(by_sudo({"df"}))));
  CHECK_FALSE(passes({"sudo", "df"}));
  CHECK_FALSE(passes({"sudo", "-n", "-u", "x", "--", "df"}));
  CHECK_FALSE(passes({"env", "df"}));
  CHECK_FALSE(passes({"env"}));
  CHECK_FALSE(passes({"env", "--"}));
  CHECK_FALSE(passes({"sudo", "-n", "--"}));
  CHECK_FALSE(look({.argv = {"df"}, .directory = "/srv"}));
}

TEST_CASE("what is reserved for readers is, however it is run") {
  const auto guard = ssh_guard();
  const Argv env = {"cat", "/srv/shop/.env"};
  CHECK(guard.reserves({.argv = env}));
  CHECK(guard.reserves({.argv = by_sudo(env)}));
  CHECK(guard.reserves({.argv = *in_environment({{"LC_ALL", "C"}}, env)}));
  CHECK_FALSE(guard.reserves({.argv = {"cat", "/etc/hosts"}}));
  CHECK_FALSE(guard.reserves({.argv = {"rm", "/srv/shop/.env"}}));
}

TEST_CASE("about another target a host is asked only when the run has it, and only by a reader") {
  auto guard = ssh_guard();
  const auto passes = [&](const Argv& argv) {
    return guard.look("web-1", *remote_line({.argv = argv}), {}, nullptr).has_value();
  };
  const Argv knock = {"nc", "-z", "-w", "3", "redis.lxd", "6379"};
  CHECK_FALSE(passes(knock));
  guard.declare("redis.lxd:6379");
  guard.declare("::1:6380");
  CHECK(passes(knock));
  CHECK(passes(*in_environment({{"LC_ALL", "C"}}, by_sudo(knock))));
  CHECK(passes({"nc", "-z", "-w", "3", "::1", "6380"}));
  CHECK(passes({"getent", "ahosts", "redis.lxd"}));
  CHECK(guard.reserves({.argv = knock}));
  CHECK(guard.reserves({.argv = {"getent", "ahosts", "redis.lxd"}}));
  for (const auto& argv : std::vector<Argv>{{"nc", "-z", "-w", "3", "redis.lxd", "22"},
                                            {"nc", "-z", "-w", "0", "redis.lxd", "6379"},
                                            {"nc", "-z", "-w", "30", "redis.lxd", "6379"},
                                            {"nc", "-z", "-w", "3", "data.evil.example", "6379"},
                                            {"nc", "redis.lxd", "6379"},
                                            {"nc", "-z", "-w", "3", "redis.lxd", "6379", "-e"},
                                            {"nc", "-l", "-w", "3", "redis.lxd", "6379"},
                                            {"busybox", "nc", "-z", "-w", "3", "redis.lxd", "6379"},
                                            {"getent", "ahosts", "data.redis.lxd"},
                                            {"getent", "ahosts", "redis.lxd", "data.evil.example"},
                                            {"getent", "ahosts"},
                                            {"getent", "hosts", "data.evil.example"},
                                            {"getent", "ahosts", "redis"}})
    CHECK_FALSE(passes(argv));
}

TEST_CASE("a look is given no variable that could make it do or read something else") {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"LD_PRELOAD", "x"},
                                                                      {"PAGER", "x"},
                                                                      {"PATH", "x"},
                                                                      {"SYSTEMD_PAGER", "x"},
                                                                      {"LANG", "/tmp/x"},
                                                                      {"TZ", ":/etc/shadow"},
                                                                      {"LC_ALL", std::string(40, 'x')}}) {
    INFO(name);
    const auto refused = look({.argv = *in_environment({{name, value}}, {"df"})});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "the guard let no line out: the variable " + name + " is not set for a look");
  }
}

TEST_CASE("what is not the template never leaves, whatever it holds") {
  const auto guard = ssh_guard();
  const auto permit = test::permit_of({{"df"}, {"rm", "x"}});
  for (const std::string line : {"df", "'df'", "'df' '-h'", "", "sh -c 'df'", "'exec' 'df'"}) {
    CHECK_FALSE(guard.look("web-1", line, {}, nullptr));
    CHECK_FALSE(guard.look("web-1", line, {}, &permit));
  }
  CHECK_FALSE(guard.look("web-1", *remote_line({.argv = {"df"}}) + "; 'rm' 'x'", {}, &permit));
}

TEST_CASE("with a permit exactly its command passes, begun where it says, and no other") {
  const RemoteCommand restart{.argv = by_sudo({"systemctl", "restart", "nginx"})};
  const RemoteCommand migrate{.argv = {"bin/migrate", "--yes"}, .directory = "/srv/app"};
  const auto permit = test::permit_of({words_of(restart), words_of(migrate)});
  CHECK(look(restart, &permit));
  CHECK(look(migrate, &permit));
  CHECK(look({.argv = {"df"}}, &permit));
  CHECK_FALSE(look({.argv = {"systemctl", "restart", "nginx"}}, &permit));
  CHECK_FALSE(look({.argv = migrate.argv}, &permit));
  CHECK_FALSE(look({.argv = migrate.argv, .directory = "/srv"}, &permit));
  const auto refused = look({.argv = {"systemctl", "stop", "nginx"}}, &permit);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "the guard let no line out: systemctl: stop does not pass as a look, nor is it what intent 41 permits");
}

TEST_CASE("only a process that was begun here can be ended, and only until it is over") {
  const auto guard = ssh_guard();
  const auto line = remote_kill_line({.process = 4711});
  CHECK_FALSE(guard.look("web-1", line, {}, nullptr));
  guard.heard("web-1", 4711);
  CHECK(guard.look("web-1", line, {}, nullptr));
  CHECK(
      guard.look("web-1", remote_kill_line({.process = 4711, .signal = EndSignal::kKill, .sudo = true}), {}, nullptr));
  CHECK_FALSE(guard.look("web-1", remote_kill_line({.process = 4712}), {}, nullptr));
  CHECK_FALSE(guard.look("web-2", line, {}, nullptr));
  guard.ended("web-1", 4711);
  CHECK_FALSE(guard.look("web-1", line, {}, nullptr));
}

TEST_CASE("what a command reads passes with a permit that has it, byte for byte, and with no other") {
  const RemoteCommand write{.argv = {"dd", "of=/srv/app/.env"}, .directory = "/srv", .input = "A=1\nB=2\n"};
  const auto permit = test::permit_of({words_of(write)});
  const auto line = *remote_line(write);
  const auto guard = ssh_guard();
  CHECK(guard.look("web-1", line, write.input, &permit));
  CHECK_FALSE(guard.look("web-1", line, "A=1\nB=3\n", &permit));
  CHECK_FALSE(guard.look("web-1", line, {}, &permit));
  CHECK_FALSE(guard.look("web-1", line, write.input, nullptr));
  CHECK(guard.look("web-1", *remote_line({.argv = {"df"}}), {}, nullptr));
  CHECK_FALSE(guard.look("web-1", *remote_line({.argv = {"df"}}), "x", nullptr));
  guard.heard("web-1", 4711);
  CHECK_FALSE(guard.look("web-1", remote_kill_line({.process = 4711}), "x", nullptr));
}

TEST_CASE("no two commands are written alike in a permit") {
  const std::vector<RemoteCommand> commands = {
      {.argv = {"a", "b"}},
      {.argv = {"a", "b"}, .directory = "/d"},
      {.argv = {"a", "b"}, .input = "/d"},
      {.argv = {"a", "b"}, .directory = "/d", .input = "cd"},
      {.argv = {"&&", "a", "b"}, .directory = "/d"},
      {.argv = {"a", "stdin=", "b"}},
  };
  for (const auto& one : commands) {
    CHECK(command_of(words_of(one)) == one);
    for (const auto& other : commands) CHECK((words_of(one) == words_of(other)) == (one == other));
  }
  CHECK_FALSE(remote_line({.argv = {"stdin=", "x", "a"}}));
}
