#include "lint/names.h"

#include <algorithm>

#include "base/text.h"
#include "lint/roles.h"
#include "lint/types.h"

namespace runbook::lint {

namespace {

std::string quoted(std::string_view name) { return "\"" + escaped(name, 60) + "\""; }

class NameCheck {
 public:
  NameCheck(const LuaTree& tree, std::string file, const Vocabulary& words, Diagnostics& out)
      : tree_(tree), file_(std::move(file)), words_(words), out_(out), roles_(tree, words) {}

  // What can be said of any file.
  void check_words() {
    for (const auto& use : tree_.unknown_globals) check_global(use);
    for (const auto& node : tree_.nodes) {
      if (node.form == Form::kIndex && !node.text.empty()) check_member(node);
      if (node.form == Form::kMethod) check_method(node);
    }
    for (const auto& variable : tree_.variables) {
      // One of several results may well be of no use.
      if (variable.used || variable.parameter || variable.value == nullptr || variable.name.starts_with('_')) continue;
      say(variable.line, escaped(variable.name, 60) + " is never used", Severity::kWarning, "unused-name");
    }
  }

  // What can be said of the file that declares the playbook.
  Usage check_uses(const Declared& declared) {
    usage_.escaped = roles_.escaped();
    for (const auto& [slot, function] : roles_.slots()) {
      if (function->open_end == 0) continue;
      say(function->open_end, slot + " can come to this end without a return", Severity::kWarning, "no-return");
    }
    for (const auto& node : tree_.nodes) {
      if (node.form == Form::kIndex) check_field(node, declared);
      if (node.form == Form::kMethod) check_why(node, declared);
      if (node.form == Form::kCall) check_call(node, declared);
      if (node.form == Form::kMethod && node.text == "next") note_next(node);
    }
    return usage_;
  }

 private:
  void say(int line, std::string message, Severity severity = Severity::kError, const char* rule = "unknown-name") {
    out_.push_back({.severity = severity, .rule = rule, .file = file_, .line = line, .message = std::move(message)});
  }

  void check_global(const GlobalUse& use) {
    const auto givers = slots_that_take(use.name);
    if (!use.set && !givers.empty())
      return say(use.line, "there is no global " + use.name + ": it is a parameter, of " + join(givers, ", "));
    if (use.set) return say(use.line, "globals cannot be set: write `local " + escaped(use.name, 60) + "`");
    Names near = words_.globals;
    near.insert(use.visible.begin(), use.visible.end());
    say(use.line, "there is no global " + escaped(use.name, 60) + suggestion(use.name, near));
  }

  // "diagnose(found, arg)", … for "found"; none for what is no parameter.
  [[nodiscard]] std::vector<std::string> slots_that_take(std::string_view parameter) const {
    std::vector<std::string> slots;
    for (const auto& [slot, takes] : words_.parameters) {
      if (std::find(takes.begin(), takes.end(), parameter) != takes.end())
        slots.push_back(slot + "(" + join(takes, ", ") + ")");
    }
    return slots;
  }

  [[nodiscard]] Type type(const Node& node) const { return type_of(node, tree_, roles_, words_); }

  void check_member(const Node& node) {
    const auto base = type(*node.parts[0]);
    if (base.kind != Type::Kind::kNamespace) return;
    const auto known = words_.namespaces.find(base.name);
    if (known == words_.namespaces.end() || known->second.contains(node.text)) return;
    say(node.line, base.name + "." + escaped(node.text, 60) + " does not exist" + suggestion(node.text, known->second));
  }

  void check_method(const Node& node) {
    const auto of = type(*node.parts[0]);
    if (of.kind != Type::Kind::kObject) return;
    const bool text = of.name == "text";
    const auto& table = text ? words_.namespaces : words_.classes;
    const auto known = table.find(text ? "string" : of.name);
    if (known == table.end() || known->second.contains(node.text)) return;
    say(node.line, of.name + " has no " + escaped(node.text, 60) + suggestion(node.text, known->second));
  }

  void use_reading(const std::string& name, int line, bool certain, const Declared& declared) {
    usage_.readings.insert(name);
    if (!certain || !declared.readings || declared.readings->contains(name)) return;
    say(line, "evidence has no " + escaped(name, 60) + suggestion(name, *declared.readings));
  }

  void use_input(const Node& node, bool certain, const Declared& declared) {
    usage_.inputs.insert(node.text);
    if (!certain || declared.inputs.contains(node.text)) return;
    say(node.line, "there is no input " + escaped(node.text, 60) + suggestion(node.text, declared.inputs));
  }

  void use_ask(const Node& node, const Names& roles, bool certain, const Declared& declared) {
    Names known;
    for (const auto& role : roles) {
      const auto mitigation = role.substr(role.find(':') + 1);
      usage_.asks.insert(mitigation + "." + node.text);
      const auto asks = declared.asks.find(mitigation);
      if (asks != declared.asks.end()) known.insert(asks->second.begin(), asks->second.end());
    }
    if (!certain || known.contains(node.text)) return;
    say(node.line, "there is no ask " + escaped(node.text, 60) + suggestion(node.text, known));
  }

  void check_field(const Node& node, const Declared& declared) {
    const auto roles = roles_.of(*node.parts[0]);
    const auto certain = roles_.certain(*node.parts[0]);
    for (const auto& role : roles) {
      const auto kind = std::string(kind_of_role(role));
      if (node.text.empty()) {
        usage_.escaped.insert(kind);
      } else if (kind == "found" && node.text != "why") {
        use_reading(node.text, node.line, certain == kind, declared);
      } else if (kind == "arg") {
        use_input(node, certain == kind, declared);
      }
    }
    if (certain == "chosen" && !node.text.empty()) use_ask(node, roles, true, declared);
  }

  // found:why "name"
  void check_why(const Node& node, const Declared& declared) {
    const auto roles = roles_.of(*node.parts[0]);
    if (!roles.contains("found")) return;
    const bool certain = roles_.certain(*node.parts[0]) == "found";
    if (node.text != "why" && certain) {
      return say(node.line, "found has no " + escaped(node.text, 60) + suggestion(node.text, {"why"}));
    }
    if (node.parts.size() == 2 && node.parts[1]->form == Form::kText) {
      return use_reading(node.parts[1]->text, node.line, certain, declared);
    }
    usage_.escaped.insert("found");
  }

  static bool is_finding(const Node& node) {
    return node.form == Form::kCall && node.parts[0]->form == Form::kName && node.parts[0]->variable == kGlobal &&
           node.parts[0]->text == "finding";
  }

  void check_call(const Node& node, const Declared& declared) {
    const auto& callee = *node.parts[0];
    if (callee.form != Form::kName || callee.variable != kGlobal || node.parts.size() < 2) return;
    const auto& first = *node.parts[1];
    if (callee.text == "finding") {
      if (first.form != Form::kText) {
        usage_.computed = true;
        return;
      }
      usage_.findings.insert(first.text);
      if (declared.findings && !declared.findings->contains(first.text)) {
        say(first.line, "finding " + quoted(first.text) + " is not declared in findings" +
                            suggestion(first.text, *declared.findings));
      }
    }
    if (callee.text == "book" && first.form == Form::kText) check_link(node, first, declared);
  }

  void check_link(const Node& node, const Node& book, const Declared& declared) {
    if (!declared.books.contains(book.text)) {
      return say(book.line, "there is no playbook " + escaped(book.text, 60) + suggestion(book.text, declared.books));
    }
    BookLink link{.book = book.text};
    if (node.parts.size() > 2 && node.parts[2]->form == Form::kTable) {
      for (const auto* field : node.parts[2]->parts) {
        if (!field->text.empty()) link.inputs.emplace(field->text, field->line);
      }
    }
    usage_.links.push_back(std::move(link));
  }

  void note_next(const Node& node) {
    const auto* object = node.parts[0];
    while (object->form == Form::kMethod && object->text == "next") object = object->parts[0];
    if (!is_finding(*object) || object->parts.size() < 2) return;
    if (object->parts[1]->form == Form::kText) usage_.guided.insert(object->parts[1]->text);
  }

  const LuaTree& tree_;
  std::string file_;
  const Vocabulary& words_;
  Diagnostics& out_;
  Roles roles_;
  Usage usage_;
};

}  // namespace

Usage check_names(const LuaTree& tree, const std::string& file, const Vocabulary& words, const Declared& declared,
                  Diagnostics& out) {
  NameCheck check(tree, file, words, out);
  check.check_words();
  return check.check_uses(declared);
}

void check_module_names(const LuaTree& tree, const std::string& file, const Vocabulary& words, Diagnostics& out) {
  NameCheck(tree, file, words, out).check_words();
}

}  // namespace runbook::lint
