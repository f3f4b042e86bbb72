#include "base/redaction/leftovers.h"

#include <algorithm>
#include <array>

#include "base/redaction/structure.h"
#include "base/redaction/token_shapes.h"
#include "base/text.h"

namespace runbook {

namespace {

constexpr std::size_t kShortestRandom = 24;
constexpr std::size_t kLongestRandom = 128;
constexpr std::size_t kLongestName = 60;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_word(char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '+' || c == '_' || c == '='; }

std::size_t secrets_in(std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find("‹secret:"); at != std::string_view::npos; at = text.find("‹secret:", at + 1)) ++count;
  return count;
}

// Which declared secret the clean text names and the other does not.
std::string declared_in(std::string_view clean) {
  const auto begin = clean.find("‹secret:") + std::string_view("‹secret:").size();
  return "the secret " + escaped(clean.substr(begin, clean.find("›", begin) - begin), kLongestName);
}

std::string shape_of(std::string_view text, std::string_view clean, std::string_view name) {
  if (secrets_in(clean) > secrets_in(text)) return declared_in(clean);
  bool within_key = false;
  const auto spans = hidden_spans(text, within_key);
  if (spans.empty()) return "a value whose name says that it is secret: " + escaped(name, kLongestName);
  const auto before = text.substr(0, spans.front().begin);
  if (before.ends_with("PRIVATE KEY-----")) return "a private key";
  if (token_length(text.substr(spans.front().begin)) > 0) return "a token";
  const auto word = before.substr(before.find_last_of(" \t\r\n\"'") + 1);
  return word.find("://") != std::string_view::npos ? "a password in a URL"
                                                    : "a value beside a name that says it is secret";
}

class Comparison {
 public:
  void compare(const std::string& where, std::string_view name, const Value& kept, const Value& clean) {
    if (const auto* text = kept.as_text()) {
      const auto shown = clean.text_or("");
      if (*text != shown) {
        add(where, shape_of(*text, shown, name));
      } else if (has_random_word(*text)) {
        add(where, "a word that looks random");
      }
    } else if (const auto* list = kept.as_list()) {
      for (std::size_t i = 0; i < list->size(); ++i)
        compare(below(where, std::to_string(i)), name, (*list)[i], clean.items()[i]);
    } else if (const auto* map = kept.as_map()) {
      for (const auto& [key, member] : *map) {
        const auto found = clean.members().find(key);
        if (found == clean.members().end()) {
          add(where, "the name of something");
        } else {
          compare(below(where, escaped(key, kLongestName)), key, member, found->second);
        }
      }
    } else if (!(kept == clean)) {
      add(where, "a number whose digits are a secret");
    }
  }

  std::vector<Leftover> found{};

 private:
  static std::string below(const std::string& where, const std::string& part) {
    return where.empty() ? part : where + "." + part;
  }

  static bool has_random_word(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = at;
      while (at < text.size() && in_word(text[at])) ++at;
      if (looks_random(text.substr(begin, at - begin))) return true;
      at += at == begin ? 1 : 0;
    }
    return false;
  }

  void add(const std::string& where, std::string shape) {
    found.push_back({.where = where, .shape = std::move(shape)});
  }
};

}  // namespace

bool looks_random(std::string_view word) {
  if (word.size() < kShortestRandom || word.size() > kLongestRandom) return false;
  std::array<bool, 256> met{};
  std::size_t different = 0;
  std::size_t turns = 0;  // from one kind of character to another
  const auto kind = [](char c) { return is_lower(c) ? 0 : is_upper(c) ? 1 : is_digit(c) ? 2 : 3; };
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto& seen = met[static_cast<unsigned char>(word[i])];
    different += seen ? 0 : 1;
    seen = true;
    turns += i > 0 && kind(word[i]) != kind(word[i - 1]) ? 1 : 0;
  }
  const bool mixed = std::any_of(word.begin(), word.end(), is_lower) &&
                     std::any_of(word.begin(), word.end(), is_upper) && std::any_of(word.begin(), word.end(), is_digit);
  // Names in camel case turn once in five characters, random words in two of three.
  return mixed && different >= 14 && turns * 5 >= word.size() * 2;
}

std::vector<Leftover> leftovers_in(Redactor& redactor, const Value& answer, const Value& args) {
  const auto clean = redactor.clean(answer, args);
  Comparison comparison;
  comparison.compare({}, args["key"].text_or(""), answer, clean);
  return std::move(comparison.found);
}

}  // namespace runbook
