#include "cli/line_diff.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kAround = 2;
constexpr std::size_t kMostLines = 2000;  // of either text; the table below is their product

struct Line {
  char mark;  // ' ', '-' or '+'
  std::string_view text;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.empty()) return {};
  if (text.ends_with('\n')) text.remove_suffix(1);
  auto lines = split(text, '\n');
  if (lines.size() > kMostLines) lines.resize(kMostLines);
  return lines;
}

// The longest common subsequence, by the table of its lengths (Wagner and Fischer, 1974).
std::vector<Line> align(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<Line> out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out.push_back({' ', a[i++]});
      ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
  return out;
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view now) {
  if (before == now) return {};
  const auto lines = align(lines_of(before), lines_of(now));
  std::vector<bool> shown(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].mark == ' ') continue;
    const auto end = std::min(lines.size(), at + kAround + 1);
    for (auto near = at - std::min(at, kAround); near < end; ++near) shown[near] = true;
  }
  std::string out;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (shown[at]) {
      out += std::string(1, lines[at].mark) + " " + std::string(lines[at].text) + "\n";
    } else if (at > 0 && shown[at - 1]) {
      out += "  …\n";
    }
  }
  return out;
}

}  // namespace runbook::cli
