#include "safety/plan.h"

#include <functional>

#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Check ping_is(const char* answer) {
  return {.call = {.row = "redis.ping", .target = "cache-1", .args = Value::Map{}},
          .path = {},
          .compare = "is",
          .operand = answer};
}

Change& change_of(Plan& plan) { return std::get<Change>(plan.items[0].what); }
Barrier& barrier_of(Plan& plan) { return std::get<Barrier>(plan.items[1].what); }
Manual& manual_of(Plan& plan) { return std::get<Manual>(plan.items[2].what); }

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
  plan.items = {{.what = change},
                {.what = Barrier{.goal = {.checks = {ping_is("PONG")}}}},
                {.what = Manual{"pull the plug", "dark"}}};
  plan.watch = Watch{.checks = {ping_is("PONG")}, .within = std::chrono::seconds(9)};
  plan.fixed_when.checks = {Check{.call = {.row = "redis.ping", .target = "cache-1", .args = Value::Map{}},
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
      {"row", [](Plan& p) { change_of(p).row = "redis.rewrite_config"; }},
      {"changed target", [](Plan& p) { change_of(p).target = "cache-2"; }},
      {"argument", [](Plan& p) { change_of(p).args["key"] = "maxclients"; }},
      {"to", [](Plan& p) { change_of(p).to = 3; }},
      {"from", [](Plan& p) { change_of(p).from = 0; }},
      {"call", [](Plan& p) { change_of(p).calls[0][3] = "3"; }},
      {"what puts it back", [](Plan& p) { change_of(p).if_it_fails = {Words{"BACK"}}; }},
      {"what is kept before it",
       [](Plan& p) { change_of(p).keeps = {{.row = "redis.info", .target = "cache-1", .args = Value::Map{}}}; }},
      {"undo", [](Plan& p) { change_of(p).undo->to = 0; }},
      {"no undo", [](Plan& p) { change_of(p).undo.reset(); }},
      {"level", [](Plan& p) { change_of(p).level = 2; }},
      {"guard", [](Plan& p) { change_of(p).guard = {ping_is("PONG")}; }},
      {"what it activates", [](Plan& p) { change_of(p).activates = 1; }},
      {"may vanish", [](Plan& p) { change_of(p).may_vanish = true; }},
      {"order", [](Plan& p) { std::swap(p.items[0], p.items[1]); }},
      {"one item less", [](Plan& p) { p.items.pop_back(); }},
      {"member", [](Plan& p) { p.items[0].member = Member{.group = 1, .name = "cache-1"}; }},
      {"barrier's check", [](Plan& p) { barrier_of(p).goal.checks[0].operand = "PING"; }},
      {"barrier's within", [](Plan& p) { barrier_of(p).goal.within = std::chrono::seconds(1); }},
      {"what a person does", [](Plan& p) { manual_of(p).what = "put the plug in"; }},
      {"what a person sees", [](Plan& p) { manual_of(p).expects = "light"; }},
      {"how a person takes it back", [](Plan& p) { manual_of(p).undo = {.what = "put it in", .expects = "light"}; }},
      {"watched check", [](Plan& p) { p.watch->checks[0].operand = "PING"; }},
      {"watched for", [](Plan& p) { p.watch->within = std::chrono::seconds(1); }},
      {"no watch", [](Plan& p) { p.watch.reset(); }},
      {"check", [](Plan& p) { p.fixed_when.checks[0].operand = "PING"; }},
      {"no check", [](Plan& p) { p.fixed_when.checks.clear(); }},
      {"lasting", [](Plan& p) { p.fixed_when.checks[0].lasting = std::chrono::seconds(1); }},
      {"within", [](Plan& p) { p.fixed_when.within = std::chrono::seconds(31); }},
      {"holds", [](Plan& p) { p.fixed_when.holds = std::chrono::seconds(1); }},
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
  plan.watch->note = "the cache is cold";
  barrier_of(plan).text = "wave 1";
  change_of(plan).text = "another sentence";
  change_of(plan).comment = "another reason";
  change_of(plan).where = "redis-down.lua:99";
  CHECK(plan.digest() == a_plan().digest());
}

TEST_CASE("the difference of two plans names the place and both values") {
  auto plan = a_plan();
  change_of(plan).from = 5;
  const auto lines = differences(a_plan().material(), plan.material());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "items.1.from: 1 → 5");
}

TEST_CASE("a recorded change reads back as the same change") {
  auto plan = a_plan();
  auto& change = change_of(plan);
  change.guard = {ping_is("PONG")};
  change.activates = 3;
  change.may_vanish = true;
  change.if_it_fails = {Words{"BACK", "1"}};
  change.keeps = {{.row = "redis.info", .target = "cache-1", .args = Value::Map{{"section", "server"}}}};
  change.nothing_to_undo = "it starts again by itself";
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

TEST_CASE("a plan that changes several targets is one level higher, and one without changes is of level 1") {
  auto plan = a_plan();
  CHECK(plan.level() == 1);
  auto another = change_of(plan);
  another.target = "cache-2";
  plan.items.push_back({.what = another});
  CHECK(plan.level() == 2);
  plan.items = {{.what = Manual{.what = "pull the plug", .expects = "dark"}}};
  CHECK(plan.level() == 1);
  plan.items.clear();
  CHECK(plan.level() == 0);
}

TEST_CASE("a plan reads back from its record with all that decides what will happen") {
  auto plan = a_plan();
  plan.items[0].member = Member{.group = 2, .name = "cache-1", .may_fail = 1};
  change_of(plan).guard = {ping_is("PONG")};
  change_of(plan).level = 3;
  manual_of(plan).undo = Manual::Inverse{.what = "plug it in", .expects = "light"};
  plan.fixed_when.checks[0].lasting = std::chrono::seconds(3);
  plan.fixed_when.holds = std::chrono::seconds(4);
  plan.called_for = false;
  plan.holds_only = true;
  plan.warning = "careful";
  plan.chosen = Value::Map{{"limit", 5}};
  auto back = *Plan::from_value(plan.to_value());
  CHECK(back.to_value()["items"] == plan.to_value()["items"]);
  back.playbook = plan.playbook;
  back.sources = plan.sources;
  back.inputs = plan.inputs;
  back.targets = plan.targets;
  CHECK(back.to_value() == plan.to_value());
  CHECK(back.digest() == plan.digest());
}

TEST_CASE("a record that holds no plan is no plan") {
  auto value = a_plan().to_value();
  value["items"] = Value::List{Value::Map{{"kind", "wish"}}};
  CHECK(Plan::from_value(value).error().code == Code::kAudit);
  for (const auto* lacking : {"row", "target"}) {
    auto change = a_plan().changes().front()->to_value();
    change[lacking] = Value();
    CHECK(Change::from_value(change).error().message == "a recorded change without row or target");
  }
}
