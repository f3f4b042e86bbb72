#include "base/line_diff.h"

#include <algorithm>

#include "catch.h"

using namespace runbook;
using Lines = std::vector<std::string>;

TEST_CASE("what goes and what comes is told with the lines around it") {
  CHECK(line_diff("a\nb\nc\n", "a\nx\nc\n") == Lines{"  a", "- b", "+ x", "  c"});
  CHECK(line_diff("a\nb\nc\n", "a\nb\nc\nd\n") == Lines{"  b", "  c", "+ d"});
  CHECK(line_diff("a\nb\nc\nd\n", "b\nc\ne\n") == Lines{"- a", "  b", "  c", "- d", "+ e"});
  CHECK(line_diff("1\n2\n3\n4\n5\n6\n7\n8\n", "0\n2\n3\n4\n5\n6\n7\n9\n") ==
        Lines{"- 1", "+ 0", "  2", "  3", "  …", "  6", "  7", "- 8", "+ 9"});
  CHECK(line_diff("", "a\n") == Lines{"+ a"});
  CHECK(line_diff("a\n", "") == Lines{"- a"});
}

TEST_CASE("texts that are the same differ in nothing") {
  CHECK(line_diff("a\nb\n", "a\nb\n").empty());
  CHECK(line_diff("", "").empty());
}

TEST_CASE("of texts too long to be compared line with line nothing that differs is left out") {
  std::string before;
  std::string now;
  for (int i = 0; i < 3000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    now += "new " + std::to_string(i) + "\n";
  }
  const auto lines = line_diff("same\n" + before, "same\n" + now);
  CHECK(lines.size() == 6001);
  CHECK(lines.front() == "  same");
  CHECK(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("+ new"); }) == 3000);
}
