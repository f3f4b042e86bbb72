#include "run/config.h"

#include <cstdlib>
#include <fstream>

#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::run;

namespace {

class Project {
 public:
  explicit Project(const std::string& text) { std::ofstream(file()) << text; }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "runbook.toml"; }
  [[nodiscard]] Result<Config> read() const { return read_config({.config = file(), .inventory = {}, .state = {}}); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

 private:
  test::TempDir folder_;
};

}  // namespace

TEST_CASE("paths of a configuration are relative to its file") {
  const Project project(
      "inventory = \"inv.toml\"\nplaybooks = [\"books\"]\nstate = \"/var/lib/x\"\n[limits]\nevidence = \"5s\"\nmemory "
      "= \"64mb\"\n");
  const auto config = project.read();
  REQUIRE(config);
  CHECK(config->inventory == project.folder() / "inv.toml");
  CHECK(config->playbooks.at(0) == project.folder() / "books");
  CHECK(config->state == "/var/lib/x");
  CHECK(config->evidence_limit == std::chrono::seconds(5));
  CHECK(config->worker_memory == 64U << 20U);
}

TEST_CASE("a key that means nothing is an error with its line and the nearest known key") {
  const auto unknown = Project("\ninventori = \"x\"").read();
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().text().find(":2: unknown key inventori (did you mean inventory?)") != std::string::npos);
  CHECK_FALSE(Project("[limits]\nevidense = \"5s\"").read());
  CHECK_FALSE(Project("[limits]\nevidence = 5").read());
  CHECK_FALSE(Project("[limits]\nmemory = \"1kb\"").read());
  CHECK_FALSE(Project("playbooks = \"books\"").read());
}

TEST_CASE("commands that only look, and the kinds of their arguments, are tables") {
  CHECK(Project("[commands.shop-status]\nforms = [\"shop-status\"]\n[kinds.SHOP]\nchars = \"a-z\"\n").read());
  CHECK(Project("commands = 1").read().error().message == "commands wants tables, such as [commands.NAME]");
}

TEST_CASE("what the command line says wins over every file") {
  const Project project("inventory = \"inv.toml\"\nstate = \"state\"\n");
  const auto config = read_config({.config = project.file(), .inventory = "other.toml", .state = "/tmp/elsewhere"});
  CHECK(config.value().inventory == "other.toml");
  CHECK(config.value().state == "/tmp/elsewhere");
}

TEST_CASE("a configuration file that is named must exist") {
  CHECK(read_config({.config = "/nowhere/runbook.toml", .inventory = {}, .state = {}}).error().code == Code::kNotFound);
}
