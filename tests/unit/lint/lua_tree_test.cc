#include "lint/lua_tree.h"

#include <algorithm>

#include "catch.h"
#include "lint/vocabulary.h"

using namespace runbook;
using namespace runbook::lint;

namespace {

const Names kKnown = {"print", "string"};

LuaTree tree_of(std::string_view source) {
  auto tree = parse_lua(source, kKnown);
  REQUIRE(tree.has_value());
  return std::move(*tree);
}

// "name:line" of every global that is set or unknown.
std::vector<std::string> unknown(std::string_view source) {
  std::vector<std::string> out;
  for (const auto& use : tree_of(source).unknown_globals) {
    out.push_back((use.set ? "set " : "") + use.name + ":" + std::to_string(use.line));
  }
  return out;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("a name is the innermost variable in scope, and a global when there is none") {
  CHECK(unknown("local a = 1\nprint(a, b)") == List{"b:2"});
  CHECK(unknown("do local a end\nprint(a)") == List{"a:2"});
  CHECK(unknown("local a = a") == List{"a:1"});
  CHECK(unknown("local function f() return f end return f") == List{});
  CHECK(unknown("local f = function() return f end return f") == List{"f:1"});
  CHECK(unknown("for i, v in print() do print(i, v) end print(i)") == List{"i:1"});
  CHECK(unknown("for i = 1, n do end") == List{"n:1"});
  CHECK(unknown("repeat local done = print() until done") == List{});
  CHECK(unknown("while x do local y end if y then elseif z then else print(q) end") ==
        List{"x:1", "y:1", "z:1", "q:1"});
  CHECK(unknown("return function(a, ...) return a, b, ... end") == List{"b:1"});
  CHECK(unknown("local t = {} function t.a.b:c() return self end") == List{});
}

TEST_CASE("setting a global is told from reading one") {
  CHECK(unknown("a = 1") == List{"set a:1"});
  CHECK(unknown("print = nil") == List{"set print:1"});
  CHECK(unknown("local a; a, b = b, a") == List{"set b:1", "b:1"});
  CHECK(unknown("function f() end") == List{"set f:1"});
  CHECK(unknown("a.b = 1") == List{"a:1"});
}

TEST_CASE("keys, fields, methods, labels and text are no variables") {
  CHECK(unknown("print { a = 1, ['b'] = 2, 3, [c] = 4 }") == List{"c:1"});
  CHECK(unknown("print(string.a.b:c 'd')") == List{});
  CHECK(unknown("goto done ::done::") == List{});
  CHECK(unknown("print 'a' print \"b\\\"c\" print [==[ d ]] e\n ]==] -- f\n--[[ g\n ]] print(h)") == List{"h:4"});
}

TEST_CASE("numbers and operators of LuaJIT are understood") {
  CHECK(unknown("print(0x1p-4, 1e+5, 3., .5, 12ULL, 1i, 0xffLL)") == List{});
  CHECK(unknown("print(-2 ^ -3 .. 'x' == not nil and #string <= 1 or 2 ~= 3 % 4)") == List{});
  CHECK(unknown("print(a..b)") == List{"a:1", "b:1"});
}

TEST_CASE("a variable knows what it was made with, and whether that still counts") {
  const auto tree = tree_of("local a, b, c = 1, 'x', print()\nlocal d, e = print()\na = 2\nlocal function f(p) end");
  const auto of = [&](std::string_view name) {
    return *std::find_if(tree.variables.begin(), tree.variables.end(), [&](const auto& v) { return v.name == name; });
  };
  CHECK(of("a").assigned);
  CHECK_FALSE(of("b").assigned);
  CHECK(of("b").value->form == Form::kText);
  CHECK(of("c").value->form == Form::kCall);
  CHECK(of("d").value->form == Form::kCall);
  CHECK(of("e").value == nullptr);
  CHECK(of("f").value->form == Form::kFunction);
  CHECK(of("f").line == 4);
  CHECK(of("p").parameter);
}

TEST_CASE("what is not Lua, or nested too deeply, is an error and no crash") {
  for (const auto* source :
       {"local", "return {", "print('x", "[[", "local function", "f(", "x = = 1", "for", "\x01", "if a then"}) {
    CAPTURE(source);
    CHECK(parse_lua(source, kKnown).has_error());
  }
  CHECK(parse_lua("return " + std::string(100'000, '('), kKnown).error().code == Code::kLimit);
  CHECK(parse_lua("return " + std::string(100'000, '{'), kKnown).error().code == Code::kLimit);
  std::string blocks;
  for (int i = 0; i < 100'000; ++i) blocks += "do ";
  CHECK(parse_lua(blocks, kKnown).error().code == Code::kLimit);
  std::string powers = "return 1";
  for (int i = 0; i < 100'000; ++i) powers += "^1";
  CHECK(parse_lua(powers, kKnown).error().code == Code::kLimit);
}
