#include "author/new_book.h"

#include <algorithm>
#include <map>

#include "author/shipped.h"
#include "base/text.h"

namespace runbook::author {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTemplates = "templates/";
constexpr std::string_view kTypes = "types/";
constexpr std::string_view kSettings = "templates/luarc.json";
constexpr std::string_view kBook = "book.lua";

// The files below a folder, by their path in it.
std::map<std::string, std::string_view> shipped_below(std::string_view folder) {
  std::map<std::string, std::string_view> out;
  for (const auto& [path, text] : shipped_texts()) {
    if (path.starts_with(folder)) out.emplace(path.substr(folder.size()), text);
  }
  return out;
}

std::string folder_of(std::string_view kind) { return std::string(kTemplates) + std::string(kind) + "/"; }

std::string lua_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : escaped(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string lua_list(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const auto& text : texts) items.push_back(lua_text(text));
  return items.empty() ? "{}" : "{ " + join(items, ", ") + " }";
}

// There is one on a line at most; what it stands for is not looked into again.
std::string with_values(std::string line, const std::map<std::string, std::string>& values) {
  for (const auto& [place, value] : values) {
    const auto at = line.find(place);
    if (at != std::string::npos) return line.replace(at, place.size(), value);
  }
  return line;
}

std::string filled_in(std::string_view text, const Wish& wish) {
  const std::map<std::string, std::string> values = {{"@name@", lua_text(wish.name)},
                                                     {"@alerts@", lua_list(wish.alerts)},
                                                     {"@severity@", lua_text(wish.severity)},
                                                     {"@owner@", lua_text(wish.owner)}};
  std::vector<std::string> lines;
  bool wanted = true;
  for (const auto line : split(text, '\n')) {
    if (line == "@if changes@") {
      wanted = wish.changes;
    } else if (line == "@end@") {
      wanted = true;
    } else if (wanted) {
      lines.push_back(with_values(std::string(line), values));
    }
  }
  return join(lines, "\n");
}

bool is_name_sign(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

std::vector<std::string> template_kinds() {
  std::vector<std::string> kinds;
  for (const auto& [path, text] : shipped_below(kTemplates)) {
    const auto slash = path.find('/');
    if (slash != std::string::npos && path.substr(slash + 1) == kBook) kinds.push_back(path.substr(0, slash));
  }
  return kinds;
}

std::string usual_summary(std::string_view kind) {
  const auto texts = shipped_below(folder_of(kind));
  const auto line = texts.at(std::string(kBook));
  return std::string(trim(line.substr(0, line.find('\n')).substr(std::string_view("---").size())));
}

Result<void> check_name(std::string_view name) {
  if (!name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), is_name_sign)) return {};
  return Error{.code = Code::kUsage,
               .message = "a playbook is named with small letters, digits and -, got \"" + escaped(name, 60) + "\"",
               .next = "for example: runbook new redis-clients"};
}

std::vector<TextFile> book_files(const Wish& wish, const fs::path& folder) {
  const auto texts = shipped_below(folder_of(wish.kind));
  auto book = filled_in(texts.at(std::string(kBook)), wish);
  const auto summary = wish.summary.empty() ? usual_summary(wish.kind) : escaped(wish.summary);
  book = "--- " + summary + book.substr(book.find('\n'));
  std::vector<TextFile> files = {{.path = folder / (wish.name + ".lua"), .text = std::move(book)}};
  for (const auto& [path, text] : texts) {
    if (path == kBook) continue;
    files.push_back({.path = folder / "worlds" / wish.name / fs::path(path).filename(), .text = filled_in(text, wish)});
  }
  return files;
}

TextFile editor_settings(const fs::path& root) {
  return {.path = root / ".luarc.json", .text = std::string(shipped_below(kSettings).at(""))};
}

fs::path types_folder(const fs::path& root) { return root / ".runbook-types"; }

std::vector<TextFile> editor_types(const fs::path& folder) {
  std::vector<TextFile> files;
  for (const auto& [path, text] : shipped_below(kTypes))
    files.push_back({.path = folder / path, .text = std::string(text)});
  return files;
}

}  // namespace runbook::author
