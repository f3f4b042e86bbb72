#include "base/line_diff.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::size_t kAround = 2;
constexpr std::size_t kMostPairs = 4'000'000;  // of lines that are compared: the table below holds a number for each

using Lines = std::vector<std::string_view>;

struct Line {
  char mark;  // ' ', '-' or '+'
  std::string_view text;
};

Lines lines_of(std::string_view text) {
  if (text.empty()) return {};
  if (text.ends_with('\n')) text.remove_suffix(1);
  return split(text, '\n');
}

// The longest common subsequence, by the table of its lengths (Wagner and Fischer, 1974). Of texts too long for that
// all of one goes, and all of the other comes.
void align(const Lines& a, const Lines& b, std::vector<Line>& out) {
  const auto width = b.size() + 1;
  const bool compared = a.size() * b.size() <= kMostPairs;
  std::vector<std::uint32_t> common(compared ? (a.size() + 1) * width : 0);
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return common[i * width + j]; };
  for (std::size_t i = compared ? a.size() : 0; i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;)
      at(i, j) = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const bool both = i < a.size() && j < b.size();
    if (both && compared && a[i] == b[j]) {
      out.push_back({' ', a[i++]});
      ++j;
    } else if (j == b.size() || (both && (!compared || at(i + 1, j) >= at(i, j + 1)))) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
}

// Of most pairs of texts nearly all is the same, before what differs and behind it.
std::vector<Line> aligned(const Lines& a, const Lines& b) {
  const auto same = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  auto end = a.size();
  auto other_end = b.size();
  while (end > same && other_end > same && a[end - 1] == b[other_end - 1]) --end, --other_end;
  std::vector<Line> out;
  for (std::size_t at = 0; at < same; ++at) out.push_back({' ', a[at]});
  const auto part = [same](const Lines& lines, std::size_t to) {
    return Lines(lines.begin() + static_cast<std::ptrdiff_t>(same), lines.begin() + static_cast<std::ptrdiff_t>(to));
  };
  align(part(a, end), part(b, other_end), out);
  for (auto at = end; at < a.size(); ++at) out.push_back({' ', a[at]});
  return out;
}

}  // namespace

std::vector<std::string> line_diff(std::string_view before, std::string_view now) {
  if (before == now) return {};
  const auto lines = aligned(lines_of(before), lines_of(now));
  std::vector<bool> shown(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].mark == ' ') continue;
    const auto end = std::min(lines.size(), at + kAround + 1);
    for (auto near = at - std::min(at, kAround); near < end; ++near) shown[near] = true;
  }
  std::vector<std::string> out;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (shown[at]) {
      out.push_back(std::string(1, lines[at].mark) + " " + std::string(lines[at].text));
    } else if (at > 0 && shown[at - 1]) {
      out.emplace_back("  …");
    }
  }
  return out;
}

}  // namespace runbook
