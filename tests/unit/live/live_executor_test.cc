// The order in which a change may happen, each step tried by taking away what it rests on.
#include <cerrno>
#include <fstream>

#include "safety/doubt.h"
#include "stage.h"

using namespace runbook;
using namespace runbook::live_test;

TEST_CASE_METHOD(Stage, "a change that was looked at, approved and recorded is carried out and recorded") {
  look();
  const auto outcome = change();
  REQUIRE(outcome);
  CHECK(outcome->status == Status::kApplied);
  CHECK(world_.number == 2);
  CHECK(log() == std::vector<std::string>{"INTENT ", "OUTCOME applied"});
}

TEST_CASE_METHOD(Stage, "without evidence of that target nothing happens") {
  ledger_.note("another thing", clock_.now());
  const auto outcome = change();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kRefused);
  CHECK(has(outcome.error().message, "no evidence of thing"));
  CHECK(world_.applied == 0);
  CHECK(log().empty());
}

TEST_CASE_METHOD(Stage, "evidence older than 15 minutes does not count, whatever the wall clock says") {
  look();
  clock_.advance(std::chrono::minutes(15) + std::chrono::milliseconds(1));
  clock_.set_wall(0);
  const auto outcome = change();
  REQUIRE_FALSE(outcome);
  CHECK(has(outcome.error().message, "15 min"));
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "an approval of another plan is none") {
  look();
  auto other = plan_;
  std::get<Change>(other.items[0].what).to = 3;
  const auto outcome = change_approved_as(other);
  REQUIRE_FALSE(outcome);
  CHECK(has(outcome.error().message, "not the one that was approved"));
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "a target that this run was not given is not changed") {
  auto other = *plan_.changes().front();
  other.target = "another";
  plan_.items = {{.what = other}};
  ledger_.note("another", clock_.now());
  CHECK(change().error().message == "this run was not given the target another");
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "a target that may be looked at only is not changed") {
  look();
  target_.look_only = true;
  CHECK(change().error().code == Code::kRefused);
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "the intent is on disk before the change begins, and the permit names it and lists the calls") {
  look();
  bool seen = false;
  world_.apply = [&](const guard::Permit& permit) -> Result<void> {
    const auto calls = storage_.calls();
    REQUIRE(std::find(calls.rbegin(), calls.rend(), "sync_data 001.log") <
            std::find(calls.rbegin(), calls.rend(), "append 001.log"));
    const auto records = journal_->records("r-1").value();
    REQUIRE(records.size() == 1);
    CHECK(records[0].type == "INTENT");
    CHECK(records[0].n == permit.intent());
    CHECK(permit.sends() == std::vector<guard::Argv>{{"SET", "2"}});
    seen = true;
    world_.number = 2;
    return {};
  };
  REQUIRE(change());
  CHECK(seen);
}

TEST_CASE_METHOD(Stage, "a state that moved since the plan is left alone, and that is recorded") {
  look();
  world_.number = 7;
  const auto outcome = change();
  REQUIRE(outcome);
  CHECK(outcome->status == Status::kStale);
  CHECK(world_.applied == 0);
  CHECK(log() == std::vector<std::string>{"OUTCOME stale"});
}

TEST_CASE_METHOD(Stage, "what is so already is skipped") {
  look();
  world_.number = 2;
  CHECK(change().value().status == Status::kSkipped);
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "a log that cannot take the intent lets nothing happen, at whichever call it fails") {
  look();
  int fired = 0;
  for (std::size_t nth = 1; nth <= 8 && world_.applied == 0; ++nth) {
    storage_.fail(nth, EIO);
    const auto outcome = change();
    fired += storage_.fired() ? 1 : 0;
    if (world_.applied > 0) break;
    CHECK_FALSE(outcome);
    storage_.heal();
    journal_ = Journal::open(storage_, clock_, folder_.path());
  }
  CHECK(fired > 0);
}

TEST_CASE_METHOD(Stage, "an outcome that cannot be recorded is told as what it is") {
  look();
  world_.apply = [&](const guard::Permit&) -> Result<void> {
    storage_.fail(1, ENOSPC, "append");
    world_.number = 2;
    return {};
  };
  const auto outcome = change();
  REQUIRE(storage_.fired());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kAudit);
  CHECK(has(outcome.error().message, "ended as applied, but that could not be recorded"));
}

TEST_CASE_METHOD(Stage, "a call in doubt is resolved by its own read") {
  look();
  const auto lost = [](double becomes) {
    return [becomes](const guard::Permit&) -> Result<void> {
      world->number = becomes;
      return Error{.code = Code::kInDoubt, .message = "the connection was cut"};
    };
  };
  SECTION("it happened") {
    world_.apply = lost(2);
    CHECK(change().value().status == Status::kApplied);
  }
  SECTION("it did not happen") {
    world_.apply = lost(1);
    CHECK(change().value().status == Status::kFailed);
  }
  SECTION("it is something else now") {
    world_.apply = lost(9);
    CHECK(change().value().status == Status::kInDoubt);
  }
  SECTION("nobody can read it, and then nothing else is changed there") {
    world_.apply = [](const guard::Permit&) -> Result<void> {
      world->readable = false;
      return Error{.code = Code::kInDoubt, .message = "the connection was cut"};
    };
    CHECK(change().value().status == Status::kInDoubt);
    CHECK(open_intents(*journal_).value().size() == 1);
    world_.readable = true;
    const auto again = change();
    REQUIRE_FALSE(again);
    CHECK(has(again.error().message, "nobody knows yet what became of"));
    CHECK(world_.applied == 1);
  }
}

TEST_CASE_METHOD(Stage, "an accepted change that reads back otherwise has failed") {
  look();
  world_.apply = [](const guard::Permit&) -> Result<void> { return {}; };
  const auto outcome = change();
  CHECK(outcome.value().status == Status::kFailed);
  CHECK(has(outcome.value().error.message, "reads back as 1"));
}

TEST_CASE_METHOD(Stage, "a guard that does not hold lets nothing be sent, and that is recorded") {
  look();
  const Check guard{.call = {.row = "fake.number", .target = "thing", .args = Value::Map{}},
                    .path = {},
                    .compare = "below",
                    .operand = 1};
  std::get<Change>(plan_.items[0].what).guard = {guard};
  const auto outcome = change();
  REQUIRE(outcome);
  CHECK(outcome->status == Status::kRefused);
  CHECK(has(outcome->error.message, "its guard does not hold: thing: fake.number below 1, found 1"));
  CHECK(world_.applied == 0);
  CHECK(log() == std::vector<std::string>{"OUTCOME refused"});
}

TEST_CASE_METHOD(Stage, "a guard whose reading fails does not hold") {
  look();
  const Check guard{.call = {.row = "fake.none", .target = "thing", .args = Value::Map{}},
                    .path = {},
                    .compare = "is_not",
                    .operand = 5};
  std::get<Change>(plan_.items[0].what).guard = {guard};
  CHECK(change().value().status == Status::kRefused);
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage, "a member of a selection that is gone is left out, anything else that is gone is stale") {
  look();
  world_.gone = true;
  SECTION("a member") {
    std::get<Change>(plan_.items[0].what).may_vanish = true;
    CHECK(change().value().status == Status::kVanished);
  }
  SECTION("anything else") { CHECK(change().value().status == Status::kStale); }
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(Stage,
                 "a probe whose answer was lost has failed, and closes its target only while its key may be there") {
  look();
  auto& probe = std::get<Change>(plan_.items[0].what);
  probe.row = "fake.probe";
  probe.from = probe.to = 1;  // the state without its key
  const auto leaves = [&](double number) {
    world_.apply = [number](const guard::Permit&) -> Result<void> {
      world->number = number;
      return Error{.code = Code::kInDoubt, .message = "the connection was cut"};
    };
    return change().value().status;
  };
  SECTION("its key is gone") {
    CHECK(leaves(1) == Status::kFailed);
    CHECK(open_intents(*journal_).value().empty());
  }
  SECTION("its key is there") {
    CHECK(leaves(2) == Status::kInDoubt);
    CHECK(open_intents(*journal_).value().size() == 1);
  }
}
