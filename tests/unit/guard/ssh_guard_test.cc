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
  return ssh_guard().look("web-1", *remote_line(command), permit);
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
    CHECK_FALSE(guard.look("web-1", line, nullptr));
    CHECK_FALSE(guard.look("web-1", line, &permit));
  }
  CHECK_FALSE(guard.look("web-1", *remote_line({.argv = {"df"}}) + "; 'rm' 'x'", &permit));
}

TEST_CASE("with a permit exactly its command passes, begun where it says, and no other") {
  const RemoteCommand restart{.argv = by_sudo({"systemctl", "restart", "nginx"})};
  const RemoteCommand migrate{.argv = {"bin/migrate", "--yes"}, .directory = "/srv/app"};
  const auto permit = test::permit_of({guard::words_of(restart), guard::words_of(migrate)});
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
  CHECK_FALSE(guard.look("web-1", line, nullptr));
  guard.heard("web-1", 4711);
  CHECK(guard.look("web-1", line, nullptr));
  CHECK(guard.look("web-1", remote_kill_line({.process = 4711, .signal = EndSignal::kKill, .sudo = true}), nullptr));
  CHECK_FALSE(guard.look("web-1", remote_kill_line({.process = 4712}), nullptr));
  CHECK_FALSE(guard.look("web-2", line, nullptr));
  guard.ended("web-1", 4711);
  CHECK_FALSE(guard.look("web-1", line, nullptr));
}

TEST_CASE("over SFTP only files are opened that a look may read") {
  const auto guard = ssh_guard();
  CHECK(guard.look_file("/var/log/syslog"));
  for (const std::string path :
       {"/etc/shadow", "/var/log/../../etc/shadow", "var/log/syslog", "-n", "", "/root/.ssh/id_rsa"})
    CHECK_FALSE(guard.look_file(path));
}
