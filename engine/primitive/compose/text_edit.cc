#include "primitive/compose/text_edit.h"

#include <algorithm>
#include <vector>

namespace runbook::primitive {

namespace {

using Kind = YamlNode::Kind;
using Style = YamlNode::Style;

std::size_t line_begin(std::string_view text, std::size_t at) {
  const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

// Behind the line end of the line where `at` stands; of a node that ends at the beginning of a line, there.
std::size_t behind_line(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '\n') return at;
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string line_end(std::string_view text) { return text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n"; }

// What stands before the first byte of a node on its line.
std::string indent_of(std::string_view text, const YamlNode& node) {
  const auto begin = line_begin(text, node.begin);
  return std::string(text.substr(begin, node.begin - begin));
}

std::string inserted(std::string_view text, std::size_t at, std::string_view bytes) {
  return std::string(text.substr(0, at)) + std::string(bytes) + std::string(text.substr(at));
}

// A line of its own, behind the one that ends with `last`.
std::string line_after(std::string_view text, const YamlNode& last, const std::string& line) {
  const auto at = behind_line(text, last.end);
  const bool unended = at == text.size() && !text.empty() && text.back() != '\n';
  return inserted(text, at, unended ? line_end(text) + line : line + line_end(text));
}

std::string joined(std::string_view key, std::string_view value) { return std::string(key) + "=" + std::string(value); }

std::string map_entry(std::string_view key, std::string_view value, Style style) {
  return yaml_scalar(key, Style::kPlain) + ": " + yaml_scalar(value, style);
}

// Quoted as the entry before it is.
Style style_after(const YamlNode& last) { return last.style == Style::kNone ? Style::kDoubleQuoted : last.style; }

std::string in_map(std::string_view text, const YamlNode& map, std::string_view key, std::string_view value) {
  if (const auto* node = map.find(key)) {
    const bool empty = node->begin == node->end;  // "KEY:" without anything behind it
    const auto bytes = yaml_scalar(value, empty ? Style::kDoubleQuoted : node->style);
    return replaced(text, *node, empty ? " " + bytes : bytes);
  }
  if (map.members.empty()) return replaced(text, map, "{" + map_entry(key, value, Style::kDoubleQuoted) + "}");
  const auto& [last_key, last] = map.members.back();
  const auto entry = map_entry(key, value, style_after(last));
  return map.flow ? inserted(text, last.end, ", " + entry) : line_after(text, last, indent_of(text, last_key) + entry);
}

std::string in_list(std::string_view text, const YamlNode& list, std::string_view key, std::string_view value) {
  for (const auto& item : list.items) {
    const auto name = std::string_view(item.text).substr(0, item.text.find('='));
    if (item.kind == Kind::kScalar && name == key)
      return replaced(text, item, yaml_scalar(joined(key, value), item.style));
  }
  if (list.items.empty()) return replaced(text, list, "[" + yaml_scalar(joined(key, value), Style::kPlain) + "]");
  const auto& last = list.items.back();
  const auto entry = yaml_scalar(joined(key, value), style_after(last));
  return list.flow ? inserted(text, last.end, ", " + entry) : line_after(text, last, indent_of(text, last) + entry);
}

// The lines of an entry, from its key or dash to the line end behind its value.
std::string without_lines(std::string_view text, std::size_t begin, std::size_t end) {
  const auto from = line_begin(text, begin);
  return std::string(text.substr(0, from)) + std::string(text.substr(behind_line(text, end)));
}

// One of several between brackets, with the comma before it or, of the first, behind it.
std::string without_flow_entry(std::string_view text, std::size_t before, std::size_t begin, std::size_t end,
                               std::size_t after) {
  const auto from = before != 0 ? before : begin;
  const auto to = before != 0 ? end : after;
  return std::string(text.substr(0, from)) + std::string(text.substr(to));
}

}  // namespace

std::string replaced(std::string_view text, const YamlNode& node, std::string_view bytes) {
  return std::string(text.substr(0, node.begin)) + std::string(bytes) + std::string(text.substr(node.end));
}

std::string with_entry(std::string_view text, const YamlNode& service, const YamlNode* environment,
                       std::string_view key, std::string_view value) {
  if (service.members.empty())
    return replaced(text, service, "{environment: {" + map_entry(key, value, Style::kDoubleQuoted) + "}}");
  if (environment == nullptr) {
    const auto& [first_key, first] = service.members.front();
    if (service.flow)
      return inserted(text, first.end, ", environment: {" + map_entry(key, value, Style::kDoubleQuoted) + "}");
    const auto indent = indent_of(text, first_key);
    return line_after(
        text, first,
        indent + "environment:" + line_end(text) + indent + "  " + map_entry(key, value, Style::kDoubleQuoted));
  }
  if (environment->kind == Kind::kScalar)
    return replaced(text, *environment,
                    std::string(environment->begin == environment->end ? " " : "") + "{" +
                        map_entry(key, value, Style::kDoubleQuoted) + "}");
  return environment->kind == Kind::kMap ? in_map(text, *environment, key, value)
                                         : in_list(text, *environment, key, value);
}

std::string without_entry(std::string_view text, const YamlNode& service, std::string_view key) {
  struct Entry {
    std::size_t begin, end;
    bool is_it;
  };
  const auto& environment = *service.find("environment");
  std::vector<Entry> entries;
  for (const auto& [name, value] : environment.members)
    entries.push_back({name.begin, std::max(value.end, name.end), name.text == key});
  for (const auto& item : environment.items)
    entries.push_back({item.begin, item.end, item.text.substr(0, item.text.find('=')) == key});
  const auto it = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.is_it; });
  if (entries.size() == 1 && !environment.flow) {
    const auto whole = std::find_if(service.members.begin(), service.members.end(),
                                    [](const auto& member) { return member.first.text == "environment"; });
    return without_lines(text, whole->first.begin, it->end);
  }
  if (!environment.flow) return without_lines(text, it->begin, it->end);
  const auto before = it == entries.begin() ? 0 : (it - 1)->end;
  const auto after = it + 1 == entries.end() ? it->end : (it + 1)->begin;
  return without_flow_entry(text, before, it->begin, it->end, after);
}

bool same_content(const YamlNode& one, const YamlNode& other) {
  if (one.kind != other.kind || one.text != other.text || one.anchored != other.anchored) return false;
  const auto same_member = [](const auto& a, const auto& b) {
    return same_content(a.first, b.first) && same_content(a.second, b.second);
  };
  return std::equal(one.items.begin(), one.items.end(), other.items.begin(), other.items.end(), same_content) &&
         std::equal(one.members.begin(), one.members.end(), other.members.begin(), other.members.end(), same_member);
}

}  // namespace runbook::primitive
