#include "primitive/read/settings_text.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "primitive/read/env_file.h"

namespace runbook::primitive {

namespace {

constexpr std::string_view kBlanks = " \t";

// Where a line stands in the text, without its end.
struct Line {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::size_t next = 0;  // where the one behind it begins
  std::size_t number = 0;

  [[nodiscard]] std::string_view in(std::string_view text) const { return text.substr(begin, size); }
};

using Wanted = std::function<bool(std::string_view line)>;

// The one line that is wanted; nothing when there is none.
Result<std::optional<Line>> find_line(std::string_view text, std::string_view name, const Wanted& wanted) {
  std::optional<Line> found;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    Line line{.begin = begin, .size = end - begin, .next = std::min(end + 1, text.size()), .number = ++number};
    if (line.size > 0 && text[end - 1] == '\r') --line.size;
    if (wanted(line.in(text))) {
      if (found) return Error{Code::kRefused, "more than one line sets " + escaped(name, 80)};
      found = line;
    }
    begin = line.next;
  }
  return found;
}

std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
}

bool goes_on(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool begins_with(std::string_view line, std::string_view beginning) {
  line = without_indent(line);
  if (!line.starts_with(beginning)) return false;
  const bool whole = line.size() == beginning.size() || !goes_on(beginning.back()) || !goes_on(line[beginning.size()]);
  return whole;
}

// The text with these bytes in the place of a line, or without it, or with it behind the last.
std::string edited(std::string_view text, const std::optional<Line>& line, const Setting& now) {
  std::string out(text);
  if (line && now) return out.replace(line->begin, line->size, *now);
  if (line) return out.erase(line->begin, line->next - line->begin);
  if (!now) return out;
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out + *now + '\n';
}

Wanted sets(std::string_view key) {
  return [key](std::string_view line) {
    line = without_indent(line);
    if (line.starts_with("export ")) line = without_indent(line.substr(7));
    return line.starts_with(key) && line.substr(key.size()).starts_with('=');
  };
}

// The line that sets KEY; nothing when none does. To systemd and to shells a quoted value goes on over lines, and one
// of those may look like a setting, to docker.
Result<std::optional<Line>> find_variable(std::string_view text, std::string_view key) {
  RUNBOOK_TRY(line, find_line(text, key, sets(key)));
  const auto read = read_env_text(text).entries;
  const auto is_it = [&](const EnvEntry& one) { return one.name == key; };
  const auto entry = std::find_if(read.begin(), read.end(), is_it);
  const bool at_one_place =
      line ? entry != read.end() && entry->line == line->number && entry->lines == 1 : entry == read.end();
  if (at_one_place && std::all_of(read.begin(), read.end(), [](const auto& one) { return one.closed; })) return line;
  return Error{.code = Code::kRefused,
               .message = "whether and where " + escaped(key, 80) + " is set not all read alike",
               .next = "change it by hand"};
}

// A value as a line has it: what is in front of it, its quotes, itself.
struct Assignment {
  std::string_view front;  // up to the = and with it
  std::string_view quote;
  std::string_view value;
};

bool read_alike(std::string_view value, std::string_view quote) {
  const std::string_view odd = quote.empty() ? "\\\"'$`#;&|<>()*?~! \t" : "\\\"'$`!";
  return std::all_of(value.begin(), value.end(), [&](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && odd.find(c) == std::string_view::npos;
  });
}

Result<Assignment> parse_assignment(std::string_view line, std::string_view key) {
  const auto equals = line.find('=');
  Assignment out{.front = line.substr(0, equals + 1), .quote = {}, .value = line.substr(equals + 1)};
  const auto last = out.value.find_last_not_of(kBlanks);
  out.value = out.value.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (out.value.size() >= 2 && (out.value[0] == '"' || out.value[0] == '\'') && out.value.back() == out.value[0]) {
    out.quote = out.value.substr(0, 1);
    out.value = out.value.substr(1, out.value.size() - 2);
  }
  if (read_alike(out.value, out.quote)) return out;
  return Error{.code = Code::kRefused,
               .message = "the value of " + escaped(key, 80) + " is written in a way that not all read alike",
               .next = "change it by hand"};
}

}  // namespace

Result<Setting> line_of(std::string_view text, std::string_view beginning) {
  RUNBOOK_TRY(line, find_line(text, beginning, [&](auto one) { return begins_with(one, beginning); }));
  if (!line) return Setting();
  return Setting(std::string(trim(line->in(text))));
}

Result<std::string> with_line(std::string_view text, std::string_view beginning, const Setting& line) {
  RUNBOOK_TRY(place, find_line(text, beginning, [&](auto one) { return begins_with(one, beginning); }));
  if (!place || !line) return edited(text, place, line);
  const auto was = place->in(text);
  return edited(text, place, std::string(was.substr(0, was.size() - without_indent(was).size())) + *line);
}

Result<Setting> variable_of(std::string_view text, std::string_view key) {
  RUNBOOK_TRY(line, find_variable(text, key));
  if (!line) return Setting();
  RUNBOOK_TRY(assignment, parse_assignment(line->in(text), key));
  return Setting(std::string(assignment.value));
}

Result<std::string> with_variable(std::string_view text, std::string_view key, const Setting& value) {
  RUNBOOK_TRY(line, find_variable(text, key));
  if (!value) return edited(text, line, value);
  Assignment now{.front = {}, .quote = {}, .value = {}};
  if (line) {
    RUNBOOK_TRY(was, parse_assignment(line->in(text), key));
    now = was;
  }
  if (!read_alike(*value, now.quote)) {
    return Error{.code = Code::kRefused,
                 .message = "systemd, docker and shells do not read that value of " + escaped(key, 80) + " alike",
                 .next = "a value without quotes, backslashes, dollars and line ends can be set"};
  }
  const auto front = line ? std::string(now.front) : std::string(key) + "=";
  return edited(text, line, front + std::string(now.quote) + *value + std::string(now.quote));
}

}  // namespace runbook::primitive
