#include "run/toml.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::run;

TEST_CASE("a member is found again by its line") {
  const auto document = parse_toml("a = 1\n[b.c]\nd = [1,\n 2]\n", "x.toml");
  REQUIRE(document);
  CHECK(document->root["b"]["c"]["d"].items().at(1) == Value(2));
  CHECK(document->where("b.c.d") == "x.toml:3");
  CHECK(document->where("e") == "x.toml");
}

TEST_CASE("what is no TOML is told with its line") {
  const auto document = parse_toml("a = 1\nb = \n", "x.toml");
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Code::kConfig);
  CHECK(document.error().where == "x.toml:2");
}

TEST_CASE("headers that toml++ cannot take are an error, and no end of the program") {
  for (const auto* text : {"[&", "[[[a]]]", "[[=", "[[[]]"}) {
    const auto document = parse_toml(text, "x.toml");
    REQUIRE_FALSE(document);
    CHECK(document.error().code == Code::kConfig);
  }
}
