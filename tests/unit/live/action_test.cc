// Actions: the mark by which they show, what they destroy, ways back while they are carried out, and words that are
// filled in late.
#include "safety/doubt.h"
#include "safety/mark.h"
#include "stage.h"

using namespace runbook;
using namespace runbook::live_test;

namespace {

class ActionStage : public Stage {
 public:
  ActionStage() {
    look();
    auto& restart = planned();
    restart.row = "fake.restart";
    restart.to = Value();
  }

  Change& planned() { return std::get<Change>(plan_.items[0].what); }
  void is_lost_and_leaves(double number) {
    world_.apply = [number](const guard::Permit&) -> Result<void> {
      world->number = number;
      return Error{.code = Code::kInDoubt, .message = "the connection was cut"};
    };
  }
  void destroys(const char* row) { planned().keeps.push_back({.row = row, .target = "thing", .args = Value::Map{}}); }
};

}  // namespace

TEST_CASE_METHOD(ActionStage, "an action is applied when its mark shows it, whatever it was to be") {
  world_.apply = [](const guard::Permit&) -> Result<void> {
    world->number = 7;
    return {};
  };
  const auto outcome = change();
  CHECK(outcome.value().status == Status::kApplied);
  CHECK(outcome.value().after == Value(7));
}

TEST_CASE_METHOD(ActionStage, "an action that was accepted and leaves no mark has failed") {
  world_.apply = [](const guard::Permit&) -> Result<void> { return {}; };
  CHECK(change().value().status == Status::kFailed);
}

TEST_CASE_METHOD(ActionStage, "a lost answer to an action is told by its mark, and no mark tells nothing") {
  SECTION("it took place") {
    is_lost_and_leaves(2);
    CHECK(change().value().status == Status::kApplied);
    CHECK(open_intents(*journal_).value().empty());
  }
  SECTION("it has not, but it may still be coming") {
    is_lost_and_leaves(1);
    CHECK(change().value().status == Status::kInDoubt);
    CHECK(open_intents(*journal_).value().size() == 1);
  }
}

TEST_CASE("without a mark an action's state tells nothing, and a setting's state tells both ways") {
  auto unmarked = kRestart;
  unmarked.took_place = nullptr;
  const Change change{.row = "fake.set", .target = "thing", .to = 2, .from = 1};
  CHECK(told_by(unmarked, change, 2) == Told::kNothing);
  CHECK(told_by(unmarked, change, 1) == Told::kNothing);
  CHECK(told_by(kSet, change, 2) == Told::kTookPlace);
  CHECK(told_by(kSet, change, 1) == Told::kDidNot);
  CHECK(told_by(kSet, change, 3) == Told::kNothing);
}

TEST_CASE_METHOD(ActionStage, "what it destroys is stored before the intent") {
  destroys("fake.logs");
  destroys("fake.inspect");
  world_.apply = [](const guard::Permit&) -> Result<void> {
    CHECK(world->kept == std::vector<std::string>{"fake.logs", "fake.inspect"});
    world->number = 2;
    return {};
  };
  CHECK(change().value().status == Status::kApplied);
  CHECK(log() == std::vector<std::string>{"EVIDENCE ", "EVIDENCE ", "INTENT ", "OUTCOME applied"});
}

TEST_CASE_METHOD(ActionStage, "when what it destroys cannot be kept any more, nothing is sent") {
  destroys("fake.logs");
  world_.unkept = Error{.code = Code::kRemote, .message = "its driver keeps none"};
  const auto outcome = change();
  REQUIRE(outcome);
  CHECK(outcome->status == Status::kStale);
  CHECK(outcome->error.message == "what fake.logs tells could not be kept: its driver keeps none; nothing was sent");
  CHECK(has(outcome->error.next, "look again"));
  CHECK(world_.applied == 0);
  CHECK(log() == std::vector<std::string>{"OUTCOME stale"});
}

TEST_CASE_METHOD(ActionStage, "what may put things back is on the permit, behind the calls") {
  planned().if_it_fails = {Words{"BACK", "1"}};
  world_.apply = [](const guard::Permit& permit) -> Result<void> {
    CHECK(permit.sends() == std::vector<guard::Argv>{{"SET", "2"}, {"BACK", "1"}});
    return Error{.code = Code::kRemote, .message = "it does not start; it was put back"};
  };
  const auto outcome = change();
  CHECK(outcome.value().status == Status::kNotApplied);
  CHECK(has(outcome.value().error.message, "it was put back"));
}

TEST_CASE_METHOD(ActionStage, "after several calls, of which one failed, a state that nobody can read is in doubt") {
  planned().if_it_fails = {Words{"BACK", "1"}};
  world_.apply = [](const guard::Permit&) -> Result<void> {
    world->readable = false;
    return Error{.code = Code::kRemote, .message = "it does not start"};
  };
  CHECK(change().value().status == Status::kInDoubt);
}

TEST_CASE_METHOD(Stage, "a word that is filled in late goes to the permit alone") {
  look();
  auto& planned = std::get<Change>(plan_.items[0].what);
  planned.calls = {Words{"CREATE", Value::Map{{"$filled", "as it is, with LIMIT=2"}}}};
  CHECK(command_text(planned.calls[0]) == "CREATE <as it is, with LIMIT=2>");
  world_.fill = [](const Target&, const Change&, const Value& word) -> Task<Result<std::string>> {
    CHECK(word["$filled"] == Value("as it is, with LIMIT=2"));
    co_return "hunter2";
  };
  SECTION("and what is sent is what was filled in") {
    world_.apply = [](const guard::Permit& permit) -> Result<void> {
      CHECK(permit.sends() == std::vector<guard::Argv>{{"CREATE", "hunter2"}});
      world->number = 2;
      return {};
    };
    CHECK(change().value().status == Status::kApplied);
    for (const auto& record : journal_->records("r-1").value()) CHECK_FALSE(has(line_of(record), "hunter2"));
  }
  SECTION("and what cannot be filled in is not sent") {
    world_.fill = [](const Target&, const Change&, const Value&) -> Task<Result<std::string>> {
      co_return Error{.code = Code::kStale, .message = "it is another one now"};
    };
    const auto outcome = change();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::kStale);
    CHECK(world_.applied == 0);
    CHECK(log().empty());
  }
}
