#include "run/unfinished.h"

#include "catch.h"

using namespace runbook;
using namespace runbook::run;

namespace {

// The records of a run, made by their types and what follows from them here.
class Log {
 public:
  Log& add(std::string type, Value data) {
    records_.push_back({.n = ++n_, .type = std::move(type), .run = "r-1", .moment = {}, .data = std::move(data)});
    return *this;
  }
  Log& plan(const char* digest = "d", const char* mitigation = "raise") {
    add("PLAN", Value::Map{{"digest", digest}, {"mitigation", mitigation}});
    return add("GATE", Value::Map{{"digest", digest}, {"approved", true}});
  }
  Log& done(int item, const char* status = "applied") {
    add("INTENT", Value::Map{{"item", item}});
    return add("OUTCOME", Value::Map{{"item", item}, {"intent", n_}, {"status", status}});
  }
  [[nodiscard]] std::optional<OnItsWay> way() const { return on_its_way(records_); }

  std::uint64_t n_ = 0;

 private:
  std::vector<safety::Record> records_;
};

using Items = std::set<std::size_t>;

safety::Plan of_changes(std::size_t count) {
  safety::Plan plan{.mitigation = "raise"};
  for (std::size_t i = 0; i < count; ++i)
    plan.items.push_back({.what = safety::Change{
                              .row = "redis.config", .target = "cache-1", .text = "change " + std::to_string(i + 1)}});
  return plan;
}

}  // namespace

TEST_CASE("a plan that was approved and begun is on its way, until its checks are read") {
  Log log;
  CHECK_FALSE(log.plan().way());
  REQUIRE(log.done(1).way());
  CHECK(log.way()->done == Items{1});
  CHECK(log.way()->with(of_changes(3)).where() == "item 2 of 3, change 2");
  CHECK(log.done(2).done(3).way()->with(of_changes(3)).where() == "its checks");
  CHECK_FALSE(log.add("VERIFY", Value::Map{}).way());
}

TEST_CASE("what was skipped, vanished, left out, passed or done by a person is over; what is in doubt is not") {
  Log log;
  log.plan().done(1, "skipped").done(2, "vanished").add("LEFT_OUT", Value::Map{{"item", 3}});
  log.add("BARRIER", Value::Map{{"item", 4}, {"holds", true}}).add("MANUAL", Value::Map{{"item", 5}, {"good", true}});
  log.done(6, "in_doubt").add("BARRIER", Value::Map{{"item", 7}, {"holds", false}});
  CHECK(log.way()->done == Items{1, 2, 3, 4, 5});
  CHECK(log.way()->applied.empty());
}

TEST_CASE("an OUTCOME that settles a doubt counts for the item of its INTENT") {
  Log log;
  log.plan().done(1).add("INTENT", Value::Map{{"item", 2}});
  const auto intent = log.n_;
  CHECK(log.way()->done == Items{1});
  log.add("OUTCOME", Value::Map{{"intent", intent}, {"status", "applied"}, {"settled_by", "r-1"}});
  CHECK(log.way()->done == Items{1, 2});
  Log other;
  other.plan().done(1).add("INTENT", Value::Map{{"item", 2}});
  other.add("OUTCOME", Value::Map{{"intent", other.n_}, {"status", "not_applied"}, {"settled_by", "r-1"}});
  CHECK(other.way()->done == Items{1});
}

TEST_CASE("a plan whose change failed is given up, unless its group can spare the member") {
  Log log;
  log.plan().done(1).done(2, "failed");
  CHECK_FALSE(log.way());
  log.add("FAILED_MEMBERS", Value::Map{{"item", 2}, {"failed", Value::List{"cache-2"}}, {"goes_on", true}});
  REQUIRE(log.way());
  auto plan = of_changes(3);
  plan.items[1].member = safety::Member{.group = 1, .name = "cache-2", .may_fail = 1};
  const auto unfinished = log.way()->with(plan);
  CHECK(unfinished.so_far.next == 2);
  CHECK(unfinished.so_far.failed.at(1) == std::set<std::string>{"cache-2"});
}

TEST_CASE("a run that looked again has given its plan up; a resumed one looks before it goes on") {
  Log log;
  log.plan().done(1).add("RESUME", Value::Map{}).add("VERDICT", Value::Map{});
  REQUIRE(log.way());
  CHECK(log.plan().done(2).way()->done == Items{1, 2});
  CHECK_FALSE(log.add("VERDICT", Value::Map{}).way());
}

TEST_CASE("another plan begins from nothing, and the way back is known as such") {
  Log log;
  log.plan().done(1).done(2).plan("e", "undo r-1").done(1);
  CHECK(log.way()->done == Items{1});
  CHECK(log.way()->is_undo());
}
