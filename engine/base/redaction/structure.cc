#include "base/redaction/structure.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/redaction/key_names.h"
#include "base/redaction/token_shapes.h"
#include "base/text.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestKey = 128;
constexpr std::string_view kEndOfValue = " \t\r\n\"'`&;,<>";
constexpr std::string_view kEndOfUrl = " \t\r\n\"'`<>\\|";
constexpr std::string_view kLineEnds = "\r\n";

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool in_key(char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; }

constexpr std::array<bool, 256> kInWord = [] {
  std::array<bool, 256> out{};
  for (int c = 0; c < 128; ++c) out[static_cast<std::size_t>(c)] = c == '_' || is_alphanumeric(static_cast<char>(c));
  return out;
}();
bool in_word(char c) { return kInWord[static_cast<unsigned char>(c)]; }

bool is_number(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

// Where a look at the rules is worth its time.
enum class Tells : std::uint8_t { kNothing, kMaybe, kAtWordStart };
constexpr std::array<Tells, 256> kTells = [] {
  std::array<Tells, 256> out{};
  for (const char c : std::string_view("=:-\xE2")) out[static_cast<unsigned char>(c)] = Tells::kMaybe;
  for (const char c : std::string_view("AgxsrwyhdnpeSPRmM")) out[static_cast<unsigned char>(c)] = Tells::kAtWordStart;
  return out;
}();

bool is_variable(std::string_view key) {
  return std::none_of(key.begin(), key.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '.'; });
}

class Scan {
 public:
  Scan(std::string_view text, bool& within_key) : text_(text), within_key_(within_key) {}

  std::vector<HiddenSpan> run() {
    std::size_t at = within_key_ ? end_of_key(0) : 0;
    while (at < text_.size()) {
      const auto tells = kTells[static_cast<unsigned char>(text_[at])];
      const bool look_here = tells == Tells::kMaybe || (tells == Tells::kAtWordStart && starts_word(at));
      const auto next = look_here ? std::max(at + 1, look(at)) : at + 1;
      at = next > at + 1 ? next : step_from(at);
    }
    return std::move(spans_);
  }

 private:
  bool starts_word(std::size_t at) const { return at == 0 || !in_word(text_[at - 1]); }

  // Behind this character, or behind its word, of which the rest tells nothing.
  std::size_t step_from(std::size_t at) const {
    if (!in_word(text_[at])) return at + 1;
    while (++at < text_.size() && in_word(text_[at])) {
    }
    return at;
  }

  // Where to go on.
  std::size_t look(std::size_t at) {
    const char c = text_[at];
    if (c == '=' || c == ':') return text_.substr(at, 3) == "://" ? url(at + 3) : assignment(at);
    if (c == '-') return starts_word(at) && text_.substr(at, 5) != "-----" ? option(at) : key_block(at);
    if (c == '\xE2') return mark(at);
    if (c == 'p' || c == 'P') {
      if (const auto end = sql_password(at); end > at) return end;
    }
    if (c == 'r' || c == 'R' || c == 'm' || c == 'M') {
      if (const auto end = setting_of_redis(at); end > at) return end;
    }
    const auto length = token_length(text_.substr(at));
    return hide(at, at + length);
  }

  std::size_t hide(std::size_t begin, std::size_t end) {
    if (begin < end) spans_.push_back({.begin = begin, .end = end});
    return end;
  }

  std::size_t end_of(std::size_t from, std::string_view ends) const {
    return std::min(text_.find_first_of(ends, from), text_.size());
  }

  std::string_view between(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }

  // What stands in the place of a declared secret looks like an assignment itself.
  std::size_t mark(std::size_t at) const {
    const auto end = text_.find("›", at);
    return text_.substr(at).starts_with("‹secret:") && end != std::string_view::npos ? end : at;
  }

  std::size_t key_block(std::size_t at) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    if (!text_.substr(at).starts_with(kBegin)) return at;
    const auto label = at + kBegin.size();
    const auto close = text_.find("-----", label);
    if (close == std::string_view::npos || between(label, close).find("PRIVATE KEY") == std::string_view::npos)
      return at;
    within_key_ = true;
    return end_of_key(close + 5);
  }

  // --password VALUE, as command lines of processes and containers have it.
  std::size_t option(std::size_t at) {
    const auto end = end_of(at, " \t\r\n=:\"'");
    const auto key = between(std::min(text_.find_first_not_of('-', at), end), end);
    const bool of_redis = key == "a" && text_.substr(0, at).rfind("redis-cli") != std::string_view::npos;
    if (end + 1 >= text_.size() || text_[end] != ' ' || text_[end + 1] == '-' || !(of_redis || names_secret(key)))
      return at;
    return value(key, end + 1, end_of(end + 1, kEndOfValue));
  }

  bool says(std::size_t at, std::string_view word) const {
    if (at + word.size() > text_.size()) return false;
    return std::equal(word.begin(), word.end(), text_.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char wanted, char c) { return wanted == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  }

  std::size_t skip_blanks(std::size_t at) const {
    return std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
  }

  // PASSWORD 'x' of CREATE ROLE, ALTER USER, CREATE USER MAPPING: also E'…', with '' for a quote in it, and $$…$$.
  std::size_t sql_password(std::size_t at) {
    constexpr std::string_view kWord = "password";
    if (!says(at, kWord)) return at;
    auto begin = skip_blanks(at + kWord.size());
    if (begin == at + kWord.size() || begin >= text_.size()) return at;
    if (text_[begin] == '$') return dollar_quoted(at, begin);
    const bool escapes = (text_[begin] == 'E' || text_[begin] == 'e') && text_.substr(begin + 1, 1) == "'";
    if (escapes) ++begin;
    if (text_[begin] != '\'') return at;
    auto end = ++begin;
    for (; end < text_.size(); ++end) {
      if (escapes && text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '\'') {
        if (text_.substr(end + 1, 1) != "'") break;
        ++end;
      }
    }
    end = std::min(end, text_.size());
    return may_be_secret(between(begin, end)) ? hide(begin, end) : at;
  }

  std::size_t dollar_quoted(std::size_t at, std::size_t begin) {
    const auto close = text_.find('$', begin + 1);
    if (close == std::string_view::npos || close - begin > kLongestKey) return at;
    const auto tag = between(begin, close + 1);
    if (!std::all_of(tag.begin() + 1, tag.end() - 1, [](char c) { return is_alphanumeric(c) || c == '_'; })) return at;
    const auto end = std::min(text_.find(tag, close + 1), text_.size());
    return hide(close + 1, end);
  }

  // CONFIG SET requirepass x as MONITOR and the slow log have it, in quotes or not, and the line of redis.conf.
  std::size_t setting_of_redis(std::size_t at) {
    const std::string_view word = says(at, "requirepass") ? "requirepass" : says(at, "masterauth") ? "masterauth" : "";
    if (word.empty()) return at;
    auto begin = at + word.size();
    if (text_.substr(begin, 1) == "\"" && at > 0 && text_[at - 1] == '"') ++begin;
    if (begin >= text_.size() || (text_[begin] != ' ' && text_[begin] != '\t')) return at;
    begin = std::min(text_.find_first_not_of(" \t", begin), text_.size());
    const bool in_quotes = begin < text_.size() && text_[begin] == '"';
    const auto end = in_quotes ? end_of(begin + 1, "\"\n") : end_of(begin, " \t\r\n");
    const auto before = trim(text_.substr(0, at - (at > 0 && text_[at - 1] == '"' ? 1 : 0)));
    const bool set = lower(before.substr(before.size() - std::min<std::size_t>(before.size(), 4))).ends_with("set") ||
                     lower(before.substr(before.size() - std::min<std::size_t>(before.size(), 4))) == "set\"";
    const bool whole_line = (at == 0 || text_[at - 1] == '\n') && end_of(end, "\r\n") - end <= 1;
    if (!set && !whole_line) return at;
    if (in_quotes) ++begin;
    return may_be_secret(between(begin, end)) ? hide(begin, end) : at;
  }

  std::size_t end_of_key(std::size_t from) {
    const auto end = text_.find("-----END", from);
    within_key_ = end == std::string_view::npos;
    return hide(from, within_key_ ? text_.size() : end);
  }

  std::size_t url(std::size_t begin) {
    const auto all = end_of(begin, kEndOfUrl);
    auto end = std::min(end_of(begin, "/?#"), all);
    const auto colon = text_.find(':', begin);
    if (colon >= end || text_[begin] == '[') return begin;
    auto at_sign = text_.substr(0, end).rfind('@');
    // A password may hold a slash; a port is a number.
    if (at_sign == std::string_view::npos || at_sign < begin) {
      if (is_number(between(colon + 1, end))) return begin;
      at_sign = text_.substr(0, all).rfind('@');
      const bool cut = at_sign == std::string_view::npos || at_sign < begin;
      if (cut && all < text_.size()) return begin;
      if (cut) at_sign = all;
    }
    if (colon > at_sign || !may_be_secret(between(colon + 1, at_sign))) return begin;
    return hide(colon + 1, at_sign);
  }

  // The name before the sign, without its quotes.
  std::size_t beginning_of_key(std::size_t& end) const {
    while (end > 0 && text_[end - 1] == ' ') --end;
    if (end > 0 && (text_[end - 1] == '"' || text_[end - 1] == '\'')) --end;
    if (end > 0 && text_[end - 1] == '\\') --end;
    auto begin = end;
    while (begin > 0 && end - begin <= kLongestKey && in_key(text_[begin - 1])) --begin;
    return begin;
  }

  std::size_t assignment(std::size_t sign) {
    auto key_end = sign;
    const auto key_begin = beginning_of_key(key_end);
    const auto key = between(key_begin, key_end);
    if (!names_secret(key)) return sign;
    auto at = sign + 1;
    if (at < text_.size() && (text_[at] == '>' || (text_[at] == '=' && text_[sign] == ':'))) ++at;
    if (at < text_.size() && text_[at] == '=') return sign;
    const bool whole =
        key_begin == 0 && text_[sign] == '=' && is_variable(key) && text_.find('\n') == std::string_view::npos;
    if (whole) return value(key, at, text_.size());
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
    if (at >= text_.size()) return sign;
    if (text_[at] == '"' || text_[at] == '\'' || text_.substr(at).starts_with("\\\"")) return quoted(key, at);
    if (text_[sign] == ':' && is_header(key)) return header(lower(key), at);
    return value(key, at, end_of(at, kEndOfValue));
  }

  static bool is_header(std::string_view key) {
    const auto name = lower(key);
    return name.ends_with("authorization") || name.ends_with("cookie") || name.starts_with("x-");
  }

  std::size_t value(std::string_view key, std::size_t begin, std::size_t end) {
    const auto text = between(begin, end);
    const bool counts = is_number(text) && lower(key).find("pass") == std::string::npos;
    return counts || !may_be_secret(text) ? begin : hide(begin, end);
  }

  std::size_t quoted(std::string_view key, std::size_t at) {
    // primary_conninfo = '… password=''a b'' …': within a quoted setting a quote is two.
    const bool twice = text_.substr(at, 2) == "''" && at + 2 < text_.size() &&
                       std::string_view(" \t\r\n,;)&").find(text_[at + 2]) == std::string_view::npos;
    const std::string_view quote = text_[at] == '\\' ? "\\\"" : text_.substr(at, twice ? 2 : 1);
    const auto begin = at + quote.size();
    auto end = begin;
    while (end < text_.size() && text_[end] != '\n' && !text_.substr(end).starts_with(quote)) {
      end += text_[end] == '\\' && quote.size() == 1 ? 2 : 1;
    }
    return value(key, begin, std::min(end, text_.size()));
  }

  std::size_t header(const std::string& name, std::size_t at) {
    const auto end = end_of(at, kLineEnds);
    if (name.ends_with("cookie")) return cookies(at, end, name == "cookie");
    const auto blank = text_.find(' ', at);
    const bool scheme = name.ends_with("authorization") && blank < end;
    return value(name, scheme ? blank + 1 : at, end);
  }

  // name=value; name=value, of which in Set-Cookie only the first is one.
  std::size_t cookies(std::size_t at, std::size_t end, bool all) {
    while (at < end) {
      const auto next = std::min(end_of(at, ";"), end);
      const auto equals = text_.find('=', at);
      if (equals < next && may_be_secret(between(equals + 1, next))) hide(equals + 1, next);
      if (!all) break;
      at = next + 1;
    }
    return end;
  }

  std::string_view text_;
  bool& within_key_;
  std::vector<HiddenSpan> spans_;
};

}  // namespace

std::vector<HiddenSpan> hidden_spans(std::string_view text, bool& within_key) { return Scan(text, within_key).run(); }

}  // namespace runbook
