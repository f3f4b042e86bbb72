#include "run/secret_values.h"

#include <cstdlib>
#include <fstream>

#include "catch.h"
#include "support/loop.h"
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

// Gives what `told` has for a name, and counts.
struct Source {
  std::map<std::string, Result<std::string>> told{};
  std::vector<std::string> asked{};

  SecretValues::Fetch fetch() {
    return [this](const std::string& name, const SecretReference& /*reference*/) -> Task<Result<std::string>> {
      asked.push_back(name);
      co_return told.at(name);
    };
  }
};

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

TEST_CASE("one that costs something is read when it is needed, once, and hidden before anybody has it") {
  const test::TempDir folder;
  test::TestLoop loop;
  auto values = values_of("[secrets]\nA = \"cmd:tell a\"\nB = \"cmd:tell b\"\nP = \"prompt:\"", folder);
  REQUIRE(values);
  Source source{.told = {{"A", std::string("the-secret-a")},
                         {"B", Error{Code::kRemote, "cannot be read: it is broken"}},
                         {"P", Error{Code::kUnasked, "is asked for at the terminal"}}}};
  CHECK(has(values->value("A").error().message, "the secret A was not read"));
  CHECK(source.asked.empty());
  for (int i = 0; i < 2; ++i) CHECK(loop.run(values->resolve({"A", "B"}, source.fetch())));
  CHECK(source.asked == std::vector<std::string>{"A", "B"});
  CHECK(values->value("A").value() == "the-secret-a");
  CHECK(values->net().hide("it is the-secret-a") == "it is ‹secret:A›");
  CHECK(has(values->value("B").error().text(), "inventory.toml:3: the secret B cannot be read: it is broken"));
  CHECK(loop.run(values->resolve({"P"}, source.fetch())).error().code == Code::kUnasked);
  CHECK(values->late_and_unattended({"A", "B", "P"}) == std::set<std::string>{"A", "B"});
}

TEST_CASE("what opens Vault is read before what is in it, and one too short is refused") {
  const test::TempDir folder;
  test::TestLoop loop;
  auto values = values_of(
      "[vault]\naddress = \"https://v\"\ntoken = { secret = \"T\" }\n"
      "[secrets]\nA = \"vault:m/p#f\"\nT = \"pass:vault\"",
      folder);
  REQUIRE(values);
  Source source{.told = {{"A", std::string("short")}, {"T", std::string("the-token-of-tests")}}};
  const auto done = loop.run(values->resolve({"A"}, source.fetch()));
  CHECK(source.asked == std::vector<std::string>{"T", "A"});
  CHECK(has(done.error().text(), "inventory.toml:5: the secret A is shorter than 8 bytes"));
}

TEST_CASE("targets need what opens them, and should know what is one step away") {
  const test::TempDir folder;
  const auto file = folder.path() / "inventory.toml";
  std::ofstream(file) << R"(
[targets.db]
kind = "redis"
url = "redis://h"
password = { secret = "DB" }
[targets.api]
kind = "redis"
url = "redis://h"
uses = ["db"]
password = { secret = "API" }
[targets.far]
kind = "redis"
url = "redis://h"
uses = ["api"]
password = { secret = "FAR" }
[secrets]
DB = "cmd:db"
API = "cmd:api"
FAR = "cmd:far"
)";
  const auto inventory = Inventory::read(file).value();
  const auto needed = inventory.secrets_of({{"db", *inventory.find("db").value()}});
  CHECK(needed.own == std::set<std::string>{"DB"});
  CHECK(needed.near == std::set<std::string>{"API"});
}

TEST_CASE("the secrets that a value names are found however deep") {
  const Value value = Value::Map{{"env", Value::Map{{"KEY", Value::Map{{"secret", "A"}}}}},
                                 {"list", Value::List{Value::Map{{"secret", "B"}}, "secret"}},
                                 {"secret", "C"}};
  CHECK(secrets_named_in(value) == std::set<std::string>{"A", "B"});
}
