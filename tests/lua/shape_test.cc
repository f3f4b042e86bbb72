// What authors get wrong: every error names file, line, field, what was expected, and the nearest known name.
#include "catch.h"
#include "lua/worker_fixture.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Mistake {
  std::string source;
  std::string says;
};

std::string loading(const std::string& source) {
  Worker worker;
  const auto shape = worker.load(source);
  if (shape) return "loads";
  CHECK(shape.error().code == Code::kPlaybook);
  return shape.error().text();
}

// A good playbook, with the slots on lines of their own: slot i on line i + 2.
std::string with(const std::string& find, const std::string& replace) {
  std::string source = R"(return playbook "book" {
  alerts = { "A" },
  severity = "SEV-1",
  owner = "me",
  inputs = { redis = input.redis "label" },
  findings = { full = "memory is full" },
  evidence = function(see, arg) return {} end,
  diagnose = function(found, arg) return healthy "ok" end,
  mitigations = {
    mitigation "raise" {
      answers = { "full" },
      plan = function() return {} end,
      verify = function() return {} end,
      within = "30s",
    },
  },
}
)";
  if (find.empty()) return source;
  const auto at = source.find(find);
  REQUIRE(at != std::string::npos);
  return source.replace(at, find.size(), replace);
}

}  // namespace

TEST_CASE("the playbook that the mistakes are made in loads") { CHECK(loading(with("", "")) == "loads"); }

TEST_CASE("a shape error names file, line, field, what was expected and what is near") {
  const std::vector<Mistake> mistakes = {
      {with("evidence =", "evidense ="),
       "book.lua:7: evidense: a playbook has no such slot; did you mean \"evidence\"?"},
      {with("  owner = \"me\",\n", ""), "book.lua:1: owner: missing in a playbook; expected text"},
      {with("owner = \"me\"", "owner = 3"), "book.lua:4: owner: expected text, got number 3"},
      {with("\"SEV-1\"", "\"high\""),
       "book.lua:3: severity: expected one of SEV-1, SEV-2, SEV-3, SEV-4, SEV-5, got text \"high\""},
      {with("{ \"A\" }", "{ \"A\", 5 }"), "book.lua:2: alerts[2]: expected a list of text, got number 5"},
      {with("{ \"A\" }", "\"A\""), "book.lua:2: alerts: expected a list of text, got text \"A\""},
      {with("input.redis \"label\"", "\"cache\""),
       "book.lua:5: inputs.redis: expected a table of names and inputs, got text \"cache\""},
      {with("input.redis", "input.rediss"), "book.lua:5: input.rediss does not exist; did you mean \"redis\"?"},
      {with("input.redis \"label\"", "input.redis()"), "book.lua:5: input.redis: expected a label, got nil"},
      {with("function(see, arg) return {} end", "{}"), "book.lua:7: evidence: expected a function, got a table"},
      {with("answers = { \"full\" }", "answers = { \"ful\" }"),
       "book.lua:11: answers[1]: finding \"ful\" is not declared in findings; did you mean \"full\"?"},
      {with("within = \"30s\"", "needs = { \"rediss\" }"),
       "book.lua:14: needs[1]: the playbook has no input \"rediss\"; did you mean \"redis\"?"},
      {with("within = \"30s\"", "needs = { \"redis\" }"),
       "book.lua:14: needs[1]: the input \"redis\" is always there; only one that is :optional() can be missing"},
      {with("within = \"30s\"", "needs = \"redis\""),
       "book.lua:14: needs: expected a list of text, got text \"redis\""},
      {with("within = \"30s\"", "within = \"30 parsecs\""),
       "book.lua:14: within: expected a duration such as \"30s\", got text \"30 parsecs\""},
      {with("within = \"30s\"", "whithin = \"30s\""),
       "book.lua:14: whithin: mitigation \"raise\" has no such slot; did you mean \"within\"?"},
      {with("      plan = function() return {} end,\n", ""),
       "book.lua:10: plan: missing in mitigation \"raise\"; expected a function"},
      {with("      verify = function() return {} end,\n", ""),
       "book.lua:10: verify: missing in mitigation \"raise\"; expected a function"},
      {with("      answers = { \"full\" },\n", ""),
       "book.lua:10: answers: missing in mitigation \"raise\"; expected a list of findings, or purpose = \"hold\""},
      {with("answers = { \"full\" }", "purpose = \"cure\""),
       "book.lua:11: purpose: expected one of hold, got text \"cure\""},
      {with("    mitigation \"raise\" {",
            "    mitigation \"raise\" { answers = { 'full' }, plan = print, verify = print },\n    mitigation "
            "\"raise\" {"),
       "book.lua:11: mitigations: there are two \"raise\""},
      {with("mitigation \"raise\"", "mitigation \"Raise It\""),
       "book.lua:10: mitigation: expected a name of small letters, digits and -, a letter first, got text \"Raise "
       "It\""},
      {with("mitigation \"raise\"", "mitigation \"stop\""),
       "book.lua:10: mitigation \"stop\": the same word stands for another choice; say what it does, such as "
       "\"stop-search\""},
      {with("    mitigation \"raise\" {", "    {"),
       "book.lua:9: mitigations[1]: expected a list of mitigations, got a table"},
      {with("within = \"30s\"", "asks = { limit = 5 }"),
       "book.lua:14: asks.limit: expected a table of names and asks, got number 5"},
      {with("return playbook", "local x = playbook"),
       "book.lua:1: the file does not return a playbook; it ends with `return playbook \"name\" { … }`"},
      {with("mitigations = {", "watch = {}, mitigations = {"),
       "book.lua:9: check: missing in watch; expected a function"},
      {with("diagnose =", "diagnose ="), "loads"},
      {"return playbok 'x' {}", "book.lua:1: there is no global playbok; did you mean \"playbook\"?"},
      {"return playbook 'x' {", "book.lua:1: unexpected symbol near '<eof>'"},
      {"\n\nerror('no', 2)", "book.lua:3: no"},
      {"\n\nerror { message = 'because' }", "book.lua:3: raised a table: because"},
      {"\n\nerror()", "book.lua:3: raised nil"},
      {"local m = require 'missing'", "book.lua:1: there is no module missing"},
      {"local m = require '../../etc/passwd'",
       "book.lua:1: require wants the name of a module beside the playbook, got text \"../../etc/passwd\""},
      {"local m = require 'stdlib/fiber'",
       "book.lua:1: require wants the name of a module beside the playbook, got text \"stdlib/fiber\""},
      {"local s = ('%d'):format('x')", "book.lua:1: bad argument #1 to 'format' (number expected, got string)"},
  };
  for (const auto& mistake : mistakes) {
    INFO(mistake.source);
    const auto said = loading(mistake.source);
    CHECK(said.substr(0, mistake.says.size()) == mistake.says);
  }
}

TEST_CASE("an error in a module names the module's file, and a long file name is told whole") {
  Worker worker;
  worker.modules["broken"] = "\n\nlocal x = nil .. 'x'";
  const auto shape = worker.load("require 'broken'");
  REQUIRE_FALSE(shape);
  CHECK(shape.error().text() == "broken.lua:3: attempt to concatenate a nil value");

  const auto file = "/very" + std::string(90, 'x') + "/book.lua";
  Worker other;
  const auto long_name = other.load("local a = 1\nlocal x = nil .. 'x'", file);
  REQUIRE_FALSE(long_name);
  CHECK(long_name.error().where == file + ":2");
}

TEST_CASE("findings are held against the declared ones") {
  Worker worker;
  REQUIRE(worker.load(with("healthy \"ok\"", "finding 'ful'")));
  REQUIRE(worker.look());
  const auto verdict = worker.phase("diagnose");
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().message == "finding \"ful\" is not declared in findings; did you mean \"full\"?");
  CHECK(verdict.error().where == "book.lua:8");
}

TEST_CASE("where the engine runs is no target that an input could ask for") {
  CHECK(loading(with("input.redis", "input.engine")).find("input.engine does not exist") != std::string::npos);
}
