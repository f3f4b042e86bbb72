#include "safety/plan.h"

#include <functional>

#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Plan a_plan() {
  Plan plan{.playbook = "redis-down",
            .mitigation = "raise",
            .sources = {{"redis-down.lua", "aa"}},
            .inputs = Value::Map{{"redis", "cache-1"}}};
  Target target;
  target.name = "cache-1";
  target.kind = "redis";
  target.env = "prod";
  target.url = "redis://127.0.0.1:6379";
  plan.targets = {target};
  Change change{
      .row = "redis.config", .target = "cache-1", .args = Value::Map{{"key", "maxmemory"}}, .to = 2, .from = 1};
  change.calls = {Words{"CONFIG", "SET", "maxmemory", "2"}};
  change.undo = Inverse{.row = "redis.config", .args = change.args, .to = 1};
  plan.changes = {change};
  plan.checks = {Check{.call = {.row = "redis.ping", .target = "cache-1", .args = Value::Map{}},
                       .path = {},
                       .compare = "is",
                       .operand = "PONG"}};
  return plan;
}

}  // namespace

TEST_CASE("whatever decides what will happen is in the digest") {
  const auto digest = a_plan().digest();
  const std::vector<std::pair<const char*, std::function<void(Plan&)>>> edits = {
      {"playbook", [](Plan& p) { p.playbook = "redis-dowm"; }},
      {"mitigation", [](Plan& p) { p.mitigation = "raise2"; }},
      {"source", [](Plan& p) { p.sources["redis-down.lua"] = "ab"; }},
      {"another source", [](Plan& p) { p.sources["more.lua"] = "aa"; }},
      {"input", [](Plan& p) { p.inputs["redis"] = "cache-2"; }},
      {"target url", [](Plan& p) { p.targets[0].url = "redis://127.0.0.1:6380"; }},
      {"target env", [](Plan& p) { p.targets[0].env = "staging"; }},
      {"target user", [](Plan& p) { p.targets[0].user = "root"; }},
      {"row", [](Plan& p) { p.changes[0].row = "redis.rewrite_config"; }},
      {"changed target", [](Plan& p) { p.changes[0].target = "cache-2"; }},
      {"argument", [](Plan& p) { p.changes[0].args["key"] = "maxclients"; }},
      {"to", [](Plan& p) { p.changes[0].to = 3; }},
      {"from", [](Plan& p) { p.changes[0].from = 0; }},
      {"call", [](Plan& p) { p.changes[0].calls[0][3] = "3"; }},
      {"undo", [](Plan& p) { p.changes[0].undo->to = 0; }},
      {"no undo", [](Plan& p) { p.changes[0].undo.reset(); }},
      {"level", [](Plan& p) { p.changes[0].level = 2; }},
      {"check", [](Plan& p) { p.checks[0].operand = "PING"; }},
      {"no check", [](Plan& p) { p.checks.clear(); }},
      {"lasting", [](Plan& p) { p.checks[0].lasting = std::chrono::seconds(1); }},
      {"within", [](Plan& p) { p.within = std::chrono::seconds(31); }},
      {"holds", [](Plan& p) { p.holds = std::chrono::seconds(1); }},
  };
  for (const auto& [what, edit] : edits) {
    auto plan = a_plan();
    edit(plan);
    CAPTURE(what);
    CHECK(plan.digest() != digest);
    CHECK_FALSE(differences(a_plan().material(), plan.material()).empty());
  }
}

TEST_CASE("prose is not in the digest") {
  auto plan = a_plan();
  plan.warning = "careful";
  plan.changes[0].text = "another sentence";
  plan.changes[0].comment = "another reason";
  plan.changes[0].where = "redis-down.lua:99";
  CHECK(plan.digest() == a_plan().digest());
}

TEST_CASE("the difference of two plans names the place and both values") {
  auto plan = a_plan();
  plan.changes[0].from = 5;
  const auto lines = differences(a_plan().material(), plan.material());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "changes.1.from: 1 → 5");
}

TEST_CASE("a recorded change reads back as the same change") {
  const auto change = a_plan().changes[0];
  const auto back = Change::from_value(change.to_value());
  REQUIRE(back);
  CHECK(back->to_value() == change.to_value());
}

TEST_CASE("a command is shown on one line, quoted where it must be and never raw") {
  CHECK(command_text(Words{"CONFIG", "SET", "save", "3600 1"}) == R"(CONFIG SET save "3600 1")");
  CHECK(command_text(Words{"UNLINK", "a\x1b[2J\n"}).find('\x1b') == std::string::npos);
  CHECK(command_text(Words{"RESTORE", "k", "0", Value::Map{{"$blob", "0123456789abcdef"}, {"bytes", "12 B"}}}) ==
        "RESTORE k 0 <12 B sha256:0123456789a…>");
}
