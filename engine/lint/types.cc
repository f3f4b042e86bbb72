#include "lint/types.h"

#include <array>

namespace runbook::lint {

namespace {

using Kind = Type::Kind;

constexpr int kMostSteps = 16;

const Type kText{.kind = Kind::kObject, .name = "text"};

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  for (const auto item : list) {
    if (item == word) return true;
  }
  return false;
}

Type object(std::string name) { return {.kind = Kind::kObject, .name = std::move(name)}; }

bool gives_text(std::string_view function) {
  return in(function, {"format", "gsub", "lower", "rep", "reverse", "sub", "upper"});
}

// What a method of an object gives.
Type result_of(const Type& of, const std::string& method) {
  if (of.kind != Kind::kObject) return {};
  if (of.name.starts_with("see.")) return object("a reading");
  if (of.name.starts_with("check.") || of.name == "a check") return object("a check");
  if (of.name == "text") return gives_text(method) ? kText : Type{};
  return in(of.name, {"a verdict", "an input"}) ? of : Type{};
}

// What calling something gives.
Type call_of(const Node& callee, const Type& of) {
  if (callee.form == Form::kName && callee.variable == kGlobal) {
    if (in(callee.text, {"finding", "healthy", "unfit", "unclear"})) return object("a verdict");
    if (callee.text == "tostring") return kText;
  }
  if (of.kind != Kind::kMember) return {};
  if (in(of.name, {"see", "check"})) return object(of.name + "." + of.member);
  if (of.name == "input") return object("an input");
  return of.name == "string" && gives_text(of.member) ? kText : Type{};
}

}  // namespace

Type type_of(const Node& node, const LuaTree& tree, const Roles& roles, const Vocabulary& words, int depth) {
  if (depth == kMostSteps) return {};
  const auto of_part = [&] { return type_of(*node.parts[0], tree, roles, words, depth + 1); };
  switch (node.form) {
    case Form::kText:
    case Form::kJoined:
      return kText;
    case Form::kGroup:
      return of_part();
    case Form::kName: {
      if (node.variable == kGlobal) {
        return words.namespaces.contains(node.text) ? Type{.kind = Kind::kNamespace, .name = node.text} : Type{};
      }
      if (roles.certain(node) == "see") return {.kind = Kind::kNamespace, .name = "see"};
      const auto& variable = tree.variables[static_cast<std::size_t>(node.variable)];
      const bool one_value = !variable.parameter && !variable.assigned && variable.value != nullptr;
      return one_value ? type_of(*variable.value, tree, roles, words, depth + 1) : Type{};
    }
    case Form::kIndex: {
      const auto base = of_part();
      if (base.kind != Kind::kNamespace || node.text.empty()) return {};
      return {.kind = Kind::kMember, .name = base.name, .member = node.text};
    }
    case Form::kCall:
      return call_of(*node.parts[0], of_part());
    case Form::kMethod:
      if (roles.certain(*node.parts[0]) == "found") return kText;
      return result_of(of_part(), node.text);
    default:
      return {};
  }
}

}  // namespace runbook::lint
