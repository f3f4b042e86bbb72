#include "lint/vocabulary.h"

#include "base/text.h"

namespace runbook::lint {

Names names_of(const Value& list) {
  Names names;
  for (const auto& item : list.items()) names.emplace(item.text_or(""));
  return names;
}

Vocabulary Vocabulary::from_value(const Value& told) {
  Vocabulary words;
  words.globals = names_of(told["globals"]);
  for (const auto& [name, members] : told["namespaces"].members()) words.namespaces.emplace(name, names_of(members));
  for (const auto& [name, methods] : told["classes"].members()) words.classes.emplace(name, names_of(methods));
  for (const auto& [slot, takes] : told["parameters"].members()) {
    auto& parameters = words.parameters[slot];
    for (const auto& item : takes.items()) parameters.emplace_back(item.text_or(""));
  }
  return words;
}

std::string suggestion(std::string_view name, const Names& known) {
  const std::vector<std::string> list(known.begin(), known.end());
  if (const auto near = nearest(name, list); !near.empty()) return "; did you mean \"" + near + "\"?";
  if (list.empty()) return "; there are none";
  return list.size() <= 20 ? "; there are " + join(list, ", ") : "";
}

}  // namespace runbook::lint
