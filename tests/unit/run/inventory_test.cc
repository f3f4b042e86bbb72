#include "run/inventory.h"

#include <fstream>

#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::run;

namespace {

Result<Inventory> read(const std::string& text) {
  const test::TempDir folder;
  const auto file = folder.path() / "inventory.toml";
  std::ofstream(file) << text;
  return Inventory::read(file);
}

std::string problem(const std::string& text) {
  const auto inventory = read(text);
  REQUIRE_FALSE(inventory);
  CHECK(inventory.error().code == Code::kConfig);
  return inventory.error().text();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* kGood = R"([targets.cache-1]
kind = "redis"
url = "redis://127.0.0.1:6379"
env = "prod"
tags = ["cache"]
password = { secret = "PASSWORD" }
[targets.api]
kind = "redis"
url = "redis://127.0.0.1:6380"
uses = ["cache-1"]
[secrets]
PASSWORD = "env:RUNBOOK_TEST_SECRET"
)";

}  // namespace

TEST_CASE("a sound inventory gives targets by name, by kind and by what they use") {
  const auto inventory = read(kGood);
  REQUIRE(inventory);
  CHECK(inventory->find("cache-1").value()->env == "prod");
  CHECK(inventory->of_kind("redis").size() == 2);
  CHECK(inventory->users_of("cache-1").at(0)->name == "api");
  CHECK(has(inventory->find("cache-2").error().text(), "did you mean cache-1?"));
}

TEST_CASE("what does not fit is named with its file, its line and the nearest known name") {
  CHECK(has(problem("[targets.a]\nkind = \"redis\"\nurll = \"x\""), ":3: unknown key urll (did you mean url?)"));
  CHECK(has(problem("[targets.a]\nkind = \"rediss\"\nurl = \"x\""), ":2: unknown kind rediss (did you mean redis?)"));
  CHECK(has(problem("[targets.a]\nurl = \"x\""), "a has no kind"));
  CHECK(has(problem("[targets.a]\nkind = \"redis\""), "a has no url"));
  CHECK(has(problem("[target.a]\nkind = \"redis\""), ":1: unknown section target (did you mean targets?)"));
  CHECK(has(problem("[targets.a]\nkind = 5"), "kind wants a text, got a number"));
  CHECK(
      has(problem("[targets.a]\nkind = \"redis\"\nurl = \"x\"\nlook_only = \"yes\""), "look_only wants true or false"));
  CHECK(has(problem("[targets.a]\nkind = \"redis\"\nurl = \"x\"\nuses = [\"b\"]"), "a uses b, which is no target"));
  CHECK(has(problem("[targets.a\nkind"), "inventory.toml:1"));
}

TEST_CASE("a password is a reference to a declared secret, never a value") {
  CHECK(has(problem("[targets.a]\nkind = \"redis\"\nurl = \"x\"\npassword = \"hunter22\""),
            "a reference, never a value"));
  CHECK(has(problem("[targets.a]\nkind = \"redis\"\nurl = \"x\"\npassword = { secret = \"P\" }"),
            "the secret P is not declared"));
  CHECK(has(problem("[secrets]\nP = \"hunter22\""), "wants env:VARIABLE or file:PATH"));
}

TEST_CASE("a target given as a URL can be looked at only") {
  CHECK(target_from_url("redis://127.0.0.1:1", "redis").value().look_only);
  CHECK(target_from_url("http://x", "redis").error().code == Code::kUsage);
  CHECK(target_from_url("http://x", "prometheus").value().kind == "prometheus");
  CHECK(target_from_url("http://x?y", "http").error().code == Code::kUsage);
}
