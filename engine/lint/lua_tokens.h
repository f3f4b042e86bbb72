// The words of a Lua source, one after the other. LuaJIT's dialect: long strings and comments, escapes, goto and
// labels.
//
// For sources that LuaJIT has compiled already: what is wrong with a text is said there, and only noticed here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runbook::lint {

enum class Word { kName, kKeyword, kText, kNumber, kSign, kEnd, kBroken };

struct Token {
  Word word = Word::kEnd;
  std::string text{};  // a text's content, escapes resolved where they stand for one plain character
  int line = 1;
};

class LuaTokens {
 public:
  explicit LuaTokens(std::string_view source) : source_(source) {}

  /// The next word; kEnd at the end, and kBroken for what cannot be one.
  Token next();

 private:
  void skip_blank();
  bool skip_comment();
  [[nodiscard]] char at(std::size_t ahead = 0) const {
    return place_ + ahead < source_.size() ? source_[place_ + ahead] : '\0';
  }
  char take();
  [[nodiscard]] int long_bracket() const;  // how many = stand in the [==[ here; -1: there is none
  Token long_text(int level);
  Token quoted();
  Token number();

  std::string_view source_;
  std::size_t place_ = 0;
  int line_ = 1;
};

}  // namespace runbook::lint
