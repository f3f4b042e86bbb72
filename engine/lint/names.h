// The names in a playbook's text, held against what there is: globals, members, methods, readings, inputs, asks,
// findings, other playbooks. Says only what is certain; it sees the branches that trying the slots out does not reach.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lint/diagnostic.h"
#include "lint/lua_tree.h"
#include "lint/vocabulary.h"

namespace runbook::lint {

/// What the playbook declares, as its worker told it.
struct Declared {
  std::optional<Names> readings{};  // nothing when evidence could not be tried out
  Names inputs{};
  std::optional<Names> findings{};
  std::map<std::string, Names, std::less<>> asks{};  // mitigation → names
  Names books{};                                     // the playbooks that are there
};

/// book("name", { input = … })
struct BookLink {
  std::string book;
  std::map<std::string, int> inputs{};  // name → line
};

/// What the text uses.
struct Usage {
  Names readings{};
  Names inputs{};
  Names asks{};      // "mitigation.name"
  Names escaped{};   // "found", "arg", "chosen": handed on, so that more may be used than is seen
  Names findings{};  // given by finding("…")
  Names guided{};    // those of them that have a :next somewhere
  std::vector<BookLink> links{};
  bool computed = false;  // a finding whose name is not in the text
};

/// Adds to `out` every name in the file that does not exist. `file` is as diagnostics name it.
Usage check_names(const LuaTree& tree, const std::string& file, const Vocabulary& words, const Declared& declared,
                  Diagnostics& out);

/// The same for a module beside the playbook, of which only globals, members and methods can be said.
void check_module_names(const LuaTree& tree, const std::string& file, const Vocabulary& words, Diagnostics& out);

}  // namespace runbook::lint
