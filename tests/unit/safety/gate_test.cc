#include "safety/gate.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Plan plan_of_level(int level, std::vector<std::string> targets = {"cache-1"}) {
  Plan plan{.playbook = "redis-down", .mitigation = "raise"};
  for (auto& target : targets) {
    Change change{
        .row = "redis.config", .target = target, .args = Value::Map{{"key", "maxmemory"}}, .to = 2, .from = 1};
    change.level = level;
    plan.items.push_back({.what = change});
  }
  return plan;
}

FlagAnswer by_yes() {
  FlagAnswer answer;
  answer.yes = true;
  return answer;
}

FlagAnswer by_digest(std::string digest) {
  FlagAnswer answer;
  answer.approve = std::move(digest);
  return answer;
}

}  // namespace

TEST_CASE("enter alone, a wrong word and a word with something behind it are a no at every level") {
  for (const int level : {1, 2, 3}) {
    const Gate gate(plan_of_level(level));
    for (const auto* answer : {"", "no", "Y", "yes ", "y\n", "YES", "cache-2", "cache-1 "}) {
      CAPTURE(level, answer);
      CHECK_FALSE(gate.judge(TypedAnswer{.line = answer, .reason = "because it must be"}));
    }
  }
}

TEST_CASE("each level takes its own word and no lower one") {
  CHECK(Gate(plan_of_level(1)).judge(TypedAnswer{.line = "y", .reason = ""}));
  CHECK_FALSE(Gate(plan_of_level(2)).judge(TypedAnswer{.line = "y", .reason = ""}));
  CHECK(Gate(plan_of_level(2)).judge(TypedAnswer{.line = "yes", .reason = ""}));
  CHECK_FALSE(Gate(plan_of_level(3)).judge(TypedAnswer{.line = "yes", .reason = "incident 4711"}));
  CHECK(Gate(plan_of_level(3)).judge(TypedAnswer{.line = "cache-1", .reason = "incident 4711"}));
}

TEST_CASE("level 3 wants a reason, and the count when there are several targets") {
  CHECK_FALSE(Gate(plan_of_level(3)).judge(TypedAnswer{.line = "cache-1", .reason = " x "}));
  const Gate two(plan_of_level(3, {"cache-1", "cache-2"}));
  CHECK(two.wanted() == "2");
  CHECK_FALSE(two.judge(TypedAnswer{.line = "cache-1", .reason = "incident 4711"}));
  CHECK(two.judge(TypedAnswer{.line = "2", .reason = "incident 4711"}));
}

TEST_CASE("--yes approves level 1 and nothing above") {
  CHECK(Gate(plan_of_level(1)).judge(by_yes()));
  CHECK(Gate(plan_of_level(2)).judge(by_yes()).error().code == Code::kRefused);
}

TEST_CASE("a digest approves its own plan only, and not by a few digits of it") {
  const auto plan = plan_of_level(2);
  const auto digest = plan.digest();
  CHECK(Gate(plan).judge(by_digest(digest)));
  CHECK(Gate(plan).judge(by_digest(digest.substr(0, 12))));
  CHECK_FALSE(Gate(plan).judge(by_digest(digest.substr(0, 11))));
  CHECK_FALSE(Gate(plan).judge(by_digest(plan_of_level(2, {"cache-2"}).digest())));
}

TEST_CASE("level 3 without a terminal needs digest, every target's name and a reason") {
  const auto plan = plan_of_level(3, {"cache-1", "cache-2"});
  const auto digest = plan.digest();
  FlagAnswer answer{.yes = true, .approve = digest, .confirm = {"cache-2", "cache-1"}, .reason = "incident 4711"};
  CHECK(Gate(plan).judge(answer));
  auto without = answer;
  without.confirm.pop_back();
  CHECK_FALSE(Gate(plan).judge(without));
  without = answer;
  without.reason = "";
  CHECK_FALSE(Gate(plan).judge(without));
  without = answer;
  without.approve = "";
  CHECK_FALSE(Gate(plan).judge(without));
}

TEST_CASE("a plan that nothing called for is one level higher") {
  auto plan = plan_of_level(1);
  plan.called_for = false;
  CHECK(plan.level() == 2);
  CHECK_FALSE(Gate(plan).judge(TypedAnswer{.line = "y", .reason = ""}));
}
