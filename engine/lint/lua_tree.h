// A Lua source as a tree, with every name tied to the variable that it means.
//
// Only what checking names needs is kept: expressions with their lines, blocks as lists of what stands in them.
// A parser of our own, because LuaJIT's compiler keeps no tree, Debian's checkers (luacheck) know neither our globals'
// members nor what a slot's parameters stand for, and looking for `found.x` by a pattern is wrong as soon as a helper
// has a parameter of that name. It reads sources that LuaJIT has compiled, at about 50 MB/s.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace runbook::lint {

enum class Form {
  kName,      // text; variable
  kText,      // text: its content
  kConstant,  // a number, nil, true, false, ...
  kFunction,  // parameters; parts: the body's statements
  kTable,     // parts: kField
  kField,     // text: the name, empty for a position or a computed key; parts: value, or key and value
  kIndex,     // a.b: text; a[b]: text is empty; parts: a, and b
  kCall,      // parts: the function, its arguments
  kMethod,    // text: the method; parts: the object, the arguments
  kJoined,    // a .. b
  kGroup,     // (a)
  kOther,     // any other operator or statement; parts: what stands in it
};

constexpr int kGlobal = -1;

struct Node {
  Form form = Form::kOther;
  int line = 0;
  std::string text{};
  int variable = kGlobal;  // of a kName: its place in LuaTree::variables
  std::vector<const Node*> parts{};
  std::vector<int> parameters{};  // of a kFunction: their variables
  int open_end = 0;               // of a kFunction that can end without a return: the line of its end
};

struct Variable {
  std::string name;
  int line = 0;
  const Node* value = nullptr;  // what it was made with, when that is one expression
  bool assigned = false;        // it gets another value later
  bool parameter = false;       // of a function, or of a for loop
  bool used = false;
};

/// A global that is read or set, and the names of the variables that could have been meant.
struct GlobalUse {
  std::string name;
  int line = 0;
  bool set = false;
  std::vector<std::string> visible{};
};

struct LuaTree {
  std::deque<Node> nodes;
  std::vector<Variable> variables;
  std::vector<GlobalUse> unknown_globals;  // those that are set, or are none of the known ones
  const Node* root = nullptr;
};

/// kLimit for a source nested too deeply, kInternal for one that is not Lua.
Result<LuaTree> parse_lua(std::string_view source, const std::set<std::string, std::less<>>& known_globals);

}  // namespace runbook::lint
