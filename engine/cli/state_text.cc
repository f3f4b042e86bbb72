#include "cli/state_text.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kLongest = 120;
constexpr std::size_t kLongestWord = 60;
constexpr std::size_t kIdDigits = 64;
constexpr std::size_t kShortId = 12;

bool is_id(std::string_view text) {
  return text.size() == kIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string word(const Value& value) {
  if (value.is_null()) return "gone";
  if (const auto* truth = value.as_bool()) return *truth ? "yes" : "no";
  const auto* text = value.as_text();
  if (text == nullptr) return escaped(to_json(value), kLongestWord);
  return escaped(is_id(*text) ? std::string_view(*text).substr(0, kShortId) : *text, kLongestWord);
}

// The members that are not as they were, those of tables inside by their path: "current.image shop/api:2".
void differing(const Value& after, const Value& before, const std::string& path, std::vector<std::string>& out) {
  auto names = after.members();
  for (const auto& [name, value] : before.members()) names.emplace(name, Value());
  for (const auto& [name, value] : names) {
    if (value == before[name]) continue;
    const auto here = path + escaped(name, kLongestWord);
    if (value.as_map() != nullptr && before[name].as_map() != nullptr) {
      differing(value, before[name], here + ".", out);
    } else {
      out.push_back(here + " " + word(value));
    }
  }
}

}  // namespace

std::string state_text(const Value& after, const Value& before) {
  if (after.as_map() == nullptr) return ", reads back as " + word(after);
  std::vector<std::string> parts;
  differing(after, before, "", parts);
  if (parts.empty()) return {};
  std::string out = ", now " + parts[0];
  for (std::size_t at = 1; at < parts.size(); ++at) {
    if (out.size() + parts[at].size() > kLongest) return out + ", …";
    out += ", " + parts[at];
  }
  return out;
}

}  // namespace runbook::cli
