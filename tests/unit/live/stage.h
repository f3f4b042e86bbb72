// What the live executor is tried on: a world of one number, which a test can move, lose the connection to, or look at
// the log while it is being changed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "live/live_executor.h"
#include "primitive/reach.h"
#include "safety/dry_executor.h"
#include "support/failing_storage.h"
#include "support/loop.h"
#include "support/temp_dir.h"

namespace runbook::live_test {

using namespace runbook::safety;
using Status = Outcome::Status;

// The changed world, and what it does when it is asked to change.
struct FakeWorld {
  double number = 1;
  bool readable = true;
  bool gone = false;
  std::function<Result<void>(const guard::Permit&)> apply;
  std::function<Task<Result<std::string>>(const Target&, const Change&, const Value&)> fill;
  std::function<Result<Value>(const guard::Permit&)> make_ready;  // gives the handle
  std::function<Result<Sent>()> begin;
  std::optional<Error> unkept;    // why nothing more can be kept
  std::vector<std::string> kept;  // what was, by its row
  int applied = 0;
};
inline FakeWorld* world = nullptr;

inline Task<Result<Value>> read_number(primitive::Reach&, const Target& target, const Value&) {
  if (!world->readable) co_return Error{.code = Code::kUnreachable, .message = "gone", .where = target.name};
  co_return world->gone ? Value() : Value(world->number);
}

inline Task<Result<void>> apply_number(const Target&, const Change& change, const guard::Permit& permit) {
  ++world->applied;
  if (world->apply) co_return world->apply(permit);
  world->number = change.to.number_or(0);
  co_return Result<void>();
}

inline Task<Result<Ready>> make_ready(const Target&, const Change&, const guard::Permit& permit) {
  RUNBOOK_CO_TRY(handle, world->make_ready(permit));
  co_return Ready{.handle = handle, .begin = []() -> Task<Result<Sent>> {
                    ++world->applied;
                    co_return world->begin();
                  }};
}

inline constexpr ArgSpec kReadArgs[] = {{"exec", ArgType::kText, false, "the handle of a command"}};
inline const ReadRow kRead = {"fake.number", "fake", kReadArgs, "", "", read_number};
inline const ChangeRow kSet = {
    .name = "fake.set",
    .kind = "fake",
    .args = {},
    .doc = "",
    .to_doc = "",
    .normalise = [](const Value&, const Value& to) { return Result<Value>(to); },
    .state_call = [](const Value&) { return StateCall{.row = "fake.number", .args = Value::Map{}}; },
    .seen = [](const Value& reading) { return Seen{.state = reading, .blob = {}}; },
    .describe = [](Change&) { return false; }};
inline const ChangeRow kProbe = {
    .name = "fake.probe",
    .kind = "fake",
    .args = {},
    .doc = "",
    .to_doc = "",
    .action = true,
    .probe = true,
    .proven = true,
    .normalise = [](const Value&, const Value& to) { return Result<Value>(to); },
    .state_call = [](const Value&) { return StateCall{.row = "fake.number", .args = Value::Map{}}; },
    .seen = [](const Value& reading) { return Seen{.state = reading, .blob = {}}; },
    .describe = [](Change&) { return false; }};

// An action with a mark: the number counts how often it took place.
inline const ChangeRow kRestart = {
    .name = "fake.restart",
    .kind = "fake",
    .args = {},
    .doc = "",
    .to_doc = "",
    .action = true,
    .took_place = [](const Change& change,
                     const Value& state) { return state.number_or(0) > change.from.number_or(0); },
    .normalise = [](const Value&, const Value& to) { return Result<Value>(to); },
    .state_call = [](const Value&) { return StateCall{.row = "fake.number", .args = Value::Map{}}; },
    .seen = [](const Value& reading) { return Seen{.state = reading, .blob = {}}; },
    .describe = [](Change&) { return false; }};
// An action that is made ready first, and asked about by a handle: the number says how it ended, 0 that it runs.
inline const ChangeRow kCommand = {
    .name = "fake.command",
    .kind = "fake",
    .args = {},
    .doc = "",
    .to_doc = "",
    .action = true,
    .took_place = [](const Change& change,
                     const Value& state) { return !change.handle.is_null() && state == Value(2); },
    .by_handle = true,
    .tells_both_ways = true,
    .normalise = [](const Value&, const Value& to) { return Result<Value>(to); },
    .state_call = [](const Value&) { return StateCall{.row = "fake.number", .args = Value::Map{}}; },
    .seen = [](const Value& reading) { return Seen{.state = reading, .blob = {}}; },
    .describe = [](Change&) { return false; }};
inline const ChangeRow* change_row(std::string_view name) {
  for (const auto* row : {&kSet, &kProbe, &kRestart, &kCommand}) {
    if (row->name == name) return row;
  }
  return nullptr;
}

class Stage {
 public:
  Stage()
      : reach_(
            loop_.loop(), [](std::string_view) { return Result<std::string>(std::string()); }, guards_) {
    world = &world_;
    target_.name = "thing";
    target_.kind = "fake";
    journal_ = Journal::open(storage_, clock_, folder_.path());
    Change change{.row = "fake.set", .target = "thing", .args = Value::Map{}, .to = 2, .from = 1};
    change.calls = {Words{"SET", "2"}};
    change.text = "set it to 2";
    plan_.items = {{.what = change}};
    plan_.targets = {target_};
  }

  void look() { ledger_.note("thing", clock_.now()); }

  Result<Outcome> change() { return change_approved_as(plan_); }
  Result<Outcome> change_approved_as(const Plan& approved) {
    const auto approval = Gate(approved).judge(TypedAnswer{.line = Gate(approved).wanted(), .reason = "a test"});
    const TargetLookup targets = [this](std::string_view name) { return name == "thing" ? &target_ : nullptr; };
    live::LiveExecutor executor(
        {.run = "r-1",
         .targets = targets,
         .reads = std::make_unique<DryExecutor>(
             reach_, targets, [](std::string_view name) { return name == kRead.name ? &kRead : nullptr; }, redactor_),
         .changes = change_row,
         .appliers = {{.row = "fake.set", .apply = apply_number, .fill = world_.fill},
                      {.row = "fake.probe", .apply = apply_number},
                      {.row = "fake.restart", .apply = apply_number},
                      {.row = "fake.command", .make_ready = make_ready}},
         .journal = *journal_,
         .evidence = evidence_,
         .ledger = ledger_,
         .keep = [this](Call call) { return keep(std::move(call)); }});
    return loop_.run(executor.invoke(plan_, *approval, 0));
  }

  Task<Result<void>> keep(Call call) {
    if (world_.unkept) co_return *world_.unkept;
    world_.kept.push_back(call.row);
    static_cast<void>(journal_->append("r-1", "EVIDENCE", call.to_value()));
    co_return Result<void>();
  }

  std::vector<std::string> log() {
    std::vector<std::string> types;
    for (const auto& record : journal_->records("r-1").value())
      types.push_back(record.type + " " + std::string(record.data["status"].text_or("")));
    return types;
  }

  const test::TempDir folder_;
  const SecretNet secrets_;
  Redactor redactor_{secrets_};
  test::FailingStorage storage_;
  ManualClock clock_;
  test::TestLoop loop_;
  primitive::Guards guards_;
  primitive::Reach reach_;
  FakeWorld world_;
  Target target_;
  Plan plan_;
  std::unique_ptr<Journal> journal_;
  EvidenceStore evidence_{storage_, folder_.path()};
  EvidenceLedger ledger_{clock_};
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace runbook::live_test
