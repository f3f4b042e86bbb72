#include "primitive/read/settings_text.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::primitive;

namespace {

constexpr auto kNginx =
    "http {\n"
    "    # proxy_read_timeout 10s;\n"
    "    proxy_read_timeout  60s;  \r\n"
    "    proxy_read_timeout_extra 1;\n"
    "}";

constexpr auto kEnv =
    "# FEATURE_X=comment\n"
    "FEATURE_X=on\n"
    "export NAME=\"a b\"\n"
    "ODD=a\\ b\n"
    "EMPTY=\n"
    "FEATURE_XY=1";

std::string text_of(const Result<std::string>& result) { return result ? *result : "error: " + result.error().message; }

}  // namespace

TEST_CASE("a line is found by how it begins, as a whole word and not in a comment") {
  CHECK(*line_of(kNginx, "proxy_read_timeout") == "proxy_read_timeout  60s;");
  CHECK(*line_of(kNginx, "proxy_read_timeout_extra") == "proxy_read_timeout_extra 1;");
  CHECK_FALSE(*line_of(kNginx, "proxy_read"));
  CHECK_FALSE(*line_of("", "x"));
  CHECK(line_of("a 1\n a 2\n", "a").error().message == "more than one line sets a");
}

TEST_CASE("a line is replaced where it stands, and all around it stays byte for byte") {
  CHECK(text_of(with_line(kNginx, "proxy_read_timeout", "proxy_read_timeout 120s;")) ==
        "http {\n    # proxy_read_timeout 10s;\n    proxy_read_timeout 120s;\r\n    proxy_read_timeout_extra 1;\n}");
  CHECK(text_of(with_line("a 1\nb 2\n", "b", std::nullopt)) == "a 1\n");
  CHECK(text_of(with_line("a 1", "b", "b 2")) == "a 1\nb 2\n");
  CHECK(text_of(with_line("a 1", "b", std::nullopt)) == "a 1");
  CHECK_FALSE(with_line("a 1\na 2", "a", "a 3"));
}

TEST_CASE("a variable is read where systemd, docker and a shell read it alike, and nowhere else") {
  CHECK(*variable_of(kEnv, "FEATURE_X") == "on");
  CHECK(*variable_of(kEnv, "NAME") == "a b");
  CHECK(*variable_of(kEnv, "EMPTY") == "");
  CHECK(*variable_of(kEnv, "FEATURE_XY") == "1");
  CHECK_FALSE(*variable_of(kEnv, "FEATURE"));
  CHECK(variable_of(kEnv, "ODD").error().message == "the value of ODD is written in a way that not all read alike");
  for (const auto* odd : {"A=$HOME", "A=a b", "A='it'\"s\"", "A=\"a$b\"", "A=a;b", "A=a # b", "A=\"a", "A=1\nA=2"}) {
    INFO(odd);
    CHECK_FALSE(variable_of(odd, "A"));
  }
}

TEST_CASE("what one takes for a setting and another for a line of a value is refused") {
  for (const std::string odd : {"B=\"x\nA=1\ny\"\n", "A=\"1\n2\"\n", "B=x\\\nA=1\n", "B='x\n", "A = 1\n",
                                "B=\"x\nC=2\n", "B=\"x\\\"\nA=1\n\"\n"}) {
    INFO(odd);
    CHECK_FALSE(variable_of(odd, "A"));
    CHECK_FALSE(with_variable(odd, "A", "2"));
    CHECK_FALSE(with_variable(odd, "A", std::nullopt));
  }
  CHECK(*variable_of("B=\"x\ny\"\nA=1\n", "A") == "1");
}

TEST_CASE("a variable is set in the quotes that it had, and what not all read alike is refused") {
  CHECK(text_of(with_variable("A=1\nB=2", "B", "x/y:z")) == "A=1\nB=x/y:z");
  CHECK(text_of(with_variable("export B=\"2 3\"\nA=1\n", "B", "4 5")) == "export B=\"4 5\"\nA=1\n");
  CHECK(text_of(with_variable("A=1\n", "B", "2")) == "A=1\nB=2\n");
  CHECK(text_of(with_variable("A=1\nB=2\nC=3\n", "B", std::nullopt)) == "A=1\nC=3\n");
  for (const auto* odd : {"a b", "$x", "a\nb", "a\"b", "`id`", "a'b", "a\\b", "#x"}) {
    INFO(odd);
    CHECK_FALSE(with_variable("B=2", "B", odd));
    CHECK_FALSE(with_variable("", "B", odd));
  }
}

TEST_CASE("setting back what was there gives the very text again") {
  for (const auto* key : {"FEATURE_X", "NAME", "EMPTY", "FEATURE_XY"}) {
    const auto was = *variable_of(kEnv, key);
    CHECK(text_of(with_variable(*with_variable(kEnv, key, "other"), key, was)) == kEnv);
  }
}
