#include "lint/lua_tokens.h"

#include <algorithm>
#include <array>

namespace runbook::lint {

namespace {

constexpr std::array<std::string_view, 22> kKeywords = {
    "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
    "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
constexpr std::array<std::string_view, 8> kLongSigns = {"...", "..", "==", "~=", "<=", ">=", "::", "//"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// LuaJIT takes every byte above ASCII for a letter.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

char LuaTokens::take() {
  const char c = at();
  if (c == '\n') ++line_;
  if (place_ < source_.size()) ++place_;
  return c;
}

int LuaTokens::long_bracket() const {
  if (at() != '[') return -1;
  int level = 0;
  while (at(static_cast<std::size_t>(level) + 1) == '=') ++level;
  return at(static_cast<std::size_t>(level) + 1) == '[' ? level : -1;
}

Token LuaTokens::long_text(int level) {
  Token token{.word = Word::kText, .line = line_};
  for (int i = 0; i < level + 2; ++i) take();
  const std::string close = "]" + std::string(static_cast<std::size_t>(level), '=') + "]";
  const auto end = source_.find(close, place_);
  if (end == std::string_view::npos) return {.word = Word::kBroken, .line = token.line};
  while (place_ < end) token.text += take();
  place_ += close.size();
  if (token.text.starts_with('\n')) token.text.erase(0, 1);
  return token;
}

Token LuaTokens::quoted() {
  Token token{.word = Word::kText, .line = line_};
  const char quote = take();
  while (place_ < source_.size()) {
    const char c = take();
    if (c == quote) return token;
    // What an escape stands for does not matter to names: they need none.
    token.text += c == '\\' ? take() : c;
  }
  return {.word = Word::kBroken, .line = token.line};
}

Token LuaTokens::number() {
  Token token{.word = Word::kNumber, .line = line_};
  while (is_digit(at()) || is_letter(at()) || at() == '.') {
    const char c = take();
    token.text += c;
    const bool hex = token.text.starts_with("0x") || token.text.starts_with("0X");
    const bool exponent = hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E';
    if (exponent && (at() == '+' || at() == '-')) token.text += take();
  }
  return token;
}

bool LuaTokens::skip_comment() {
  if (at() != '-' || at(1) != '-') return false;
  place_ += 2;
  if (const int level = long_bracket(); level >= 0) {
    long_text(level);
  } else {
    while (place_ < source_.size() && at() != '\n') take();
  }
  return true;
}

void LuaTokens::skip_blank() {
  for (;;) {
    const char c = at();
    if (place_ < source_.size() && (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v')) {
      take();
    } else if (!skip_comment()) {
      return;
    }
  }
}

Token LuaTokens::next() {
  skip_blank();
  Token token{.line = line_};
  if (place_ >= source_.size()) return token;
  const char c = at();
  if (is_letter(c)) {
    while (is_letter(at()) || is_digit(at())) token.text += take();
    const bool keyword = std::find(kKeywords.begin(), kKeywords.end(), token.text) != kKeywords.end();
    // `goto` is a name where no label follows; nobody who writes for people calls anything so.
    token.word = keyword ? Word::kKeyword : Word::kName;
    return token;
  }
  if (is_digit(c) || (c == '.' && is_digit(at(1)))) return number();
  if (c == '"' || c == '\'') return quoted();
  if (const int level = long_bracket(); level >= 0) return long_text(level);
  token.word = Word::kSign;
  for (const auto sign : kLongSigns) {
    if (source_.substr(place_).starts_with(sign)) {
      place_ += sign.size();
      token.text = sign;
      return token;
    }
  }
  token.text = take();
  return token;
}

}  // namespace runbook::lint
