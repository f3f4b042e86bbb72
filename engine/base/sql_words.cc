#include "base/sql_words.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestName = 63;  // NAMEDATALEN - 1
constexpr std::size_t kLongestStatement = 256U << 10U;
constexpr std::string_view kOperatorCharacters = "~!@#^&|`?+-*/%<>=:";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool continues_name(char c) { return is_letter(c) || is_digit(c) || c == '$'; }
char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  Result<SqlWords> scan() {
    if (sql_.size() > kLongestStatement) return refused("the statement is longer than 256 KiB");
    if (sql_.find('\0') != std::string_view::npos) return refused("the statement has a NUL byte in it");
    while (at_ < sql_.size()) RUNBOOK_CHECK(take());
    words_.names.assign(names_.begin(), names_.end());
    return std::move(words_);
  }

 private:
  [[nodiscard]] Error refused(const std::string& what) const {
    const auto line =
        1 + std::count(sql_.begin(), sql_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, sql_.size())), '\n');
    return {.code = Code::kRefused, .message = what + (line > 1 ? ", line " + std::to_string(line) : "")};
  }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool begins(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

  Result<void> take() {
    const char c = peek();
    if (is_blank(c)) {
      ++at_;
      return {};
    }
    if (begins("--")) return skip_line();
    if (begins("/*")) return skip_comment();
    const bool was_escaped_text = std::exchange(after_escaped_text_, false);
    if (c == '\'' && was_escaped_text) return refused("a text behind E'…' goes on with it: write it in one piece");
    if (c == ';') return refused("one statement at a time: there is a ; in it");
    if (c == '\'') return skip_quoted('\'', false);
    if (c == '"') return take_quoted_name();
    if (c == '$') return take_dollar();
    if (is_letter(c)) return take_word();
    if (is_digit(c)) return skip_number();
    note("(");
    if (kOperatorCharacters.find(c) != std::string_view::npos) return take_operator();
    if (std::string_view("()[],.").find(c) != std::string_view::npos) {
      ++at_;
      return {};
    }
    return refused(static_cast<unsigned char>(c) >= 0x80 ? "a name with letters outside of ASCII needs double quotes"
                                                         : "no SQL has the character " + escaped(std::string(1, c)));
  }

  void note(std::string_view word) {
    if (words_.first.empty()) {
      words_.first = word;
    } else if (words_.second.empty()) {
      words_.second = word;
    }
  }

  Result<void> skip_line() {
    at_ = std::min(sql_.find_first_of("\n\r", at_), sql_.size());
    return {};
  }

  Result<void> skip_comment() {
    int depth = 0;
    do {
      if (at_ >= sql_.size()) return refused("a comment has no end");
      if (begins("/*")) {
        ++depth;
        at_ += 2;
      } else if (begins("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0);
    return {};
  }

  // `escapes`: of E'…', where a backslash takes the next character with it.
  Result<void> skip_quoted(char quote, bool escapes) {
    note("'");
    for (++at_; at_ < sql_.size(); ++at_) {
      if (escapes && peek() == '\\') {
        ++at_;
      } else if (peek() == quote) {
        if (peek(1) != quote) {
          ++at_;
          return {};
        }
        ++at_;
      }
    }
    return refused("a quoted text has no end");
  }

  Result<void> take_quoted_name() {
    const auto begin = at_ + 1;
    RUNBOOK_CHECK(skip_quoted('"', false));
    std::string name;
    for (auto i = begin; i + 1 < at_; ++i) {
      name += sql_[i];
      if (sql_[i] == '"') ++i;
    }
    return note_name(std::move(name));
  }

  Result<void> note_name(std::string name) {
    if (name.size() > kLongestName) return refused("a name is longer than the 63 bytes that PostgreSQL keeps");
    names_.insert(std::move(name));
    return {};
  }

  // $1, or $tag$…$tag$.
  Result<void> take_dollar() {
    if (is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
      return is_letter(peek()) ? refused("a parameter runs into a name") : Result<void>();
    }
    auto end = at_ + 1;
    while (end < sql_.size() && (is_letter(sql_[end]) || is_digit(sql_[end]))) ++end;
    if (end >= sql_.size() || sql_[end] != '$') return refused("a $ that begins neither a parameter nor a text");
    const auto tag = sql_.substr(at_, end + 1 - at_);
    const auto close = sql_.find(tag, end + 1);
    if (close == std::string_view::npos) return refused("a text in " + escaped(tag, 40) + " has no end");
    at_ = close + tag.size();
    return {};
  }

  Result<void> take_word() {
    if (is_text_prefix()) {
      const bool escapes = folded(peek()) == 'e';
      ++at_;
      after_escaped_text_ = escapes;
      return skip_quoted('\'', escapes);
    }
    if (folded(peek()) == 'u' && peek(1) == '&' && (peek(2) == '\'' || peek(2) == '"'))
      return refused("U& texts and names are not taken: write the letters themselves");
    std::string name;
    while (continues_name(peek())) name += folded(sql_[at_++]);
    if (static_cast<unsigned char>(peek()) >= 0x80)
      return refused("a name with letters outside of ASCII needs double quotes");
    note(name);
    return note_name(std::move(name));
  }

  // E'…', B'…', X'…', N'…'
  [[nodiscard]] bool is_text_prefix() const {
    return peek(1) == '\'' && std::string_view("ebxn").find(folded(peek())) != std::string_view::npos;
  }

  // 1, 1.5e-3; letters right behind it belong to no name that a server of 15 or newer would see, older ones see one.
  Result<void> skip_number() {
    note("0");
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    const auto sign = peek(1) == '+' || peek(1) == '-' ? 2U : 1U;
    if (folded(peek()) == 'e' && is_digit(peek(sign))) {
      at_ += sign;
      while (is_digit(peek())) ++at_;
    }
    return continues_name(peek()) ? refused("a number runs into a name") : Result<void>();
  }

  Result<void> take_operator() {
    while (at_ < sql_.size() && kOperatorCharacters.find(peek()) != std::string_view::npos && !begins("--") &&
           !begins("/*"))
      words_.operators += sql_[at_++];
    words_.operators += ' ';
    return {};
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  bool after_escaped_text_ = false;  // E'a' and, behind a line end, 'b\'c' are one text with escapes
  std::set<std::string> names_;
  SqlWords words_;
};

}  // namespace

Result<SqlWords> parse_sql_words(std::string_view sql) { return Scanner(sql).scan(); }

}  // namespace runbook
