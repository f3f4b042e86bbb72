#include "net/ssh_answer.h"

#include <fstream>

#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook::net;

namespace {

constexpr const char* kOthers = "user ops\nport 22\ncanonicalizehostname false\n";

class Files {
 public:
  explicit Files(const std::string& text) { write(text); }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  [[nodiscard]] std::string path() const { return (folder_.path() / "config").string(); }

  // As ssh would answer that reads this file.
  [[nodiscard]] SshAnswer answer(const std::string& name, const std::string& host,
                                 const std::string& others = kOthers) const {
    return *ssh_answer(name, "host " + name + "\nhostname " + host + "\n" + others,
                       "debug1: Reading configuration data " + path() + "\n");
  }
  [[nodiscard]] SshAnswer answer(const std::string& name) const { return answer(name, name); }

 private:
  runbook::test::TempDir folder_;
};

}  // namespace

TEST_CASE("two answers that differ in the name alone tell what a third would be") {
  const Files files("Host *\n  User ops\n");
  const auto config = config_proven_by(files.answer("web1"), files.answer("web2"), "web3");
  REQUIRE(config);
  CHECK(config->host == "web3");
  CHECK(config->user == "ops");
  CHECK(config_proven_by(files.answer("web1", "gate"), files.answer("web2", "gate"), "web3")->host == "gate");
}

TEST_CASE("two answers that differ in more, or might, tell nothing of a third") {
  const Files files("Host special *\n  User ops\n");
  const auto one = files.answer("web1");
  const auto two = files.answer("web2");
  CHECK(config_proven_by(one, two, "web3"));
  CHECK_FALSE(config_proven_by(one, one, "web3"));
  CHECK_FALSE(config_proven_by(one, two, "special"));
  CHECK_FALSE(config_proven_by(files.answer("special"), two, "web3"));
  CHECK_FALSE(config_proven_by(one, two, "Web3"));
  for (const auto* others : {"user dev\nport 22\ncanonicalizehostname false\n",
                             "user ops\nport 22\ncanonicalizehostname true\n", "user ops\nport 22\n"})
    CHECK_FALSE(config_proven_by(one, files.answer("web2", "web2", others), "web3"));
  for (const std::string line : {"proxyjump web3\n", "proxyjump WEB3.lxd\n", "controlpath /tmp/%C\n", "user web1\n",
                                 "identityfile /keys/web2\n"}) {
    INFO(line);
    const auto others = kOthers + line;
    CHECK_FALSE(config_proven_by(files.answer("web1", "web1", others), files.answer("web2", "web2", others), "web3"));
  }
  CHECK(config_proven_by(files.answer("web1", "web1", std::string(kOthers) + "proxyjump gate\n"),
                         files.answer("web2", "web2", std::string(kOthers) + "proxyjump gate\n"), "web3"));
  CHECK_FALSE(config_proven_by(files.answer("web1", "gate"), two, "web3"));
  CHECK_FALSE(config_proven_by(files.answer("web1", "web1"), files.answer("web2", "web1"), "web3"));
  CHECK_FALSE(config_proven_by(files.answer("web1", "web2"), files.answer("web2", "web2"), "web3"));
}

TEST_CASE("answers from files that changed in between tell nothing of a third") {
  const Files files("Host *\n  User ops\n");
  const auto one = files.answer("web1");
  files.write("Host * !web3\n  User ops\n");
  CHECK_FALSE(config_proven_by(one, files.answer("web2"), "web3"));
}

TEST_CASE("files that cannot be read as ssh read them let nothing be compared") {
  const Files files("Host *\n");
  for (const std::string said :
       {"", "debug1: Reading configuration data /no/such/file\n", "debug1: Reading configuration data /dev/null\n",
        "debug1: Reading configuration data relative\\040name\n"}) {
    INFO(said);
    const auto answer = ssh_answer("web1", std::string("hostname web1\n") + kOthers, said);
    REQUIRE(answer);
    CHECK_FALSE(answer->files.comparable());
  }
}

TEST_CASE("the files that ssh read are those that it names, and one whose name is cut or written otherwise is none") {
  const auto* said =
      "OpenSSH_9.2p1\ndebug1: Reading configuration data /home/ops/.ssh/config\r\n"
      "debug1: /home/ops/.ssh/config line 1: Applying options for *\r\n"
      "debug1: Reading configuration data /etc/ssh/a b\r\n";
  CHECK(files_read_by(said) == std::vector<std::string>{"/home/ops/.ssh/config", "/etc/ssh/a b"});
  const auto longest = "debug1: Reading configuration data /" + std::string(199, 'a') + "\n";
  CHECK(files_read_by(longest) == std::vector<std::string>{""});
  CHECK(files_read_by("debug1: Reading configuration data /a\\303\\244\n") == std::vector<std::string>{""});
  CHECK(files_read_by("").empty());
}
