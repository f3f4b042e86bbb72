// What kind of thing an expression is, as far as the text tells: the word `math`, a redis to look at, a reading, a
// text.
#pragma once

#include <string>

#include "lint/lua_tree.h"
#include "lint/roles.h"
#include "lint/vocabulary.h"

namespace runbook::lint {

/// Where a name is looked up: a namespace ("math"), or a class whose methods are called with a colon ("see.redis").
struct Type {
  enum class Kind { kUnknown, kNamespace, kMember, kObject } kind = Kind::kUnknown;
  std::string name{};    // of the namespace or class
  std::string member{};  // of a kMember: the function "format" of the namespace "string"
};

Type type_of(const Node& node, const LuaTree& tree, const Roles& roles, const Vocabulary& words, int depth = 0);

}  // namespace runbook::lint
