// From item to item of an approved plan, with an executor that does what a test says and time that a pause lets pass.
#include "run/carry_out.h"

#include "base/json.h"
#include "catch.h"
#include "run/planner.h"
#include "run/watch.h"
#include "run_stage.h"

using namespace runbook;
using namespace runbook::run;
using namespace std::chrono_literals;
using Status = safety::Outcome::Status;

namespace {

const safety::ReadRow kRead = {"fake.number", "fake", {}, "", "", nullptr};

// Changes whatever it is told to, as the live executor would: only on fresh evidence.
class FakeExecutor final : public safety::Executor {
 public:
  FakeExecutor(const safety::EvidenceLedger& ledger, std::map<std::string, Status>& fails,
               std::vector<std::string>& done, std::map<std::string, double>& numbers)
      : ledger_(ledger), fails_(fails), done_(done), numbers_(numbers) {}

  Task<Result<Value>> invoke(const safety::Call& call) override { co_return Value(numbers_[call.target]); }

  Task<Result<safety::Outcome>> invoke(const safety::Plan& plan, const safety::Approval& /*approval*/,
                                       std::size_t item) override {
    const auto& change = *plan.items.at(item).change();
    RUNBOOK_CO_CHECK(ledger_.require_fresh(change.target));
    const auto fails = fails_.find(change.target);
    const auto status = fails == fails_.end() ? Status::kApplied : fails->second;
    if (status == Status::kApplied) done_.push_back(change.text);
    co_return safety::Outcome{.status = status, .error = {.code = Code::kRemote, .message = "as told"}, .intent = 1};
  }

 private:
  const safety::EvidenceLedger& ledger_;
  std::map<std::string, Status>& fails_;
  std::vector<std::string>& done_;
  std::map<std::string, double>& numbers_;
};

safety::Check is(const std::string& target, double number, const std::string& member = {}) {
  return {.call = {.row = "fake.number", .target = target, .args = Value::Map{}},
          .path = {},
          .compare = "is",
          .operand = number,
          .member = member};
}

class Stage : public test::RunStage {
 public:
  Stage()
      : RunStage({&kRead, 1}, {}, [this](const ExecutorParts& parts) -> std::unique_ptr<safety::Executor> {
          return std::make_unique<FakeExecutor>(parts.ledger, fails_, done_, numbers_);
        }) {
    std::map<std::string, safety::Target, std::less<>> targets;
    for (const auto* name : {"a", "b", "c"}) {
      safety::Target target;
      target.name = name;
      target.kind = "fake";
      targets.emplace(name, target);
    }
    session_.open("a test", targets);
    look();
  }

  void look() {
    std::vector<Reading> readings;
    for (const auto* name : {"a", "b", "c"}) {
      readings.push_back({.name = "number",
                          .call = {.row = "fake.number", .target = name, .args = Value::Map{}},
                          .started = clock_.now(),
                          .result = Value(0)});
    }
    session_.record_evidence(readings);
  }

  void change(const std::string& target, std::optional<safety::Member> member = {}, std::size_t activates = 0) {
    safety::Change change{.row = "fake.set", .target = target, .activates = activates};
    change.text = target + (activates == 0 ? "" : " counts");
    plan_.items.push_back({.what = change, .member = std::move(member)});
  }
  void barrier(std::vector<safety::Check> checks, std::chrono::milliseconds holds,
               std::optional<safety::Member> member = {}) {
    plan_.items.push_back({.what = safety::Barrier{.goal = {.checks = std::move(checks), .within = 1h, .holds = holds}},
                           .member = std::move(member)});
  }

  CarriedOut carry() {
    std::optional<safety::Approval> approval;
    auto out = loop_.run(carry_out(session_, plan_, asker_, approval, so_far_));
    REQUIRE(out);
    so_far_ = *out;
    return *out;
  }

  std::map<std::string, Status> fails_;
  std::vector<std::string> done_;
  std::map<std::string, double> numbers_;
  Session session_{world_};
  test::Agreeing asker_;
  safety::Plan plan_{.playbook = "p", .mitigation = "m"};
  CarriedOut so_far_;
};

safety::Member member(const std::string& name, std::size_t may_fail) {
  return {.group = 1, .name = name, .may_fail = may_fail};
}

}  // namespace

TEST_CASE_METHOD(Stage, "a plan that takes longer than evidence counts looks again at what it comes to late") {
  change("a");
  barrier({is("a", 0)}, 20min);
  change("b");
  CHECK(carry().complete);
  CHECK(done_ == std::vector<std::string>{"a", "b"});
}

TEST_CASE_METHOD(Stage, "before the first change old evidence refuses, whatever was waited for") {
  barrier({is("a", 0)}, 20min);
  change("b");
  std::optional<safety::Approval> approval;
  const auto out = loop_.run(carry_out(session_, plan_, asker_, approval, so_far_));
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Code::kRefused);
  CHECK(done_.empty());
}

TEST_CASE_METHOD(Stage, "a member whose change failed is left alone, and the others go on as far as may fail") {
  for (const auto* name : {"a", "b", "c"}) {
    change(name, member(name, 1));
    change(name, member(name, 1), 0);
  }
  fails_["b"] = Status::kNotApplied;
  CHECK(carry().complete);
  CHECK(done_ == std::vector<std::string>{"a", "a", "c", "c"});
  CHECK(so_far_.failed.at(1) == std::set<std::string>{"b"});
}

TEST_CASE_METHOD(Stage, "more failures than may be stop the plan") {
  for (const auto* name : {"a", "b", "c"}) change(name, member(name, 1));
  fails_["a"] = fails_["b"] = Status::kNotApplied;
  CHECK_FALSE(carry().complete);
  CHECK(so_far_.next == 1);
  CHECK(done_.empty());
}

TEST_CASE_METHOD(Stage, "a change of which nobody knows whether it happened stops the plan, whatever may fail") {
  for (const auto* name : {"a", "b"}) change(name, member(name, 2));
  fails_["a"] = Status::kInDoubt;
  CHECK_FALSE(carry().complete);
  CHECK(done_.empty());
}

TEST_CASE_METHOD(Stage, "a barrier does not wait for a member that failed before") {
  change("a", member("a", 1));
  change("b", member("b", 1));
  barrier({is("a", 0, "a"), is("b", 7, "b")}, 0ms, member("", 1));
  change("c", member("c", 1));
  fails_["b"] = Status::kStale;
  CHECK(carry().complete);
  CHECK(done_ == std::vector<std::string>{"a", "c"});
}

TEST_CASE_METHOD(Stage, "a barrier at which the plan stopped is looked at again when it goes on") {
  change("a", member("a", 0));
  barrier({is("a", 7, "a")}, 0ms, member("", 0));
  change("b", member("b", 0));
  CHECK_FALSE(carry().complete);
  CHECK_FALSE(carry().complete);
  CHECK(done_ == std::vector<std::string>{"a"});
  numbers_["a"] = 7;
  CHECK(carry().complete);
  CHECK(done_ == std::vector<std::string>{"a", "b"});
}

TEST_CASE_METHOD(Stage, "a plan that no record could hold is refused, and what a digest was made of is kept under it") {
  change("a");
  REQUIRE(record_plan(session_, plan_, {}));
  CHECK(evidence_.read(plan_.digest()).value() == to_json(plan_.material()));
  for (int i = 0; i < 1000; ++i) change("a");
  const auto large = record_plan(session_, plan_, {});
  REQUIRE_FALSE(large);
  CHECK(large.error().message == "a plan of 1001 items is too large to be recorded");
  CHECK(journal_->records(session_.id()).value().back().data["items"].items().size() == 1);
}

TEST_CASE_METHOD(Stage, "what makes a change count is left out when the change was not made") {
  change("a");
  change("b", {}, 1);
  fails_["a"] = Status::kSkipped;
  CHECK(carry().complete);
  CHECK(done_.empty());
}

TEST_CASE_METHOD(Stage,
                 "what a person did counts as changed when it can be taken back, and what they only saw does not") {
  safety::Manual manual{.what = "pull the plug", .expects = "dark"};
  const bool changes = GENERATE(true, false);
  if (changes) manual.undo = {.what = "put it in", .expects = "light"};
  plan_.items.push_back({.what = manual});
  const auto out = carry();
  CHECK_FALSE(out.complete);
  CHECK(out.changed == changes);
}

TEST_CASE_METHOD(Stage, "a watch ends when its time is over, when it does not hold any more, and when it is told to") {
  const safety::Watch wanted{.checks = {is("a", 0)}, .within = 10s};
  const auto began = clock_.now();
  SECTION("time") {
    CHECK(loop_.run(watch(session_, wanted)) == WatchEnd::kStayed);
    CHECK(age(began, clock_.now()) >= 10s);
  }
  SECTION("failure") {
    on_pause_ = [&] { numbers_["a"] = age(began, clock_.now()) > 3s ? 1 : 0; };
    CHECK(loop_.run(watch(session_, wanted)) == WatchEnd::kFailed);
    CHECK(age(began, clock_.now()) < 6s);
  }
  SECTION("the operator") {
    on_pause_ = [&] { session_.interrupt(); };
    CHECK(loop_.run(watch(session_, wanted)) == WatchEnd::kEnded);
  }
}
