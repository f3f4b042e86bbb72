#include <algorithm>

#include "base/text.h"
#include "guard/command_rule.h"

namespace runbook::guard {

namespace {

const std::vector<std::string> kKeys = {"bundle", "flags", "forms", "reserved", "values"};

Error wrong(const std::string& key, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = key, .next = std::move(next)};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

bool is_kind(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

Result<> check_kind(const std::string& key, std::string_view kind, const Kinds& kinds) {
  if (kinds.contains(kind)) return {};
  std::vector<std::string> known;
  for (const auto& [name, each] : kinds) known.push_back(name);
  const auto near = nearest(kind, known);
  return wrong(key, "there is no kind " + escaped(kind, 40),
               near.empty() ? "declare it below [kinds]" : "did you mean " + near + "?");
}

Result<FormPart> parse_part(std::string_view word, const Kinds& kinds) {
  if (word == "OPTIONS") return FormPart{};
  auto kind = word;
  const char mark = kind.find_first_of("?*+", kind.size() - 1) == std::string_view::npos ? ' ' : kind.back();
  if (mark != ' ') kind.remove_suffix(1);
  if (is_kind(kind)) {
    RUNBOOK_CHECK(check_kind("forms", kind, kinds));
    return FormPart{.kind = std::string(kind), .mark = mark};
  }
  FormPart part;
  for (const auto each : split(word, '|')) part.words.emplace_back(each);
  return part;
}

Result<std::vector<FormPart>> parse_form(std::string_view text, const Kinds& kinds) {
  std::vector<FormPart> form;
  for (const auto& word : words_of(text)) {
    if (!form.empty() && (form.back().mark != ' ' || (!form.back().kind.empty() && kinds.at(form.back().kind).redis)))
      return wrong("forms", "in a form only the last word may be of any number: " + escaped(text, 100));
    RUNBOOK_TRY(part, parse_part(word, kinds));
    form.push_back(part);
  }
  if (form.empty() || form[0].words.empty())
    return wrong("forms", "a form begins with its program: " + escaped(text, 100));
  for (const auto& program : form[0].words) {
    if (program.empty() || program.find('/') != std::string::npos || program[0] == '-')
      return wrong("forms", "a program is named without its folder: " + escaped(program, 60));
  }
  return form;
}

// What a word that is meant as an option can never be: then it would be read otherwise than it is written.
Result<> check_option(const CommandRule& rule, const std::string& key, const std::string& option) {
  const bool sound = rule.bundle ? (option.size() == 2 && option[0] == '-' && option[1] != '-') ||
                                       (option.size() > 2 && option.starts_with("--"))
                                 : option != "--";
  if (!sound || option.find('=') != std::string::npos)
    return wrong(key, escaped(option, 40) + " is neither a short option nor a long one",
                 "where options are whole words, say bundle = false");
  if (rule.flags.contains(option) || rule.values.contains(option))
    return wrong(key, escaped(option, 40) + " stands there twice");
  return {};
}

Result<> read_values(CommandRule& rule, const Value& table, const Kinds& kinds) {
  for (const auto& [names, kind] : table.members()) {
    auto name = kind.text_or("");
    if (name.ends_with('?')) name.remove_suffix(1);
    RUNBOOK_CHECK(check_kind("values." + names, name, kinds));
    if (kinds.find(name)->second.redis) return wrong("values." + names, "a command is no value of an option");
    for (const auto& option : words_of(names)) {
      RUNBOOK_CHECK(check_option(rule, "values", option));
      rule.values.emplace(option, kind.text_or(""));
    }
  }
  return {};
}

}  // namespace

Result<CommandRule> parse_command_rule(std::string_view name, const Value& table, const Kinds& kinds) {
  if (table.as_map() == nullptr) return wrong("", "a command is a table: " + join(kKeys, ", "));
  for (const auto& [key, value] : table.members()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    const auto near = nearest(key, kKeys);
    return wrong(key, "a command has no key " + escaped(key, 40),
                 near.empty() ? "known: " + join(kKeys, ", ") : "did you mean " + near + "?");
  }
  CommandRule rule{
      .name = std::string(name), .bundle = table["bundle"].bool_or(true), .reserved = table["reserved"].bool_or(false)};
  for (const auto* key : {"bundle", "reserved"}) {
    if (!table[key].is_null() && table[key].as_bool() == nullptr)
      return wrong(key, std::string(key) + " wants true or false");
  }
  if (!table["flags"].is_null() && table["flags"].as_text() == nullptr)
    return wrong("flags", "flags wants options with blanks between them, such as \"-a --all\"");
  if (!table["values"].is_null() && table["values"].as_map() == nullptr)
    return wrong("values", "values wants a table, such as { \"-n --lines\" = \"NUMBER\" }");
  for (const auto& option : words_of(table["flags"].text_or(""))) {
    RUNBOOK_CHECK(check_option(rule, "flags", option));
    rule.flags.insert(option);
  }
  RUNBOOK_CHECK(read_values(rule, table["values"], kinds));
  for (const auto& usage : table["forms"].items()) {
    RUNBOOK_TRY(form, parse_form(usage.text_or(""), kinds));
    rule.usage.emplace_back(usage.text_or(""));
    rule.forms.push_back(form);
  }
  if (rule.forms.empty()) return wrong("forms", "a command wants forms, such as [\"df OPTIONS PATH*\"]");
  return rule;
}

}  // namespace runbook::guard
