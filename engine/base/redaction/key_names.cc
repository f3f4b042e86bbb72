#include "base/redaction/key_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace runbook {

namespace {

constexpr std::size_t kLongestName = 128;
constexpr std::size_t kFewDigits = 6;

constexpr auto kWords = std::to_array<std::string_view>(
    {"apikey",          "auth",          "authorization", "bearer",     "cookie",     "credential",
     "credentials",     "identitytoken", "jwt",           "masterauth", "pass",       "passcode",
     "passphrase",      "passwd",        "password",      "pw",         "pwd",        "registrytoken",
     "requirepass",     "secret",        "secrets",       "secretkey",  "accountkey", "sessionid",
     "sharedaccesskey", "token"});
// What makes a key one that opens something: a cache_key does not.
constexpr auto kOpening = std::to_array<std::string_view>(
    {"access", "account", "api", "auth", "encryption", "license", "master", "private", "secret", "signing", "storage"});
constexpr auto kEndings = std::to_array<std::string_view>({"password", "passwd", "passphrase"});  // PGPASSWORD
constexpr auto kHarmless = std::to_array<std::string_view>(
    {"true", "false", "null", "nil", "none", "yes", "no", "on", "off", "unset", "(redacted)", "<redacted>"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_letter(char c) { return is_lower(c) || is_upper(c); }

constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether a word is this one of ours, which is in lower case. Every name before a sign in every log comes through here:
// nothing is copied for it.
bool same(std::string_view known, std::string_view word) {
  return known.size() == word.size() &&
         std::equal(known.begin(), known.end(), word.begin(), [](char a, char b) { return a == small(b); });
}

template <std::size_t N>
bool has(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::any_of(list.begin(), list.end(), [word](std::string_view known) { return same(known, word); });
}

bool ends_as_secrets_do(std::string_view word) {
  return std::any_of(kEndings.begin(), kEndings.end(), [word](std::string_view ending) {
    return word.size() >= ending.size() && same(ending, word.substr(word.size() - ending.size()));
  });
}

// By its length and its last letter most words are none of ours.
constexpr std::size_t kLongestWord = 16;
constexpr auto kLastLetters = [] {
  std::array<std::uint32_t, kLongestWord> out{};
  for (const auto word : kWords) out[word.size()] |= 1U << static_cast<unsigned>(word.back() - 'a');
  return out;
}();
constexpr auto kLastLettersOfEndings = [] {
  std::uint32_t out = 0;
  for (const auto ending : kEndings) out |= 1U << static_cast<unsigned>(ending.back() - 'a');
  return out;
}();

bool may_be_ours(std::string_view word) {
  if (word.empty()) return false;
  const auto letters = kLastLettersOfEndings | (word.size() < kLongestWord ? kLastLetters[word.size()] : 0U);
  return (letters >> static_cast<unsigned>(small(word.back()) - 'a') & 1U) != 0;
}

// Takes the last word off a name: of db.apiKey_2 first Key, then api, then db.
std::string_view take_last_word(std::string_view& name) {
  while (!name.empty() && !is_letter(name.back())) name.remove_suffix(1);
  auto begin = name.size();
  while (begin > 0 && is_letter(name[begin - 1])) {
    --begin;
    const bool hump = begin > 0 && is_upper(name[begin]) && is_lower(name[begin - 1]);
    if (hump) break;
  }
  const auto word = name.substr(begin);
  name = name.substr(0, begin);
  return word;
}

}  // namespace

bool names_secret(std::string_view name) {
  if (name.size() > kLongestName || name == "PWD" || name == "OLDPWD") return false;
  auto last = take_last_word(name);
  if (may_be_ours(last) && (has(kWords, last) || ends_as_secrets_do(last))) return true;
  if (same("base", last)) last = take_last_word(name);  // SECRET_KEY_BASE
  return same("key", last) && has(kOpening, take_last_word(name));
}

bool may_be_secret(std::string_view value) {
  if (value.empty() || has(kHarmless, value)) return false;
  if (value.starts_with("‹") && value.ends_with("›") && value.find("›") + 3 == value.size()) return false;
  if (value.starts_with("${") || value.starts_with("{") || value.starts_with("[") || value.starts_with("$("))
    return false;
  if (value.find_first_not_of('*') == std::string_view::npos) return false;
  return value.size() >= kFewDigits || !std::all_of(value.begin(), value.end(), is_digit);
}

}  // namespace runbook
