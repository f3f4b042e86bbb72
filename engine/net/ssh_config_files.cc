#include "net/ssh_config_files.h"

#include <algorithm>

#include "base/text.h"
#include "base/wildcard.h"

namespace runbook::net {

namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A host name in small letters, which no address is written like.
bool is_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

// Four numbers, each written in the one way that ssh gives back as it is.
bool is_address(std::string_view name) {
  const auto parts = split(name, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= 3 && std::all_of(part.begin(), part.end(), is_digit) &&
                  (part.size() == 1 || part[0] != '0') && (part.size() < 3 || part <= "255");
         });
}

}  // namespace

void SshConfigFiles::add_line(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  if (line.empty() || line.front() == '#') return;
  const auto end = std::min(line.find_first_of(" \t="), line.size());
  const auto keyword = lower(line.substr(0, end));
  const bool plain = !keyword.empty() && std::all_of(keyword.begin(), keyword.end(), is_letter);
  if (!plain || keyword == "match" || line.find('%') != std::string_view::npos ||
      line.find('\0') != std::string_view::npos) {
    comparable_ = false;
    return;
  }
  if (keyword != "host") return;
  auto words = line.substr(end);
  if (words.find_first_of("\"'\\#\r\f\v") != std::string_view::npos) comparable_ = false;
  words.remove_prefix(std::min(words.find_first_not_of(" \t="), words.size()));
  while (!words.empty()) {
    auto word = words.substr(0, words.find_first_of(" \t"));
    words.remove_prefix(std::min(words.find_first_not_of(" \t", word.size()), words.size()));
    if (word.starts_with('!')) word.remove_prefix(1);
    patterns_.emplace_back(word);
  }
}

void SshConfigFiles::add(std::string_view text) {
  for (const auto line : split(text, '\n')) add_line(line);
}

std::string SshConfigFiles::shape(std::string_view name) const {
  if (!comparable_ || (!is_name(name) && !is_address(name))) return {};
  std::string out = is_name(name) ? "name " : "address ";
  for (const auto& pattern : patterns_) out += is_like(name, pattern) ? '1' : '0';
  return out;
}

}  // namespace runbook::net
