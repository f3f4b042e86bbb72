#include "guard/word_kind.h"

#include <algorithm>

#include "base/text.h"
#include "base/wildcard.h"

namespace runbook::guard {

namespace {

const std::vector<std::string> kKeys = {"chars", "list", "longest", "never", "one_of", "paths", "redis", "starts"};
constexpr std::string_view kPathMarks = "/_.-+:@%,=~";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool any_like(const std::vector<std::string>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [path](const auto& pattern) { return is_path_like(path, pattern); });
}

bool fits_alone(const WordKind& kind, std::string_view word) {
  if (word.empty() || word.size() > kind.longest || has(kind.never, word)) return false;
  if (!kind.one_of.empty()) return has(kind.one_of, word);
  if (!kind.paths.empty()) return is_plain_path(word) && any_like(kind.paths, word) && !any_like(kind.never, word);
  const bool begins = kind.starts.empty() ? word[0] != '-' : kind.starts.find(word[0]) != std::string::npos;
  return begins && word.find_first_not_of(kind.chars) == std::string_view::npos;
}

// "a-c_-" → "abc_-"
std::string spelled_out(std::string_view classes) {
  std::string out;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool range = i + 2 < classes.size() && classes[i + 1] == '-' && is_letter_or_digit(classes[i]) &&
                       is_letter_or_digit(classes[i + 2]);
    if (!range) {
      out += classes[i];
      continue;
    }
    for (char c = classes[i]; c <= classes[i + 2]; ++c) out += c;
    i += 2;
  }
  return out;
}

Error wrong(const std::string& key, std::string message) {
  return {.code = Code::kConfig, .message = std::move(message), .where = key};
}

Result<std::vector<std::string>> words(const std::string& key, const Value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.items()) {
    if (item.as_text() == nullptr || item.as_text()->empty()) return wrong(key, key + " wants a list of words");
    out.push_back(*item.as_text());
  }
  if (out.empty()) return wrong(key, key + " wants a list of words");
  return out;
}

Result<> read(WordKind& kind, const std::string& key, const Value& value) {
  if (key == "chars" || key == "starts") {
    if (value.text_or("").empty()) return wrong(key, key + " wants characters, such as \"a-z0-9_\"");
    (key == "chars" ? kind.chars : kind.starts) = spelled_out(value.text_or(""));
  } else if (key == "list" || key == "redis") {
    if (value.as_bool() == nullptr) return wrong(key, key + " wants true or false");
    (key == "list" ? kind.list : kind.redis) = *value.as_bool();
  } else if (key == "longest") {
    const auto bytes = value.number_or(0);
    if (!(bytes >= 1 && bytes <= 4096)) return wrong(key, "longest wants a number of bytes from 1 to 4096");
    kind.longest = static_cast<std::size_t>(bytes);
  } else if (has(kKeys, key)) {
    RUNBOOK_TRY(list, words(key, value));
    (key == "never" ? kind.never : key == "paths" ? kind.paths : kind.one_of) = list;
  } else {
    const auto near = nearest(key, kKeys);
    return wrong(key, "a kind has no key " + escaped(key, 40) +
                          (near.empty() ? ": it has " + join(kKeys, ", ") : ", did you mean " + near + "?"));
  }
  return {};
}

}  // namespace

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  if (!std::all_of(path.begin(), path.end(),
                   [](char c) { return is_letter_or_digit(c) || kPathMarks.find(c) != std::string_view::npos; }))
    return false;
  const auto segments = split(path, '/');  // the first is empty, and so is the last of "/" and "/var/"
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == ".." || (segments[i].empty() && !last)) return false;
  }
  return true;
}

bool WordKind::fits(std::string_view word) const {
  if (!list) return fits_alone(*this, word);
  if (word.size() > longest) return false;
  const auto parts = split(word, ',');
  return std::all_of(parts.begin(), parts.end(), [this](std::string_view part) { return fits_alone(*this, part); });
}

Result<WordKind> parse_word_kind(const Value& table) {
  if (table.as_map() == nullptr) return wrong("", "a kind is a table: " + join(kKeys, ", "));
  WordKind kind;
  for (const auto& [key, value] : table.members()) RUNBOOK_CHECK(read(kind, key, value));
  const int ways = static_cast<int>(!kind.chars.empty()) + static_cast<int>(!kind.one_of.empty()) +
                   static_cast<int>(!kind.paths.empty()) + static_cast<int>(kind.redis);
  if (ways != 1) return wrong("", "a kind says one of chars, one_of, paths and redis");
  return kind;
}

}  // namespace runbook::guard
