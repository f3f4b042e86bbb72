#include "base/wildcard.h"

#include <cstddef>

#include "base/text.h"

namespace runbook {

namespace {

// The one walk for characters and for segments: where something differs, the last star takes one more.
template <class Text, class Pattern, class Star, class Same>
bool walk(const Text& text, const Pattern& pattern, Star is_star, Same is_same) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = kNone;
  std::size_t resume = 0;
  while (at < text.size()) {
    if (in < pattern.size() && is_star(pattern[in])) {
      star = in++;
      resume = at;
    } else if (in < pattern.size() && is_same(text[at], pattern[in])) {
      ++in;
      ++at;
    } else if (star != kNone) {
      in = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (in < pattern.size() && is_star(pattern[in])) ++in;
  return in == pattern.size();
}

}  // namespace

bool is_like(std::string_view text, std::string_view pattern) {
  return walk(
      text, pattern, [](char c) { return c == '*'; }, [](char c, char wanted) { return wanted == '?' || wanted == c; });
}

bool is_path_like(std::string_view path, std::string_view pattern) {
  return walk(
      split(path, '/'), split(pattern, '/'), [](std::string_view segment) { return segment == "**"; },
      [](std::string_view segment, std::string_view wanted) { return is_like(segment, wanted); });
}

}  // namespace runbook
