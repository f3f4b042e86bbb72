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

TEST_CASE("any letter may stand where none is expected") {
  for (int code = 0x80; code < 0x3000; ++code) {
    const std::string letter = code < 0x800 ? std::string{char(0xC0 | code >> 6), char(0x80 | (code & 0x3F))}
                                            : std::string{char(0xE0 | code >> 12), char(0x80 | (code >> 6 & 0x3F)),
                                                          char(0x80 | (code & 0x3F))};
    for (const auto& text : {"a = " + letter, letter + " = 1", "a = 1 " + letter, "a = [" + letter + "]"}) {
      const auto document = parse_toml(text, "x.toml");
      if (!document) CHECK(document.error().code == Code::kConfig);
    }
  }
  CHECK_FALSE(parse_toml("a = \xc3\xa4", "x.toml"));
}
