#include "primitive/read/env_file.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/redaction/redactor.h"
#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr std::size_t kLongestName = 128;
constexpr std::size_t kMostLines = 200;  // of one value: a certificate has fewer

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && text.size() <= kLongestName && letter(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

// Where a quoted value ends: in double quotes a backslash takes its meaning from the next byte.
std::size_t closing(std::string_view text, char quote) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == quote) return i;
    if (text[i] == '\\' && quote == '"') ++i;
  }
  return std::string_view::npos;
}

// The lines of the file, and how far they are read.
class Lines {
 public:
  explicit Lines(std::string_view text) : lines_(split(text, '\n')) {}

  std::optional<std::string_view> next() {
    if (at_ == lines_.size()) return {};
    return lines_[at_++];
  }
  [[nodiscard]] std::size_t number() const { return at_; }

  // What begins behind a quote, up to the one that closes it; nothing when none does.
  std::optional<std::string> quoted(std::string_view begun, char quote) {
    std::string value;
    auto line = begun;
    for (auto ahead = at_;; line = lines_[ahead++]) {
      const auto end = closing(line, quote);
      value += line.substr(0, end);
      if (end != std::string_view::npos) {
        at_ = ahead;
        return value;
      }
      if (ahead == lines_.size() || ahead - at_ == kMostLines) return std::nullopt;
      value += '\n';
    }
  }

  // What goes on behind a backslash at the end of a line.
  std::string continued(std::string_view begun) {
    std::string value(begun);
    while (value.ends_with('\\') && at_ < lines_.size()) {
      value.pop_back();
      value += trim(lines_[at_++]);
    }
    return value;
  }

 private:
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
};

// A quote that none closes is part of the value, and that ends with its line.
void read_value(std::string_view begun, Lines& lines, EnvEntry& entry) {
  begun = trim(begun);
  const bool is_quoted = begun.starts_with('"') || begun.starts_with('\'');
  const auto quoted = is_quoted ? lines.quoted(begun.substr(1), begun[0]) : std::nullopt;
  entry.closed = !is_quoted || quoted.has_value();
  entry.value = quoted ? *quoted : entry.closed ? lines.continued(begun) : std::string(begun);
  entry.lines = lines.number() - entry.line + 1;
}

}  // namespace

EnvText read_env_text(std::string_view text) {
  EnvText out;
  Lines lines(text);
  while (const auto next = lines.next()) {
    auto line = trim(*next);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      out.broken.push_back(lines.number());
      continue;
    }
    auto& entry = out.entries.emplace_back(EnvEntry{.name = std::string(name), .value = {}, .line = lines.number()});
    read_value(line.substr(equals + 1), lines, entry);
  }
  return out;
}

Value parse_env_file(std::string_view text) {
  Value::Map values;
  Value::List keys;
  std::set<std::string> twice;
  std::set<std::string> empty;
  const auto read = read_env_text(text);
  for (const auto& entry : read.entries) {
    const auto& name = entry.name;
    const auto& value = entry.value;
    if (!values.insert_or_assign(name, hidden_whole(value)).second) {
      twice.insert(name);
    } else {
      keys.emplace_back(name);
    }
    value.empty() ? void(empty.insert(name)) : void(empty.erase(name));
  }
  return Value::Map{{"values", std::move(values)},
                    {"keys", std::move(keys)},
                    {"empty", Value::List(empty.begin(), empty.end())},
                    {"twice", Value::List(twice.begin(), twice.end())},
                    {"broken", Value::List(read.broken.begin(), read.broken.end())}};
}

}  // namespace runbook::primitive
