#include "run/link.h"

#include <algorithm>

#include "base/json.h"
#include "base/shell.h"

namespace runbook::run {

namespace {

// Of a playbook or an input: never what a command line takes for an option.
bool is_name(std::string_view text) {
  const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), part);
}

// A target by its name, a list of them with commas; text and numbers as they are.
std::string parameter(const Value& value) {
  if (const auto* name = value["$target"].as_text()) return *name;
  if (const auto* text = value.as_text()) return *text;
  if (value.as_list() == nullptr) return to_json(value);
  std::string out;
  for (const auto& item : value.items()) out += (out.empty() ? "" : ",") + parameter(item);
  return out;
}

}  // namespace

std::string Link::command() const {
  std::string text = "runbook run " + shell_word(book);
  for (const auto& [name, value] : inputs) text += " -p " + shell_word(name + "=" + value);
  return text;
}

Value Link::to_value() const {
  Value::Map shown;
  for (const auto& [name, value] : inputs) shown.emplace(name, value);
  return Value::Map{{"book", book}, {"inputs", std::move(shown)}, {"command", command()}};
}

std::optional<Link> link_from(const Value& value) {
  Link link{.book = std::string(value["book"].text_or(""))};
  if (!is_name(link.book)) return std::nullopt;
  for (const auto& [name, input] : value["inputs"].members()) {
    if (!is_name(name)) return std::nullopt;
    link.inputs.emplace(name, parameter(input));
  }
  return link;
}

}  // namespace runbook::run
