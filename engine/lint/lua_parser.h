// The parser of lua_tree.h, in two parts: statements (lua_statements.cc) and expressions (lua_expressions.cc).
//
// Recursive descent, one method for each thing of the grammar; each leaves the first token after it. The first error is
// remembered, and from there on everything is the end of the source.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/lua_tokens.h"
#include "lint/lua_tree.h"

namespace runbook::lint {

constexpr int kDeepest = 250;  // LuaJIT itself stops at 200

class Parser {
 public:
  Parser(std::string_view source, const std::set<std::string, std::less<>>& known) : tokens_(source), known_(known) {
    advance();
  }

  Result<LuaTree> parse() {
    Node* const root = make(Form::kFunction);
    block(*root);
    if (token_.word != Word::kEnd) fail();
    if (failed_) return *failed_;
    tree_.root = root;
    return std::move(tree_);
  }

 private:
  // Leaves names and depth as they were.
  class Scope {
   public:
    explicit Scope(Parser& parser) : parser_(parser), names_(parser.names_.size()) {
      if (++parser_.depth_ > kDeepest) parser_.fail(Code::kLimit, "nested too deeply");
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      parser_.names_.resize(names_);
      --parser_.depth_;
    }

   private:
    Parser& parser_;
    std::size_t names_;
  };

  void fail(Code code = Code::kInternal, std::string message = {}) {
    if (!failed_) {
      if (message.empty()) message = "not understood as Lua near line " + std::to_string(token_.line);
      failed_ = Error{.code = code, .message = std::move(message)};
    }
    token_ = {.word = Word::kEnd, .line = token_.line};
  }

  void advance() {
    if (failed_) return;
    token_ = tokens_.next();
    if (token_.word == Word::kBroken) fail();
  }

  [[nodiscard]] bool is(std::string_view text) const {
    return (token_.word == Word::kSign || token_.word == Word::kKeyword) && token_.text == text;
  }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    advance();
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail();
  }
  std::string name() {
    if (token_.word != Word::kName) fail();
    auto text = token_.text;
    advance();
    return text;
  }

  Node* make(Form form, int line = 0) {
    tree_.nodes.push_back({.form = form, .line = line == 0 ? token_.line : line});
    return &tree_.nodes.back();
  }

  int declare(std::string text, const Node* value = nullptr, bool parameter = false) {
    tree_.variables.push_back({.name = std::move(text), .line = token_.line, .value = value, .parameter = parameter});
    names_.push_back(static_cast<int>(tree_.variables.size()) - 1);
    return names_.back();
  }

  Variable& variable(int at) { return tree_.variables[static_cast<std::size_t>(at)]; }

  Node* name_use() {
    Node* const node = make(Form::kName);
    node->text = name();
    const auto innermost =
        std::find_if(names_.rbegin(), names_.rend(), [&](const int each) { return variable(each).name == node->text; });
    if (innermost == names_.rend()) return node;
    node->variable = *innermost;
    variable(*innermost).used = true;
    return node;
  }

  void note_global(const Node& node, bool set) {
    if (node.variable != kGlobal || (!set && known_.contains(node.text))) return;
    GlobalUse use{.name = node.text, .line = node.line, .set = set};
    for (const int at : names_) use.visible.push_back(variable(at).name);
    tree_.unknown_globals.push_back(std::move(use));
  }

  // ---- statements
  [[nodiscard]] bool block_ends() const;
  // Each tells whether what stands behind it can be reached; of loops and calls only what is plain to see.
  // Names that the statements declare stay visible until the caller's scope ends: `until` sees them.
  bool statements(Node& into);
  bool block(Node& into);
  bool statement(Node& into);
  void other_statement(Node& into);
  void label();
  void returned(Node& into);
  void local_function(Node& into);
  void local(Node& into);
  bool branches(Node& into);
  void loop_while(Node& into);
  void loop_for(Node& into);
  void loop_repeat(Node& into);
  void function_statement(Node& into);
  void assign(const Node& target);
  void expression_statement(Node& into);

  // ---- expressions
  void expressions(Node& into);
  // The first word of a suffixed expression is looked up only when it is known not to be assigned.
  void note_names(const Node& node);
  static int left_power(const Token& token);
  const Node* expression(int power = 0);
  const Node* operand();
  const Node* text();
  Node* primary();
  Node* suffixed();
  Node* index(const Node* base);
  Node* call(const Node* callee);
  const Node* table();
  [[nodiscard]] bool names_a_field() const;
  const Node* field();
  const Node* function(int line, bool method);

  LuaTokens tokens_;
  const std::set<std::string, std::less<>>& known_;
  Token token_{};
  int depth_ = 0;
  LuaTree tree_;
  std::vector<int> names_;  // the variables in scope, the innermost last
  std::optional<Error> failed_;
};

}  // namespace runbook::lint
