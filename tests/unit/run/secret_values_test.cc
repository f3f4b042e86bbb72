#include "run/secret_values.h"

#include <cstdlib>
#include <fstream>

#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::run;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Result<SecretValues> values_of(const std::string& text, const test::TempDir& folder) {
  const auto file = folder.path() / "inventory.toml";
  std::ofstream(file) << text;
  return SecretValues::read(Inventory::read(file).value());
}

}  // namespace

TEST_CASE(
    "a secret comes from the environment or a file, without its line end, and is kept out of sight from then on") {
  const test::TempDir folder;
  std::ofstream(folder.path() / "secret") << "from a file\n";
  setenv("RUNBOOK_TEST_SECRET", "from the environment", 1);
  const auto values = values_of(
      "[secrets]\nE = \"env:RUNBOOK_TEST_SECRET\"\nF = \"file:" + (folder.path() / "secret").string() + "\"", folder);
  REQUIRE(values);
  CHECK(values->value("E").value() == "from the environment");
  CHECK(values->value("F").value() == "from a file");
  CHECK(values->net().hide("a from a file b") == "a ‹secret:F› b");
  std::ofstream(folder.path() / "secret") << "another value\n";
  CHECK(values->value("F").value() == "from a file");
  unsetenv("RUNBOOK_TEST_SECRET");
}

TEST_CASE("one that is missing is an error for who asks for it, and for nobody else") {
  const test::TempDir folder;
  unsetenv("RUNBOOK_TEST_SECRET");
  const auto values = values_of("[secrets]\nE = \"env:RUNBOOK_TEST_SECRET\"\nF = \"file:/nowhere\"", folder);
  REQUIRE(values);
  CHECK(has(values->value("E").error().message,
            "the secret E is not there: the variable RUNBOOK_TEST_SECRET is not set"));
  CHECK(has(values->value("F").error().text(), "cannot be read from /nowhere"));
  CHECK(has(values->value("G").error().message, "the secret G is not declared"));
}

TEST_CASE("one that is empty is one that is missing") {
  const test::TempDir folder;
  setenv("RUNBOOK_TEST_SECRET", "", 1);
  std::ofstream(folder.path() / "secret") << "\n";
  const auto file = (folder.path() / "secret").string();
  const auto values = values_of("[secrets]\nE = \"env:RUNBOOK_TEST_SECRET\"\nF = \"file:" + file + "\"", folder);
  REQUIRE(values);
  CHECK(has(values->value("E").error().message, "the variable RUNBOOK_TEST_SECRET is empty"));
  CHECK(has(values->value("F").error().message, "the secret F is not there: " + file + " is empty"));
  unsetenv("RUNBOOK_TEST_SECRET");
}

TEST_CASE("one that cannot be kept out of sight is refused with its line") {
  const test::TempDir folder;
  setenv("RUNBOOK_TEST_SECRET", "short", 1);
  const auto declared = "[secrets]\nPASSWORD = \"env:RUNBOOK_TEST_SECRET\"";
  CHECK(
      has(values_of(declared, folder).error().text(), "inventory.toml:2: the secret PASSWORD is shorter than 8 bytes"));
  setenv("RUNBOOK_TEST_SECRET", "PASSWORD", 1);
  CHECK(has(values_of(declared, folder).error().text(), "part of its own name"));
  unsetenv("RUNBOOK_TEST_SECRET");
}
