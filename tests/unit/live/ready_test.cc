// What is made ready first and asked about by a handle: the handle is on record before it may begin.
#include "safety/doubt.h"
#include "stage.h"

using namespace runbook;
using namespace runbook::live_test;

namespace {

class ReadyStage : public Stage {
 public:
  ReadyStage() {
    look();
    auto& command = std::get<Change>(plan_.items[0].what);
    command.row = "fake.command";
    command.to = Value();
    world_.make_ready = [](const guard::Permit&) { return Result<Value>(Value::Map{{"exec", "0a1b"}}); };
    world_.begin = [] { return ends_with(2); };
  }

  static Result<Sent> ends_with(double number) {
    world->number = number;
    return Sent{.said = "done\n"};
  }
  static Result<Sent> is_lost() { return Error{.code = Code::kInDoubt, .message = "the connection was cut"}; }
};

}  // namespace

TEST_CASE_METHOD(ReadyStage, "its handle is on disk, with the number of the intent, before it begins") {
  std::uint64_t intent = 0;
  world_.make_ready = [&](const guard::Permit& permit) -> Result<Value> {
    intent = permit.intent();
    CHECK(log() == std::vector<std::string>{"INTENT "});
    return Value(Value::Map{{"exec", "0a1b"}});
  };
  world_.begin = [&]() -> Result<Sent> {
    const auto calls = storage_.calls();
    REQUIRE(std::find(calls.rbegin(), calls.rend(), "sync_data 001.log") <
            std::find(calls.rbegin(), calls.rend(), "append 001.log"));
    const auto prepared = journal_->records("r-1").value().back();
    CHECK(prepared.type == "PREPARED");
    CHECK(prepared.data["intent"] == Value(intent));
    CHECK(prepared.data["handle"] == Value(Value::Map{{"exec", "0a1b"}}));
    return ends_with(2);
  };
  const auto outcome = change();
  CHECK(outcome.value().status == Status::kApplied);
  CHECK(outcome.value().said == "done");
  CHECK(log() == std::vector<std::string>{"INTENT ", "PREPARED ", "OUTCOME applied"});
}

TEST_CASE_METHOD(ReadyStage, "what cannot be made ready did not happen") {
  world_.make_ready = [](const guard::Permit&) -> Result<Value> {
    return Error{.code = Code::kInDoubt, .message = "the connection was cut"};
  };
  CHECK(change().value().status == Status::kNotApplied);
  CHECK(world_.applied == 0);
  CHECK(open_intents(*journal_).value().empty());
}

TEST_CASE_METHOD(ReadyStage, "without its handle on disk it does not begin") {
  const auto* call = GENERATE("append", "sync_data");
  world_.make_ready = [&](const guard::Permit&) {
    storage_.fail(1, EIO, call);
    return Result<Value>(Value::Map{{"exec", "0a1b"}});
  };
  CHECK_FALSE(change());
  CHECK(storage_.fired());
  CHECK(world_.applied == 0);
}

TEST_CASE_METHOD(ReadyStage, "a lost answer is told by the handle: that it ended, or nothing while it runs") {
  SECTION("it ended") {
    world_.begin = [] {
      world->number = 2;
      return is_lost();
    };
    CHECK(change().value().status == Status::kApplied);
    CHECK(open_intents(*journal_).value().empty());
  }
  SECTION("it runs") {
    world_.begin = [] {
      world->number = 0;
      return is_lost();
    };
    CHECK(change().value().status == Status::kInDoubt);
    const auto open = open_intents(*journal_).value();
    REQUIRE(open.size() == 1);
    CHECK(open[0].change.handle == Value(Value::Map{{"exec", "0a1b"}}));
  }
}

TEST_CASE_METHOD(ReadyStage, "one that says that it failed has failed, in its own words") {
  world_.begin = []() -> Result<Sent> {
    world->number = 3;
    return Sent{.said = "no space left\n", .failure = "it ended with exit code 28"};
  };
  const auto outcome = change();
  CHECK(outcome.value().status == Status::kFailed);
  CHECK(outcome.value().error.message == "it ended with exit code 28: no space left");
}
