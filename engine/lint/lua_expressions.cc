#include "lint/lua_parser.h"

namespace runbook::lint {

void Parser::expressions(Node& into) {
  do {
    into.parts.push_back(expression());
  } while (accept(","));
}

void Parser::note_names(const Node& node) {
  const auto* first = &node;
  while (first->form != Form::kName && !first->parts.empty() &&
         (first->form == Form::kIndex || first->form == Form::kCall || first->form == Form::kMethod)) {
    first = first->parts.front();
  }
  if (first->form == Form::kName) note_global(*first, false);
}

int Parser::left_power(const Token& token) {
  const std::string_view text = token.text;
  if (token.word != Word::kSign && token.word != Word::kKeyword) return 0;
  if (text == "or") return 1;
  if (text == "and") return 2;
  if (text == "<" || text == ">" || text == "<=" || text == ">=" || text == "~=" || text == "==") return 3;
  if (text == "..") return 4;
  if (text == "+" || text == "-") return 5;
  if (text == "*" || text == "/" || text == "%") return 6;
  return text == "^" ? 8 : 0;
}

const Node* Parser::expression(int power) {
  const Scope scope(*this);
  const Node* left = operand();
  for (;;) {
    const int next = left_power(token_);
    if (next == 0 || next <= power) return left;
    const bool joins = is("..");
    const bool right_bound = joins || is("^");
    Node* const both = make(joins ? Form::kJoined : Form::kOther);
    advance();
    both->parts = {left, expression(right_bound ? next - 1 : next)};
    left = both;
  }
}

const Node* Parser::operand() {
  if (is("not") || is("-") || is("#")) {
    Node* const node = make(Form::kOther);
    advance();
    node->parts = {expression(7)};
    return node;
  }
  if (is("function")) {
    const int line = token_.line;
    advance();
    return function(line, false);
  }
  if (is("{")) return table();
  if (token_.word == Word::kText) return text();
  if (token_.word == Word::kNumber || is("nil") || is("true") || is("false") || is("...")) {
    const auto* const node = make(Form::kConstant);
    advance();
    return node;
  }
  const auto* const node = suffixed();
  note_names(*node);
  return node;
}

const Node* Parser::text() {
  Node* const node = make(Form::kText);
  node->text = token_.text;
  advance();
  return node;
}

Node* Parser::primary() {
  if (!is("(")) return name_use();
  Node* const node = make(Form::kGroup);
  advance();
  node->parts = {expression()};
  expect(")");
  return node;
}

Node* Parser::suffixed() {
  Node* node = primary();
  while (!failed_) {
    if (is(".") || is("[")) {
      node = index(node);
    } else if (is(":") || is("(") || is("{") || token_.word == Word::kText) {
      node = call(node);
    } else {
      break;
    }
  }
  return node;
}

Node* Parser::index(const Node* base) {
  const bool named = is(".");
  advance();
  Node* const node = make(Form::kIndex);
  node->parts = {base};
  if (named) {
    node->text = name();
    return node;
  }
  const auto* const key = expression();
  expect("]");
  if (key->form == Form::kText) {
    node->text = key->text;
  } else {
    node->parts.push_back(key);
  }
  return node;
}

Node* Parser::call(const Node* callee) {
  Node* const node = make(is(":") ? Form::kMethod : Form::kCall);
  node->parts = {callee};
  if (accept(":")) {
    node->line = token_.line;
    node->text = name();
  }
  if (is("{")) {
    node->parts.push_back(table());
  } else if (token_.word == Word::kText) {
    node->parts.push_back(text());
  } else {
    expect("(");
    if (!is(")")) expressions(*node);
    expect(")");
  }
  return node;
}

const Node* Parser::table() {
  Node* const node = make(Form::kTable);
  expect("{");
  while (!failed_ && !is("}")) {
    node->parts.push_back(field());
    if (!accept(",") && !accept(";")) break;
  }
  expect("}");
  return node;
}

bool Parser::names_a_field() const {
  LuaTokens ahead = tokens_;
  const auto next = ahead.next();
  return next.word == Word::kSign && next.text == "=";
}

const Node* Parser::field() {
  Node* const node = make(Form::kField);
  if (accept("[")) {
    const auto* const key = expression();
    expect("]");
    expect("=");
    if (key->form == Form::kText) {
      node->text = key->text;
    } else {
      node->parts.push_back(key);
    }
    node->parts.push_back(expression());
    return node;
  }
  if (token_.word == Word::kName && names_a_field()) {
    node->text = name();
    expect("=");
  }
  const auto* const value = expression();
  node->parts = {value};
  return node;
}

const Node* Parser::function(int line, bool method) {
  const Scope scope(*this);
  Node* const node = make(Form::kFunction, line);
  if (method) node->parameters.push_back(declare("self", nullptr, true));
  expect("(");
  while (!failed_ && !is(")")) {
    if (!accept("...")) node->parameters.push_back(declare(name(), nullptr, true));
    if (!accept(",")) break;
  }
  expect(")");
  const bool open = statements(*node);
  if (open) node->open_end = token_.line;
  expect("end");
  return node;
}

}  // namespace runbook::lint
