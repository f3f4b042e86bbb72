#include "lint/roles.h"

#include <algorithm>

namespace runbook::lint {

namespace {

constexpr int kMostSteps = 16;  // local a = b; local b = c; …

const std::string kOtherRole = "other";

bool is_global(const Node& node, std::string_view name) {
  return node.form == Form::kName && node.variable == kGlobal && node.text == name;
}

}  // namespace

std::string_view kind_of_role(std::string_view role) { return role.substr(0, role.find(':')); }

Declaration declaration_of(const Node& node) {
  if (node.form != Form::kCall || node.parts.size() != 2 || node.parts[1]->form != Form::kTable) return {};
  const auto& named = *node.parts[0];
  if (named.form != Form::kCall || named.parts.size() != 2 || named.parts[1]->form != Form::kText) return {};
  for (const auto* const word : {"playbook", "mitigation"}) {
    if (is_global(*named.parts[0], word)) return {.word = word, .name = named.parts[1]->text};
  }
  return {};
}

Roles::Roles(const LuaTree& tree, const Vocabulary& words) : tree_(tree) {
  bind_slots(words);
  hand_over();
  find_escapes();
}

const Node* Roles::function_of(const Node& node) const {
  if (node.form == Form::kFunction) return &node;
  if (node.form != Form::kName || node.variable == kGlobal) return nullptr;
  const auto& variable = tree_.variables[static_cast<std::size_t>(node.variable)];
  const bool is_function = !variable.assigned && variable.value != nullptr && variable.value->form == Form::kFunction;
  return is_function ? variable.value : nullptr;
}

void Roles::bind(const std::string& slot, const Node& function, const std::vector<std::string>& takes,
                 const std::string& mitigation) {
  const auto* const body = function_of(function);
  if (body == nullptr) return;
  slots_.emplace_back(slot, body);
  followed_.insert(&function);
  for (std::size_t i = 0; i < std::min(takes.size(), body->parameters.size()); ++i) {
    roles_[body->parameters[i]].insert(takes[i] == "chosen" ? "chosen:" + mitigation : takes[i]);
  }
}

// A slot may be a table of its own: `watch = { check = … }` is the slot "watch.check".
void Roles::bind_fields(const Node& table, const std::string& above, const Vocabulary& words,
                        const std::string& mitigation) {
  for (const auto* field : table.parts) {
    const auto& value = *field->parts.back();
    const auto takes = words.parameters.find(above + field->text);
    if (takes != words.parameters.end()) bind(takes->first, value, takes->second, mitigation);
    if (value.form == Form::kTable && above.empty()) bind_fields(value, field->text + ".", words, mitigation);
  }
}

void Roles::bind_slots(const Vocabulary& words) {
  const auto asks = words.parameters.find("asks");
  for (const auto& node : tree_.nodes) {
    if (const auto declared = declaration_of(node); !declared.word.empty()) {
      bind_fields(*node.parts[1], "", words, declared.name);
    }
    const bool is_ask =
        node.form == Form::kCall && node.parts[0]->form == Form::kIndex && is_global(*node.parts[0]->parts[0], "ask");
    if (!is_ask || asks == words.parameters.end()) continue;
    for (const auto* argument : node.parts) bind(asks->first, *argument, asks->second, "");
  }
}

bool Roles::hand_over_once(bool also_unknown) {
  bool changed = false;
  for (const auto& node : tree_.nodes) {
    const auto* const body = node.form == Form::kCall ? function_of(*node.parts[0]) : nullptr;
    if (body == nullptr) continue;
    for (std::size_t i = 0; i < body->parameters.size(); ++i) {
      auto given = i + 1 < node.parts.size() ? of(*node.parts[i + 1]) : Names{};
      if (given.empty() && also_unknown) given.insert(kOtherRole);
      // A parameter that never gets anything we know needs no role at all.
      if (given.empty() || (also_unknown && !roles_.contains(body->parameters[i]))) continue;
      auto& roles = roles_[body->parameters[i]];
      const auto before = roles.size();
      roles.insert(given.begin(), given.end());
      changed = changed || roles.size() != before;
    }
  }
  return changed;
}

void Roles::hand_over() {
  while (hand_over_once(false)) {
  }
  // A function that is handed on itself is called by others, with nobody knows what.
  for (const auto& node : tree_.nodes) {
    if (node.form == Form::kCall && function_of(*node.parts[0]) != nullptr) {
      followed_.insert(node.parts.begin(), node.parts.end());
    }
    if (node.form == Form::kIndex || node.form == Form::kMethod) followed_.insert(node.parts[0]);
  }
  for (const auto& variable : tree_.variables) {
    if (variable.value != nullptr) followed_.insert(variable.value);
  }
  for (const auto& node : tree_.nodes) {
    const auto* const body = node.form == Form::kName && !followed_.contains(&node) ? function_of(node) : nullptr;
    if (body == nullptr) continue;
    for (const int parameter : body->parameters) {
      if (roles_.contains(parameter)) roles_[parameter].insert(kOtherRole);
    }
  }
  while (hand_over_once(true)) {
  }
}

void Roles::find_escapes() {
  for (const auto& node : tree_.nodes) {
    if (node.form != Form::kName || followed_.contains(&node)) continue;
    for (const auto& role : of(node)) escaped_.emplace(kind_of_role(role));
  }
}

Names Roles::of(const Node& node) const { return of(node, 0); }

Names Roles::of(const Node& node, int depth) const {
  if (node.form == Form::kGroup) return of(*node.parts[0], depth);
  if (node.form != Form::kName || node.variable == kGlobal || depth == kMostSteps) return {};
  const auto& variable = tree_.variables[static_cast<std::size_t>(node.variable)];
  const auto known = roles_.find(node.variable);
  auto roles = known == roles_.end() ? Names{} : known->second;
  if (!variable.parameter && variable.value != nullptr) roles = of(*variable.value, depth + 1);
  if (variable.assigned && !roles.empty()) roles.insert(kOtherRole);
  return roles;
}

std::string Roles::certain(const Node& node) const {
  Names kinds;
  for (const auto& role : of(node)) kinds.emplace(kind_of_role(role));
  return kinds.size() == 1 && !kinds.contains(kOtherRole) ? *kinds.begin() : "";
}

}  // namespace runbook::lint
