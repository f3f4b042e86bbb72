#include "live/live_executor.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "safety/doubt.h"
#include "safety/mark.h"

namespace runbook::live {

using safety::Approval;
using safety::Change;
using safety::ChangeRow;
using safety::Outcome;
using safety::Plan;
using safety::Seen;
using Status = safety::Outcome::Status;

namespace {

constexpr std::size_t kKeyDigits = 32;
constexpr std::size_t kShownOutput = 4000;
constexpr std::size_t kShownFailure = 1000;

Error refused(const Change& change, std::string message, std::string next = {}) {
  return {.code = Code::kRefused, .message = std::move(message), .where = change.target, .next = std::move(next)};
}

Value outcome_data(const Change& change, std::size_t item, const Outcome& outcome) {
  Value data =
      Value::Map{{"intent", outcome.intent}, {"item", item + 1},    {"target", change.target},
                 {"row", change.row},        {"text", change.text}, {"status", safety::name_of(outcome.status)},
                 {"after", outcome.after}};
  if (!outcome.said.empty()) data["said"] = outcome.said;
  if (!outcome.error.message.empty()) {
    data["error"] = Value::Map{{"code", name_of(outcome.error.code)}, {"message", outcome.error.message}};
  }
  return data;
}

// The last of it, from the beginning of a line where there is one.
std::string end_of(std::string_view said, std::size_t bytes) {
  said = trim(said);
  if (said.size() <= bytes) return std::string(said);
  auto rest = said.substr(said.size() - bytes);
  if (const auto line = rest.find('\n'); line != std::string_view::npos) rest.remove_prefix(line + 1);
  return "… " + std::string(rest);
}

// Of a command that ended ill and whose state nobody named: it may have done a part of its work.
bool may_stand(const ChangeRow& row, const Change& change, const Error& error) {
  return error.code == Code::kRemote && row.proven && change.from.is_null();
}

Error failure_of(const Change& change, const safety::Sent& sent) {
  const auto last = end_of(sent.said, kShownFailure);
  return {.code = Code::kRemote,
          .message = sent.failure + (last.empty() ? "" : ": " + escaped(last)),
          .where = change.target};
}

}  // namespace

LiveExecutor::LiveExecutor(LiveParts parts) : parts_(std::move(parts)) {}

Task<Result<Value>> LiveExecutor::invoke(const safety::Call& call) { return parts_.reads->invoke(call); }

Task<Result<Seen>> LiveExecutor::read_state(const ChangeRow& row, const Change& change) {
  const auto call = state_read(row, change);
  RUNBOOK_CO_TRY(reading, co_await parts_.reads->invoke(call));
  co_return row.seen(reading);
}

Result<void> LiveExecutor::may_start(const Plan& plan, const Approval& approval, const Change& change) const {
  if (approval.digest() != plan.digest()) return refused(change, "this plan is not the one that was approved");
  const auto* target = parts_.targets(change.target);
  if (target == nullptr) return refused(change, "this run was not given the target " + escaped(change.target, 60));
  if (target->look_only) return refused(change, change.target + " may be looked at only");
  RUNBOOK_CHECK(parts_.ledger.require_fresh(change.target));
  RUNBOOK_CHECK(parts_.evidence.complete());
  RUNBOOK_TRY(open, safety::open_intents(parts_.journal));
  const auto blocked =
      std::find_if(open.begin(), open.end(), [&](const auto& intent) { return intent.change.target == change.target; });
  if (blocked != open.end()) {
    return refused(change, "nobody knows yet what became of \"" + blocked->change.text + "\" of run " + blocked->run,
                   "runbook undo " + blocked->run + " reads the state and settles it");
  }
  return {};
}

const safety::Applier* LiveExecutor::applier_of(const Change& change) const {
  const auto found = std::find_if(parts_.appliers.begin(), parts_.appliers.end(),
                                  [&](const safety::Applier& applier) { return applier.row == change.row; });
  return found == parts_.appliers.end() ? nullptr : &*found;
}

Task<Result<std::string>> LiveExecutor::bytes_of(const safety::Applier& applier, const Change& change,
                                                 const Value& word) const {
  if (const auto* text = word.as_text()) co_return *text;
  if (word["$filled"].is_null()) co_return parts_.evidence.read(std::string(word["$blob"].text_or("")));
  if (!applier.fill) co_return Error{.code = Code::kInternal, .message = "nobody fills in a word of " + change.row};
  co_return co_await applier.fill(*parts_.targets(change.target), change, word);
}

Task<Result<std::vector<guard::Argv>>> LiveExecutor::words_to_send(const safety::Applier& applier,
                                                                   const Change& change) const {
  auto calls = change.calls;
  calls.insert(calls.end(), change.if_it_fails.begin(), change.if_it_fails.end());
  std::vector<guard::Argv> sends;
  for (const auto& words : calls) {
    guard::Argv argv;
    for (const auto& word : words) {
      RUNBOOK_CO_TRY(bytes, co_await bytes_of(applier, change, word));
      argv.push_back(std::move(bytes));
    }
    sends.push_back(std::move(argv));
  }
  co_return sends;
}

Task<Result<safety::Sent>> LiveExecutor::send(const safety::Applier& applier, Change& change,
                                              const guard::Permit& permit) {
  const auto& target = *parts_.targets(change.target);
  if (!applier.make_ready) {
    RUNBOOK_CO_CHECK(co_await applier.apply(target, change, permit));
    co_return safety::Sent{};
  }
  RUNBOOK_CO_TRY(ready, co_await applier.make_ready(target, change, permit));
  RUNBOOK_CO_CHECK(safety::record_handle(parts_.journal, parts_.run, permit.intent(), change, ready.handle));
  change.handle = ready.handle;
  co_return co_await ready.begin();
}

Task<Outcome> LiveExecutor::carry_out(const ChangeRow& row, const safety::Applier& applier, Change change,
                                      const guard::Permit& permit) {
  Outcome outcome{.intent = permit.intent()};
  auto applied = co_await send(applier, change, permit);
  if (applied) {
    if (applied->failure.empty())
      outcome.said = end_of(applied->said, kShownOutput);
    else
      applied = failure_of(change, *applied);
  }
  const auto after = co_await read_state(row, change);
  if (after) outcome.after = after->state;
  if (applied) {
    const bool reached = after && safety::stands(row, change, after->state);
    const bool proven = row.proven && (row.took_place == nullptr || change.to.is_null());
    outcome.status = reached || proven ? Status::kApplied : Status::kFailed;
    if (proven) co_return outcome;
    if (!after) {
      outcome.status = Status::kInDoubt;
      outcome.error = after.error();
    } else if (!reached) {
      outcome.error = {.code = Code::kRemote, .message = "accepted, but it reads back as " + to_json(after->state)};
    }
    co_return outcome;
  }
  outcome.error = applied.error();
  if (row.by_handle && change.handle.is_null()) {  // it never began
    outcome.status = Status::kNotApplied;
    co_return outcome;
  }
  if (applied.error().code == Code::kStale) {
    outcome.status = Status::kStale;
  } else if (applied.error().code == Code::kInDoubt) {
    const auto told = after ? safety::told_by(row, change, after->state) : safety::Told::kNothing;
    outcome.status = told == safety::Told::kTookPlace ? Status::kApplied
                     : told == safety::Told::kNothing ? Status::kInDoubt
                                                      : Status::kFailed;
  } else if (!after && !change.if_it_fails.empty()) {
    outcome.status = Status::kInDoubt;  // of several calls some may stand
  } else if (!after || (after->state == change.from && !may_stand(row, change, applied.error()))) {
    outcome.status = Status::kNotApplied;
  }
  co_return outcome;
}

Task<std::string> LiveExecutor::guarded_against(const Change& change) {
  for (const auto& check : change.guard) {
    const auto reading = co_await parts_.reads->invoke(check.call);
    const auto result = safety::evaluate(check, reading, Value());
    if (!result.holds) {
      co_return check.call.target + ": " + check.text() + ", found " + escaped(result.got, 60);
    }
  }
  co_return std::string();
}

Task<std::string> LiveExecutor::lost_unkept(const Change& change) {
  for (const auto& call : change.keeps) {
    const auto kept = co_await parts_.keep(call);
    if (!kept) co_return "what " + call.text() + " tells could not be kept: " + kept.error().message;
  }
  co_return std::string();
}

Task<Result<std::optional<Outcome>>> LiveExecutor::not_now(const ChangeRow& row, const Change& change) {
  const auto unkept = co_await lost_unkept(change);
  const auto against = co_await guarded_against(change);
  RUNBOOK_CO_TRY(now, co_await read_state(row, change));
  Outcome outcome{.after = now.state};
  if (!row.action && safety::stands(row, change, now.state)) {
    outcome.status = Status::kSkipped;
  } else if (change.may_vanish && now.state.is_null() && !change.from.is_null()) {
    outcome.status = Status::kVanished;
  } else if (!against.empty()) {
    outcome.status = Status::kRefused;
    outcome.error = {.code = Code::kRefused,
                     .message = "its guard does not hold: " + against + "; nothing was sent",
                     .where = change.target};
  } else if (!(now.state == change.from)) {
    outcome.status = Status::kStale;
    outcome.error = {.code = Code::kStale,
                     .message = change.target + " is no longer as planned: expected " + to_json(change.from) +
                                ", found " + to_json(now.state),
                     .where = change.target,
                     .next = "look again"};
  } else if (!unkept.empty()) {
    outcome.status = Status::kStale;
    outcome.error = {.code = Code::kStale,
                     .message = unkept + "; nothing was sent",
                     .where = change.target,
                     .next = "look again: without it the change needs another approval"};
  } else {
    if (now.blob) {
      parts_.evidence.add(*now.blob);
      if (const auto stored = parts_.evidence.flush(); !stored)
        co_return refused(change, "what it overwrites could not be stored: " + stored.error().text(),
                          "see to the disk");
    }
    co_return std::optional<Outcome>();
  }
  co_return std::optional(std::move(outcome));
}

Task<Result<Outcome>> LiveExecutor::invoke(const Plan& plan, const Approval& approval, std::size_t item) {
  const auto* planned = plan.items.at(item).change();
  if (planned == nullptr) co_return Error{.code = Code::kInternal, .message = "an item that is no change"};
  const auto& change = *planned;
  RUNBOOK_CO_CHECK(may_start(plan, approval, change));
  const auto* row = parts_.changes(change.row);
  const auto* applier = applier_of(change);
  if (row == nullptr || applier == nullptr)
    co_return refused(change, "nothing here can carry out " + escaped(change.row, 60));

  RUNBOOK_CO_TRY(against, co_await not_now(*row, change));
  Outcome outcome;
  if (against) {
    outcome = std::move(*against);
  } else {
    RUNBOOK_CO_TRY(sends, co_await words_to_send(*applier, change));
    auto intent = change.to_value();
    intent["digest"] = approval.digest();
    intent["item"] = item + 1;
    intent["url"] = parts_.targets(change.target)->url;
    safety::add_way(intent, parts_.way, parts_.targets(change.target), change.row);
    RUNBOOK_CO_TRY(record, parts_.journal.append_intent(parts_.run, std::move(intent)));
    const guard::Permit permit(record.n, record.hash.substr(0, kKeyDigits), std::move(sends));
    outcome = co_await carry_out(*row, *applier, change, permit);
  }
  auto told = outcome_data(change, item, outcome);
  safety::add_way(told, parts_.way, parts_.targets(change.target), change.row);
  const auto written = parts_.journal.append_durable(parts_.run, "OUTCOME", std::move(told));
  if (!written) {
    co_return Error{.code = Code::kAudit,
                    .message = "\"" + change.text + "\" ended as " + std::string(safety::name_of(outcome.status)) +
                               ", but that could not be recorded: " + written.error().message,
                    .where = change.target,
                    .next = written.error().next};
  }
  co_return outcome;
}

}  // namespace runbook::live
