#include "primitive/compose/compose_file.h"

#include "catch.h"

using namespace runbook;
using primitive::ComposeFile;
using Kind = primitive::ComposeSetting::Kind;

namespace {

const std::string kShop = R"(# The shop.
version: "3.8"

x-common: &common
  restart: always

services:
  api:   # behind the proxy
    image: "registry.lxd:5000/api:1.4"   # bumped by the pipeline
    environment:
      # flags
      FEATURE_X: 'off'   # see the wiki
      WORKERS: 4
      TAGGED: ${TAG:-1}
      PASSED:
      PRICE: "5$$"

    ports: ["8080:8080"]

  worker:
    <<: *common
    image: registry.lxd:5000/worker:2
    environment:
    - QUEUE=default
    - "GREETING=hello world"   # quoted
    - PASSED

  bare:
    image: bare:1
  flow: {image: flow:1, environment: {A: b, C: d}}
  built:
    build: .
)";

ComposeFile shop() { return ComposeFile::parse(kShop).value(); }

// The text with one piece in place of another, which occurs once.
std::string with(const std::string& before, const std::string& after) {
  const auto at = kShop.find(before);
  REQUIRE(at != std::string::npos);
  REQUIRE(kShop.find(before, at + 1) == std::string::npos);
  return kShop.substr(0, at) + after + kShop.substr(at + before.size());
}

std::string said(const Result<std::string>& result) { return result.error().text(); }

}  // namespace

TEST_CASE("the image is changed where it stands, and no other byte") {
  CHECK(shop().image("api").value() == "registry.lxd:5000/api:1.4");
  CHECK(shop().with_image("api", "registry.lxd:5000/api:1.3").value() == with("api:1.4", "api:1.3"));
  CHECK(shop().with_image("worker", "w@sha256:ab").value() == with("registry.lxd:5000/worker:2", "w@sha256:ab"));
  CHECK(shop().with_image("flow", "flow:2").value() == with("flow:1", "flow:2"));
  CHECK(ComposeFile::parse(shop().with_image("api", "a:2").value()).value().image("worker").value() ==
        "registry.lxd:5000/worker:2");
}

TEST_CASE("a variable of the environment is read in both ways of writing it") {
  CHECK(shop().setting("api", "FEATURE_X").value().value == "off");
  CHECK(shop().setting("api", "WORKERS").value().value == "4");
  CHECK(shop().setting("api", "PRICE").value().value == "5$");
  CHECK(shop().setting("api", "PASSED").value().kind == Kind::kPassed);
  CHECK(shop().setting("api", "NONE").value().kind == Kind::kAbsent);
  CHECK(shop().setting("worker", "GREETING").value().value == "hello world");
  CHECK(shop().setting("worker", "PASSED").value().kind == Kind::kPassed);
  CHECK(shop().setting("bare", "NONE").value().kind == Kind::kAbsent);
  CHECK(shop().keys("api").value() == std::vector<std::string>{"FEATURE_X", "WORKERS", "TAGGED", "PASSED", "PRICE"});
  CHECK(shop().keys("worker").value() == std::vector<std::string>{"QUEUE", "GREETING", "PASSED"});
}

TEST_CASE("a variable is changed where it stands, in the quotes it had") {
  CHECK(shop().with_setting("api", "FEATURE_X", "on").value() == with("'off'", "'on'"));
  CHECK(shop().with_setting("api", "WORKERS", "8").value() == with("WORKERS: 4", "WORKERS: \"8\""));
  CHECK(shop().with_setting("api", "PRICE", "6$").value() == with("5$$", "6$$"));
  CHECK(shop().with_setting("worker", "QUEUE", "slow").value() == with("QUEUE=default", "QUEUE=slow"));
  CHECK(shop().with_setting("worker", "GREETING", "bye").value() == with("GREETING=hello world", "GREETING=bye"));
  CHECK(shop().with_setting("worker", "PASSED", "1").value() == with("- PASSED", "- PASSED=1"));
  CHECK(shop().with_setting("api", "PASSED", "1").value() == with("PASSED:", "PASSED: \"1\""));
  CHECK(shop().with_setting("flow", "A", "x").value() == with("A: b", "A: x"));
}

TEST_CASE("a variable that is not there is added behind the others") {
  CHECK(shop().with_setting("api", "NEW", "on").value() == with("\"5$$\"\n", "\"5$$\"\n      NEW: \"on\"\n"));
  CHECK(shop().with_setting("worker", "NEW", "a b").value() ==
        with("    - PASSED\n", "    - PASSED\n    - \"NEW=a b\"\n"));
  CHECK(shop().with_setting("bare", "NEW", "on").value() ==
        with("bare:1\n", "bare:1\n    environment:\n      NEW: \"on\"\n"));
  CHECK(shop().with_setting("flow", "NEW", "on").value() == with("C: d", "C: d, NEW: \"on\""));
}

TEST_CASE("a variable is taken away with its line, and the last one with its environment") {
  CHECK(shop().with_setting("api", "FEATURE_X", std::nullopt).value() ==
        with("      FEATURE_X: 'off'   # see the wiki\n", ""));
  CHECK(shop().with_setting("worker", "GREETING", std::nullopt).value() ==
        with("    - \"GREETING=hello world\"   # quoted\n", ""));
  CHECK(shop().with_setting("flow", "A", std::nullopt).value() == with("A: b, ", ""));
  CHECK(shop().with_setting("flow", "C", std::nullopt).value() == with(", C: d", ""));
  CHECK(shop().with_setting("api", "NONE", std::nullopt).value() == kShop);
  const auto added = ComposeFile::parse(shop().with_setting("bare", "NEW", "on").value()).value();
  CHECK(added.with_setting("bare", "NEW", std::nullopt).value() == kShop);
}

TEST_CASE("what belongs to others too, or is filled in by compose, is left alone and named") {
  CHECK(said(shop().with_setting("api", "TAGGED", "2")) ==
        "line 14: TAGGED is filled in from a variable, ${TAG:-1} (change it by hand)");
  CHECK(said(shop().image("built")) == "the service built names no image");
  CHECK(said(shop().image("apj")) == "the compose file has no service apj (did you mean api?)");
  const auto shared = ComposeFile::parse(
                          "x: &e {A: 1}\nservices:\n  a: {image: &i b, environment: *e}\n  c:\n    image: *i\n"
                          "    environment:\n      <<: *e\n  d: *e\n  f:\n    image: |\n      x\n")
                          .value();
  CHECK(said(shared.with_setting("a", "A", "2")) ==
        "line 3: the environment is shared by an alias or anchor (change it by hand)");
  CHECK(said(shared.with_image("a", "x")) ==
        "line 3: the image has an anchor, which others may use too (change it by hand)");
  CHECK(said(shared.with_image("c", "x")) ==
        "line 5: the image is the alias *i, which others use too (change it by hand)");
  CHECK(said(shared.with_setting("c", "B", "2")) ==
        "line 7: the environment takes over what an alias says (change it by hand)");
  CHECK(said(shared.image("d")) == "line 8: the service is no map of its own (change it by hand)");
  const auto merged = ComposeFile::parse("services:\n  a:\n    <<: {}\n    environment:\n      K: v\n").value();
  CHECK(said(merged.with_setting("a", "K", std::nullopt)) ==
        "line 5: without an environment the service takes over what an alias says (change it by hand)");
  CHECK(said(shared.image("f")) == "line 10: the image is written in several lines (change it by hand)");
}

TEST_CASE("names and values that could become something else are refused, and odd values are quoted") {
  CHECK(said(shop().with_image("api", "a b")) == "\"a b\" is the name of no image");
  CHECK(said(shop().with_setting("api", "A=B", "x")) == "\"A=B\" is the name of no variable");
  CHECK(said(shop().with_setting("api", "A\nB", "x")) == "\"A\\nB\" is the name of no variable");
  CHECK(said(shop().with_setting("api", "A", std::string("a\0b", 3))) == "the value of A is no text");
  for (const char* odd : {"a\n  injected: true", "# no comment", "'", "\"", "${HOME}", "$", "*x", "  "}) {
    for (const char* service : {"api", "worker", "bare", "flow"}) {
      const auto text = shop().with_setting(service, "ODD", odd).value();
      CHECK(ComposeFile::parse(text).value().setting(service, "ODD").value().value == odd);
    }
  }
}

TEST_CASE("line ends and a missing last one stay as they are") {
  const auto dos = ComposeFile::parse("services:\r\n  a:\r\n    image: x:1").value();
  CHECK(dos.with_image("a", "x:2").value() == "services:\r\n  a:\r\n    image: x:2");
  CHECK(dos.with_setting("a", "K", "v").value() ==
        "services:\r\n  a:\r\n    image: x:1\r\n    environment:\r\n      K: \"v\"");
}
