#include "base/yaml.h"

#include "catch.h"

using namespace runbook;
using Style = YamlNode::Style;

namespace {

std::string bytes_of(std::string_view text, const YamlNode& node) {
  return std::string(text.substr(node.begin, node.end - node.begin));
}

}  // namespace

TEST_CASE("each node knows which bytes of the text it is, also behind letters of several bytes") {
  const std::string text = "# ä comment 漢字\na: \"x y\"   # more\nb:\n  - 'é'\n  - plain\nc: {d: 1, e: [2]}\n";
  const auto root = parse_yaml(text).value();
  CHECK(bytes_of(text, *root.find("a")) == "\"x y\"");
  CHECK(root.find("a")->text == "x y");
  CHECK(root.find("a")->style == Style::kDoubleQuoted);
  CHECK(bytes_of(text, root.find("b")->items[0]) == "'é'");
  CHECK(bytes_of(text, root.find("b")->items[1]) == "plain");
  CHECK(bytes_of(text, *root.find("c")) == "{d: 1, e: [2]}");
  CHECK(root.find("c")->flow);
  CHECK(root.find("none") == nullptr);
}

TEST_CASE("an alias is a node of its own, and what it stands for says that it has a name") {
  const auto root = parse_yaml("a: &x {b: 1}\nc: *x\n").value();
  CHECK(root.find("a")->anchored);
  CHECK(root.find("c")->kind == YamlNode::Kind::kAlias);
  CHECK(root.find("c")->text == "x");
}

TEST_CASE("what is no YAML, or could be read in two ways, is refused with its line") {
  const auto said = [](std::string_view text) { return parse_yaml(text).error().text(); };
  CHECK(said("a: 1\nb: [1\nc: 2\n") == "line 3: did not find expected ',' or ']'");
  CHECK(said("a: 1\nb: 2\na: 3\n") == "line 3: the key a comes twice");
  CHECK(said("a: 1\n---\nb: 2\n") == "line 2: a second document begins");
  CHECK(said("? [a]\n: 1\n") == "line 1: a key that is no text");
  CHECK(said("") == "there is nothing in it");
  CHECK(said("a: \xff") == "no UTF-8");
  CHECK(said("a\tb: \"\\q\"") == "line 1: found unknown escape character");
}

TEST_CASE("depth, nodes and size have an end") {
  CHECK(parse_yaml(std::string(100, '[') + std::string(100, ']')).error().text() == "line 1: more than 64 levels deep");
  std::string many = "a: [";
  for (int i = 0; i < 60'000; ++i) many += "1,";
  CHECK(parse_yaml(many + "]").error().text() == "line 1: more than 50,000 nodes");
  CHECK(parse_yaml(std::string(2U << 20U, ' ')).error().text() == "larger than 1 MiB");
}

TEST_CASE("a value is written in the style it had, unless it would not be that text any more") {
  CHECK(yaml_scalar("registry:5000/api:1.4", Style::kPlain) == "registry:5000/api:1.4");
  for (const char* value :
       {"on", "No", "1.10", "0x1f", "1e3", "",   "~",  "null", "2024-01-01", "12:30", "a: b", "a #b", "- a",
        "*a", "&a", "!a",   "{a}",  "[a]", "%a", "@a", "`a",   "a:",         " a",    "a ",   ".inf"}) {
    INFO(value);
    CHECK(yaml_scalar(value, Style::kPlain) == '"' + std::string(value) + '"');
  }
  CHECK(yaml_scalar("it's", Style::kSingleQuoted) == "'it''s'");
  CHECK(yaml_scalar("a\nb", Style::kSingleQuoted) == "\"a\\x0ab\"");
  CHECK(yaml_scalar("say \"\\\"", Style::kDoubleQuoted) == "\"say \\\"\\\\\\\"\"");
}

TEST_CASE("whatever is written in any style reads back as it was") {
  for (const auto style : {Style::kPlain, Style::kSingleQuoted, Style::kDoubleQuoted, Style::kBlock}) {
    for (const std::string value :
         {"plain", "on", "a\nb\tc", "\x01\x7f", "\xc2\x85 \xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", "\xc2\x9b", "漢字 😀",
          "'\"\\", " both ", "#", "a: b", "y", "=", "0o17", "1_000", "<<"}) {
      INFO(value);
      CHECK(parse_yaml("k: " + yaml_scalar(value, style) + "  # end\n").value().find("k")->text == value);
    }
  }
}
