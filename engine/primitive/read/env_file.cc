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

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && text.size() <= kLongestName && letter(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
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

  // What begins behind a quote, up to the one that closes it; as one line when none does.
  std::string quoted(std::string_view begun, char quote) {
    std::string value(begun);
    for (auto ahead = at_; value.find(quote) == std::string::npos; ++ahead) {
      if (ahead == lines_.size()) return quote + std::string(begun);
      value += '\n';
      value += lines_[ahead];
      if (value.find(quote) != std::string::npos) at_ = ahead + 1;
    }
    return value.substr(0, value.find(quote));
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

std::string value_of(std::string_view begun, Lines& lines) {
  begun = trim(begun);
  if (begun.starts_with('"') || begun.starts_with('\'')) return lines.quoted(begun.substr(1), begun[0]);
  return lines.continued(begun);
}

}  // namespace

Value parse_env_file(std::string_view text) {
  Value::Map values;
  Value::List keys;
  Value::List broken;
  std::set<std::string> twice;
  std::set<std::string> empty;
  Lines lines(text);
  while (const auto next = lines.next()) {
    auto line = trim(*next);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      broken.emplace_back(lines.number());
      continue;
    }
    const auto value = value_of(line.substr(equals + 1), lines);
    const std::string key(name);
    if (!values.insert_or_assign(key, hidden_whole(value)).second) {
      twice.insert(key);
    } else {
      keys.emplace_back(name);
    }
    value.empty() ? void(empty.insert(key)) : void(empty.erase(key));
  }
  return Value::Map{{"values", std::move(values)},
                    {"keys", std::move(keys)},
                    {"empty", Value::List(empty.begin(), empty.end())},
                    {"twice", Value::List(twice.begin(), twice.end())},
                    {"broken", std::move(broken)}};
}

}  // namespace runbook::primitive
