#include "base/line_diff.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace runbook {

namespace {

using Lines = std::vector<std::string_view>;

// Texts of so many pairs of lines that differ are not compared one with the other: all of the one goes, the other
// comes.
constexpr std::size_t kMostPairs = 4'000'000;

Lines lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.empty() ? Lines() : split(text, '\n');
}

// Which lines stay: the longest common subsequence, by the table of those of all ends (Wagner and Fischer, 1974).
class Common {
 public:
  Common(const Lines& before, const Lines& after)
      : width_(after.size() + 1),
        lengths_(before.size() * after.size() > kMostPairs ? 0 : (before.size() + 1) * width_) {
    if (lengths_.empty()) return;
    for (auto i = before.size(); i-- > 0;) {
      for (auto j = after.size(); j-- > 0;)
        at(i, j) = before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  // Whether, of two lines that differ, the old one goes first.
  [[nodiscard]] bool goes_first(std::size_t i, std::size_t j) {
    return lengths_.empty() || at(i + 1, j) >= at(i, j + 1);
  }

 private:
  std::uint32_t& at(std::size_t i, std::size_t j) { return lengths_[i * width_ + j]; }

  std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

}  // namespace

std::vector<std::string> line_differences(std::string_view before, std::string_view after, std::size_t most) {
  auto old_lines = lines_of(before);
  auto new_lines = lines_of(after);
  std::string_view above;
  const auto [old_at, new_at] = std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  if (old_at != old_lines.begin()) above = *(old_at - 1);
  old_lines.erase(old_lines.begin(), old_at);
  new_lines.erase(new_lines.begin(), new_at);
  Common common(old_lines, new_lines);
  std::vector<std::string> out;
  bool is_next = false;  // to a line that was written
  const auto write = [&](std::string_view mark, std::string_view line) {
    if (!is_next && !above.empty()) out.push_back("  " + std::string(above));
    out.push_back(std::string(mark) + std::string(line));
    is_next = true;
  };
  for (std::size_t i = 0, j = 0; i < old_lines.size() || j < new_lines.size();) {
    const bool both = i < old_lines.size() && j < new_lines.size();
    if (both && old_lines[i] == new_lines[j]) {
      above = old_lines[i];
      is_next = false;
      ++i, ++j;
    } else if (j == new_lines.size() || (both && common.goes_first(i, j))) {
      write("- ", old_lines[i++]);
    } else {
      write("+ ", new_lines[j++]);
    }
  }
  if (out.size() <= most) return out;
  const auto left = out.size() - most + 1;
  out.resize(most - 1);
  out.push_back("… and " + std::to_string(left) + " more lines");
  return out;
}

}  // namespace runbook
