// An action in a run: what it destroys is kept for its plan, and its mark tells what became of it and what stands.
#include "base/json.h"
#include "catch.h"
#include "run/planner.h"
#include "run/settle.h"
#include "run/undo.h"
#include "run_stage.h"

using namespace runbook;
using namespace runbook::run;

namespace {

const safety::ReadRow kReads[] = {{"fake.starts", "fake", {}, "", "", nullptr},
                                  {"fake.logs", "fake", {}, "", "", nullptr}};

safety::StateCall starts(const Value& /*args*/) { return {.row = "fake.starts", .args = Value::Map{}}; }
safety::Seen as_read(const Value& reading) { return {.state = reading, .blob = {}}; }
Result<Value> as_given(const Value& /*args*/, const Value& to) { return to; }
bool started_since(const safety::Change& change, const Value& state) {
  return state.number_or(0) > change.from.number_or(0);
}

const safety::ChangeRow kRows[] = {
    {.name = "fake.restart",
     .kind = "fake",
     .args = {},
     .doc = "",
     .to_doc = "",
     .action = true,
     .took_place = started_since,
     .captures =
         [](const safety::Change& /*change*/) {
           return std::vector<safety::StateCall>{{.row = "fake.logs", .args = Value::Map{{"lines", 500}}}};
         },
     .normalise = as_given,
     .state_call = starts,
     .seen = as_read,
     .describe =
         [](safety::Change& change) {
           change.text = "restart it";
           change.undo = safety::Inverse{.row = "fake.settle", .args = Value::Map{}, .to = 0};
           return false;
         }},
    {.name = "fake.settle",
     .kind = "fake",
     .args = {},
     .doc = "",
     .to_doc = "",
     .offered = false,
     .normalise = as_given,
     .state_call = starts,
     .seen = as_read,
     .describe = [](safety::Change& change) {
       change.text = "settle it";
       return false;
     }}};

// A thing that counts how often it started, and has logs unless a test takes them away.
class Thing final : public safety::Executor {
 public:
  Thing(const double& starts, const std::optional<Error>& no_logs) : starts_(starts), no_logs_(no_logs) {}

  Task<Result<Value>> invoke(const safety::Call& call) override {
    if (call.row == "fake.starts") co_return Value(starts_);
    if (no_logs_) co_return *no_logs_;
    co_return Value("it began to stutter");
  }
  Task<Result<safety::Outcome>> invoke(const safety::Plan& /*plan*/, const safety::Approval& /*approval*/,
                                       std::size_t /*item*/) override {
    co_return Error{.code = Code::kInternal, .message = "nothing is changed here"};
  }

 private:
  const double& starts_;
  const std::optional<Error>& no_logs_;
};

class Stage : public test::RunStage {
 public:
  Stage()
      : RunStage(kReads, kRows, [this](const ExecutorParts& /*parts*/) -> std::unique_ptr<safety::Executor> {
          return std::make_unique<Thing>(starts_, no_logs_);
        }) {
    safety::Target target;
    target.name = "thing";
    target.kind = "fake";
    target.env = "staging";
    session_.open("a test", {{"thing", target}});
    session_.record_evidence({{.name = "starts",
                               .call = {.row = "fake.starts", .target = "thing", .args = Value::Map{}},
                               .started = clock_.now(),
                               .result = Value(1)}});
  }

  safety::Change planned() {
    safety::Change change{.row = "fake.restart", .target = "thing", .args = Value::Map{}};
    REQUIRE(loop_.run(complete(session_, change)));
    return change;
  }
  // The data of the last record of that type.
  Value last(std::string_view type) {
    Value data;
    for (const auto& record : journal_->records(session_.id()).value()) {
      if (record.type == type) data = record.data;
    }
    return data;
  }

  double starts_ = 1;
  std::optional<Error> no_logs_{};
  Session session_{world_};
  test::Agreeing asker_;
};

}  // namespace

TEST_CASE_METHOD(Stage, "what an action destroys is evidence of its plan, and the change says that it is kept") {
  const auto change = planned();
  REQUIRE(change.keeps.size() == 1);
  CHECK(change.keeps[0].text() == "fake.logs 500");
  CHECK(change.destroys.empty());
  CHECK(change.level == 1);
  const auto evidence = last("EVIDENCE");
  CHECK(evidence["name"] == Value("lost with it: fake.logs"));
  CHECK(evidence_.read(evidence["sha256"].text_or("")).value() == "\"it began to stutter\"");
}

TEST_CASE_METHOD(Stage, "what cannot be kept is named, the attempt is evidence, and the level is 3") {
  no_logs_ = Error{.code = Code::kRemote, .message = "the logging driver none keeps nothing"};
  const auto change = planned();
  CHECK(change.keeps.empty());
  CHECK(change.destroys == std::vector<std::string>{"what fake.logs 500 tells, which could not be kept: the logging "
                                                    "driver none keeps nothing"});
  CHECK(change.level == 3);
  CHECK(last("EVIDENCE")["error"]["message"] == Value("the logging driver none keeps nothing"));
}

TEST_CASE_METHOD(Stage, "a change in doubt that left its mark was applied; without one nobody knows yet") {
  REQUIRE(journal_->append_intent("an earlier run", planned().to_value()));
  const std::vector<std::string> targets = {"thing"};
  SECTION("it shows") {
    starts_ = 2;
    REQUIRE(loop_.run(settle_doubts(session_, targets)));
    std::string status;
    for (const auto& record : journal_->records("an earlier run").value()) status = record.data["status"].text_or("");
    CHECK(status == "applied");
  }
  SECTION("it does not") {
    const auto settled = loop_.run(settle_doubts(session_, targets));
    REQUIRE_FALSE(settled);
    CHECK(settled.error().message.find("it has not taken place so far, and may still do so") != std::string::npos);
  }
}

TEST_CASE_METHOD(Stage, "an action is taken back while its mark stands, whatever its state was to be") {
  Standing standing{.intent = 1, .change = planned()};
  SECTION("it does") {
    starts_ = 2;
    const auto undo = loop_.run(plan_undo(session_, "r", {standing}));
    REQUIRE(undo);
    REQUIRE(undo->plan.items.size() == 1);
    CHECK(undo->plan.items[0].change()->text == "settle it");
  }
  SECTION("it does not") {
    const auto undo = loop_.run(plan_undo(session_, "r", {standing}));
    REQUIRE(undo);
    CHECK(undo->plan.items.empty());
    REQUIRE(undo->left.size() == 1);
    CHECK(undo->left[0].find("set by somebody else") != std::string::npos);
  }
}
