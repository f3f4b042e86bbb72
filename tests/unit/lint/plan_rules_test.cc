// Rules about changes that no shipped row breaks.
#include "lint/plan_rules.h"

#include <array>

#include "base/json.h"
#include "catch.h"

using namespace runbook;
using namespace runbook::lint;

namespace {

// A change that neither can be taken back nor says why.
constexpr std::array<safety::ChangeRow, 1> kRows = {{{
    .name = "gate.close",
    .kind = "gate",
    .args = {},
    .doc = "Closes a gate.",
    .to_doc = "",
    .normalise = [](const Value&, const Value& to) -> Result<Value> { return to; },
    .state_call = nullptr,
    .seen = nullptr,
    .describe = [](safety::Change&) { return false; },
}}};

Diagnostics found_in(const std::string& item) {
  run::Playbook book;
  book.file = "gate.lua";
  book.mitigations.push_back({.name = "close", .answers = {"open"}});
  const auto inspection =
      *parse_json(R"({"mitigations": {"close": {"checks": 1, "exact": true, "items": [)" + item + "]}}}");
  const Usage usage;
  Diagnostics out;
  check_plan({.book = book, .inspection = inspection, .usage = usage, .lines = {}, .changes = kRows},
             book.mitigations[0], out);
  return out;
}

}  // namespace

TEST_CASE("a change without a way back must say why") {
  const auto found = found_in(R"({"change": "gate.close", "where": "gate.lua:7", "args": {}})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::kError);
  CHECK(found[0].line == 7);
  CHECK(found[0].message == "mitigation \"close\": gate.close has no way back, and nothing says why");
  CHECK(found[0].next == "add irreversible = \"why\"");
  CHECK(found_in(R"({"change": "gate.close", "args": {}, "irreversible": "it rusts"})").empty());
}
