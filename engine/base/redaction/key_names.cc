#include "base/redaction/key_names.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

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

template <std::size_t N>
bool has(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_letter(char c) { return is_lower(c) || is_upper(c); }

// Takes the last word off a name, in lower case: of db.apiKey_2 first key, then api, then db.
std::string take_last_word(std::string_view& name) {
  while (!name.empty() && !is_letter(name.back())) name.remove_suffix(1);
  auto begin = name.size();
  while (begin > 0 && is_letter(name[begin - 1])) {
    --begin;
    const bool hump = begin > 0 && is_upper(name[begin]) && is_lower(name[begin - 1]);
    if (hump) break;
  }
  auto word = lower(name.substr(begin));
  name = name.substr(0, begin);
  return word;
}

}  // namespace

bool names_secret(std::string_view name) {
  if (name.size() > kLongestName || name == "PWD" || name == "OLDPWD") return false;
  auto last = take_last_word(name);
  if (has(kWords, last)) return true;
  if (std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return last.ends_with(ending); })) return true;
  if (last == "base") last = take_last_word(name);  // SECRET_KEY_BASE
  return last == "key" && has(kOpening, take_last_word(name));
}

bool may_be_secret(std::string_view value) {
  if (value.empty() || has(kHarmless, lower(value))) return false;
  if (value.starts_with("‹") && value.ends_with("›") && value.find("›") + 3 == value.size()) return false;
  if (value.starts_with("${") || value.starts_with("{") || value.starts_with("[") || value.starts_with("$("))
    return false;
  if (value.find_first_not_of('*') == std::string_view::npos) return false;
  return value.size() >= kFewDigits || !std::all_of(value.begin(), value.end(), is_digit);
}

}  // namespace runbook
