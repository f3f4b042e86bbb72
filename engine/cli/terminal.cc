#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 120;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool utf8_locale() {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(name)) continue;
    const auto value = lower(std::getenv(name));
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Style Style::for_output(int descriptor, std::string_view choice) {
  Style style;
  style.terminal_ = isatty(descriptor) == 1;
  style.unicode_ = utf8_locale();
  const bool dumb = std::string_view(std::getenv("TERM") == nullptr ? "" : std::getenv("TERM")) == "dumb";
  const bool forced = is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0";
  style.color_ =
      choice == "always" || (choice == "auto" && !is_set("NO_COLOR") && (forced || (style.terminal_ && !dumb)));
  winsize size{};
  if (style.terminal_ && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width_ = std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
  }
  return style;
}

Style Style::plain() {
  Style style;
  style.unicode_ = true;
  style.width_ = 100;
  return style;
}

std::string Style::paint(std::string_view code, std::string_view text) const {
  if (!color_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string Style::fitted(std::string text) const {
  if (unicode_) return text;
  static constexpr std::string_view kEllipsis = "…";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, kEllipsis.size(), kEllipsis) == 0) {
      out += "...";
      at += kEllipsis.size() - 1;
    } else if ((text[at] & 0x80) == 0) {
      out += text[at];
    } else if ((text[at] & 0x40) != 0) {
      out += '?';  // the first byte of a character; those that follow are dropped
    }
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t at = indent;
  for (const auto word : split(text, ' ')) {
    const auto length = columns(word);
    if (!out.empty() && at + 1 + length > width) {
      out += '\n' + std::string(indent, ' ');
      at = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++at;
    }
    out += word;
    at += length;
  }
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace runbook::cli
