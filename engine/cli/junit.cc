#include "cli/junit.h"

#include <cstdio>
#include <map>
#include <vector>

namespace runbook::cli {

namespace {

// XML 1.0 has no place for control characters, not even escaped ones.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n') {
      out += "&#10;";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "?";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string seconds(std::chrono::milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "\"%.3f\"", static_cast<double>(time.count()) / 1000);
  return text;
}

std::string case_xml(const Case& one) {
  auto out = "    <testcase classname=" + quoted(one.book + "." + one.world) + " name=" + quoted(one.name) +
             " time=" + seconds(one.took);
  if (one.problem.empty()) return out + "/>\n";
  return out + ">\n      <failure message=" + quoted(one.problem) + "/>\n    </testcase>\n";
}

}  // namespace

std::string junit_xml(std::span<const Case> cases) {
  std::map<std::string, std::vector<const Case*>> books;
  for (const auto& one : cases) books[one.book].push_back(&one);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& [book, own] : books) {
    std::size_t failed = 0;
    std::chrono::milliseconds took{0};
    std::string body;
    for (const auto* one : own) {
      failed += one->problem.empty() ? 0 : 1;
      took += one->took;
      body += case_xml(*one);
    }
    out += "  <testsuite name=" + quoted(book) + " tests=\"" + std::to_string(own.size()) + "\" failures=\"" +
           std::to_string(failed) + "\" time=" + seconds(took) + ">\n" + body + "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace runbook::cli
