// How text looks on this terminal: colour, symbols, width. It decides once, and never what a text means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runbook::cli {

class Style {
 public:
  /// `choice` is --color: auto looks at NO_COLOR, CLICOLOR_FORCE and whether the descriptor is a terminal.
  static Style for_output(int descriptor, std::string_view choice);

  /// Without colour, with symbols, 100 columns wide: what is kept in files and compared.
  static Style plain();

  [[nodiscard]] std::string bold(std::string_view text) const { return paint("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return paint("2", text); }
  [[nodiscard]] std::string good(std::string_view text) const { return paint("32", text); }
  [[nodiscard]] std::string bad(std::string_view text) const { return paint("31;1", text); }
  [[nodiscard]] std::string warn(std::string_view text) const { return paint("33", text); }

  /// ✓ and ✗, or "ok" and "!!" where the locale is not UTF-8.
  [[nodiscard]] std::string yes() const { return good(unicode_ ? "✓ " : "ok"); }
  [[nodiscard]] std::string no() const { return bad(unicode_ ? "✗ " : "!!"); }
  [[nodiscard]] std::string_view arrow() const { return unicode_ ? "→" : "->"; }
  [[nodiscard]] std::string_view dot() const { return unicode_ ? "·" : "-"; }

  /// The text as this terminal can show it: without UTF-8, an ellipsis becomes "..." and any other character "?".
  [[nodiscard]] std::string fitted(std::string text) const;

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] bool is_terminal() const { return terminal_; }

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const;

  bool color_ = false;
  bool unicode_ = false;
  bool terminal_ = false;
  std::size_t width_ = 80;
};

/// Breaks text at blanks so that no line is longer than `width` columns; further lines start with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// "1 run", "2 runs": for nouns that take an s.
std::string counted(std::size_t count, std::string_view noun);

}  // namespace runbook::cli
