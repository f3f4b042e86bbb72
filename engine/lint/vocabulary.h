// The words that a playbook may use, as its worker told them: the very tables that a run is bound by.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace runbook::lint {

using Names = std::set<std::string, std::less<>>;

struct Vocabulary {
  Names globals;
  std::map<std::string, Names, std::less<>> namespaces;  // "change" → "redis_config", …
  std::map<std::string, Names, std::less<>> classes;     // "see.redis" → "ping", …; what the methods of a class are
  std::map<std::string, std::vector<std::string>, std::less<>> parameters;  // slot → "see", "found", "arg", "chosen"

  static Vocabulary from_value(const Value& told);
};

/// The texts of a list.
Names names_of(const Value& list);

/// The end of a sentence about a name that is none of `known`: the nearest, or all of them when they are few.
std::string suggestion(std::string_view name, const Names& known);

}  // namespace runbook::lint
