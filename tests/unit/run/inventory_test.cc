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
  CHECK(has(problem("[secrets]\nP = \"hunter22\""), "wants env:VARIABLE, file:PATH"));
}

TEST_CASE("a target given as a URL can be looked at only") {
  CHECK(target_from_url("redis://127.0.0.1:1", "redis").value().look_only);
  CHECK(target_from_url("http://x", "redis").error().code == Code::kUsage);
  CHECK(target_from_url("http://x", "prometheus").value().kind == "prometheus");
  CHECK(target_from_url("http://x?y", "http").error().code == Code::kUsage);
}

TEST_CASE("a container is named by its engine and its name there, and that is where it is") {
  const auto inventory = read(R"([targets.docker-1]
kind = "docker"
url = "tcp://host:2376"
ca_file = "/etc/ca.pem"
[targets.api-blue]
kind = "container"
engine = "docker-1"
name = "veza_backend_api_blue"
[targets.api-green]
kind = "container"
engine = "unix:///var/run/docker.sock"
name = "green"
)");
  REQUIRE(inventory);
  const auto& blue = *inventory->find("api-blue").value();
  CHECK(blue.url == "tcp://host:2376#veza_backend_api_blue");
  CHECK(blue.ca_file == "/etc/ca.pem");
  const auto entry = inventory_entry(blue);
  CHECK(entry["engine"] == Value("tcp://host:2376"));
  CHECK(entry["name"] == Value("veza_backend_api_blue"));
  CHECK(entry["url"].is_null());
  CHECK(inventory->find("api-green").value()->url == "unix:///var/run/docker.sock#green");
}

TEST_CASE("what is wrong with a container or an engine is said with its line") {
  const auto container = [](const std::string& rest) { return problem("[targets.a]\nkind = \"container\"\n" + rest); };
  CHECK(has(container("name = \"x1\"\n"), ":1: a has no engine"));
  CHECK(has(container("engine = \"unix:///d\"\n"), ":1: a has no name"));
  for (const std::string name : {"a/b", "../x", "x?all=1", "-x", "x", "a#b", "a b"})
    CHECK(has(container("engine = \"unix:///d\"\nname = \"" + name + "\"\n"), "is no name that docker gives"));
  CHECK(has(container("engine = \"docker-9\"\nname = \"x1\"\n"), "is no docker target and no URL"));
  CHECK(has(container("engine = \"unix:///d#y\"\nname = \"x1\"\n"), "is no docker target and no URL"));
  CHECK(has(container("url = \"unix:///d\"\nengine = \"unix:///d\"\nname = \"x1\"\n"), "has no url of its own"));
  CHECK(has(container("engine = \"unix:///d\"\nname = \"x1\"\n[targets.b]\nkind = \"container\"\nengine = "
                      "\"unix:///d\"\nname = \"x1\"\n"),
            "b and a are the same container"));
  CHECK(has(problem("[targets.d]\nkind = \"docker\"\nurl = \"http://x\"\n"), ":3: d has no address of an engine"));
  CHECK(has(problem("[targets.c]\nkind = \"redis\"\nurl = \"redis://x\"\ncontainer = \"blue\"\n"),
            ":4: c runs in blue, which is no container target"));
  CHECK(has(problem("[targets.c]\nkind = \"redis\"\nurl = \"redis://x\"\nengine = \"unix:///d\"\n"), "unknown key"));
}

TEST_CASE("an engine and a container can be given as a URL") {
  CHECK(target_from_url("unix:///var/run/docker.sock", "docker").value().look_only);
  const auto web = target_from_url("tcp://host:2376#web", "container").value();
  CHECK(web.url == "tcp://host:2376#web");
  CHECK(inventory_entry(web)["name"] == Value("web"));
  for (const std::string url : {"unix:///d", "unix:///d#", "unix:///d#a/b", "http://x#web", "unix:///d#web#x"})
    CHECK(target_from_url(url, "container").error().code == Code::kUsage);
  CHECK(target_from_url("unix:///d#web", "docker").error().code == Code::kUsage);
}
