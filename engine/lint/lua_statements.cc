#include <utility>

#include "lint/lua_parser.h"

namespace runbook::lint {

bool Parser::block_ends() const {
  return token_.word == Word::kEnd || is("end") || is("else") || is("elseif") || is("until");
}

bool Parser::statements(Node& into) {
  bool open = true;
  while (!block_ends()) open = statement(into);
  return open;
}

bool Parser::block(Node& into) {
  const Scope scope(*this);
  return statements(into);
}

bool Parser::statement(Node& into) {
  if (accept("return")) {
    returned(into);
    return false;
  }
  if (accept("if")) return branches(into);
  if (accept("do")) {
    const bool open = block(into);
    expect("end");
    return open;
  }
  const auto first = into.parts.size();
  other_statement(into);
  const auto* last = into.parts.size() > first ? into.parts.back() : nullptr;
  return last == nullptr || last->form != Form::kCall || last->parts[0]->text != "error";
}

void Parser::other_statement(Node& into) {
  if (accept(";") || accept("break")) return;
  if (accept("::")) return label();
  if (accept("goto")) return static_cast<void>(name());
  if (accept("local")) return accept("function") ? local_function(into) : local(into);
  if (accept("while")) return loop_while(into);
  if (accept("for")) return loop_for(into);
  if (accept("repeat")) return loop_repeat(into);
  if (accept("function")) return function_statement(into);
  expression_statement(into);
}

void Parser::label() {
  name();
  expect("::");
}

void Parser::returned(Node& into) {
  if (!block_ends() && !is(";")) expressions(into);
  accept(";");
}

void Parser::local_function(Node& into) {
  const int line = token_.line;
  const int at = declare(name());
  const Node* const body = function(line, false);
  variable(at).value = body;
  into.parts.push_back(body);
}

void Parser::local(Node& into) {
  std::vector<std::string> names = {name()};
  while (accept(",")) names.push_back(name());
  const auto first = into.parts.size();
  if (accept("=")) expressions(into);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto at = first + i;
    declare(std::move(names[i]), at < into.parts.size() ? into.parts[at] : nullptr);
  }
}

bool Parser::branches(Node& into) {
  bool open = false;
  do {
    into.parts.push_back(expression());
    expect("then");
    open = block(into) || open;
  } while (accept("elseif"));
  open = !accept("else") || block(into) || open;
  expect("end");
  return open;
}

void Parser::loop_while(Node& into) {
  into.parts.push_back(expression());
  expect("do");
  block(into);
  expect("end");
}

void Parser::loop_for(Node& into) {
  const Scope scope(*this);
  std::vector<std::string> names = {name()};
  while (accept(",")) names.push_back(name());
  if (!accept("=")) expect("in");
  expressions(into);
  for (auto& each : names) declare(std::move(each), nullptr, true);
  expect("do");
  block(into);
  expect("end");
}

void Parser::loop_repeat(Node& into) {
  const Scope scope(*this);
  statements(into);
  expect("until");
  into.parts.push_back(expression());
}

void Parser::function_statement(Node& into) {
  const int line = token_.line;
  Node* target = name_use();
  bool method = false;
  bool member = false;
  while (!method && (is(".") || is(":"))) {
    method = is(":");
    member = true;
    advance();
    Node* const index = make(Form::kIndex);
    index->text = name();
    index->parts = {target};
    target = index;
  }
  if (!member) assign(*target);
  if (member) into.parts.push_back(target);
  into.parts.push_back(function(line, method));
}

void Parser::assign(const Node& target) {
  if (target.form != Form::kName) return;
  if (target.variable == kGlobal) return note_global(target, true);
  variable(target.variable).assigned = true;
}

void Parser::expression_statement(Node& into) {
  std::vector<Node*> targets = {suffixed()};
  while (accept(",")) targets.push_back(suffixed());
  if (accept("=")) {
    for (const auto* target : targets) assign(*target);
    expressions(into);
  }
  for (auto* target : targets) {
    if (target->form == Form::kName) continue;
    note_names(*target);
    into.parts.push_back(target);
  }
}

Result<LuaTree> parse_lua(std::string_view source, const std::set<std::string, std::less<>>& known_globals) {
  return Parser(source, known_globals).parse();
}

}  // namespace runbook::lint
