// What the parameters of a playbook's functions stand for: `found` by its place in `diagnose(found, arg)`, whatever it
// is called there, and in every local function that it is handed to.
//
// A role is "see", "found", "arg" or "chosen:MITIGATION". A parameter that also gets something else has the role
// "other" besides, and then nothing is certain about it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lint/lua_tree.h"
#include "lint/vocabulary.h"

namespace runbook::lint {

class Roles {
 public:
  Roles(const LuaTree& tree, const Vocabulary& words);

  /// The roles of an expression; empty when nothing is known of it.
  [[nodiscard]] Names of(const Node& node) const;
  /// The one role without its mitigation ("chosen"), when it can be nothing else.
  [[nodiscard]] std::string certain(const Node& node) const;
  /// Roles of values that are handed to something that this cannot look into.
  [[nodiscard]] const Names& escaped() const { return escaped_; }
  /// The functions that slots are, with the slot's name; each has to return something.
  [[nodiscard]] const std::vector<std::pair<std::string, const Node*>>& slots() const { return slots_; }
  /// The local function that an expression is; null for anything else.
  [[nodiscard]] const Node* function_of(const Node& node) const;

 private:
  void bind(const std::string& slot, const Node& function, const std::vector<std::string>& takes,
            const std::string& mitigation);
  void bind_fields(const Node& table, const std::string& above, const Vocabulary& words, const std::string& mitigation);
  void bind_slots(const Vocabulary& words);
  void hand_over();
  bool hand_over_once(bool also_unknown);
  void find_escapes();
  [[nodiscard]] Names of(const Node& node, int depth) const;

  const LuaTree& tree_;
  std::map<int, Names> roles_;      // parameter → its roles
  std::set<const Node*> followed_;  // names that stand where a role or a function is followed from
  Names escaped_;
  std::vector<std::pair<std::string, const Node*>> slots_;
};

/// "mitigation" or "playbook" and the name, for `mitigation "name" { … }`; empty for anything else.
struct Declaration {
  std::string word;
  std::string name;
};
Declaration declaration_of(const Node& node);

/// "chosen:raise" → "chosen"
std::string_view kind_of_role(std::string_view role);

}  // namespace runbook::lint
