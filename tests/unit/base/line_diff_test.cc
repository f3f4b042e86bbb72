#include "base/line_diff.h"

#include "catch.h"

using namespace runbook;
using Lines = std::vector<std::string>;

namespace {

Lines between(std::string_view before, std::string_view after) { return line_differences(before, after, 20); }

}  // namespace

TEST_CASE("what goes and what comes is told behind the line that it follows") {
  CHECK(between("a\nb\nc\n", "a\nx\nc\n") == Lines{"  a", "- b", "+ x"});
  CHECK(between("a\nb\n", "a\nb\nc\n") == Lines{"  b", "+ c"});
  CHECK(between("a\nb\nc\nd\n", "b\nc\ne\n") == Lines{"- a", "  c", "- d", "+ e"});
  CHECK(between("", "a\n") == Lines{"+ a"});
  CHECK(between("a\n", "") == Lines{"- a"});
}

TEST_CASE("texts that are the same differ in nothing") {
  CHECK(between("a\nb\n", "a\nb\n").empty());
  CHECK(between("", "").empty());
}

TEST_CASE("of many differences some are shown, and the rest counted") {
  CHECK(line_differences("", "a\nb\nc\nd\n", 3) == Lines{"+ a", "+ b", "… and 2 more lines"});
}

TEST_CASE("texts too long to be compared line with line are still told whole") {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  const auto lines = line_differences(before, after, 10'000);
  CHECK(lines.size() == 6000);
  CHECK(lines.front() == "- old 0");
  CHECK(lines.back() == "+ new 2999");
}
