#include "run/settle.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "run/choices.h"
#include "safety/doubt.h"
#include "safety/mark.h"

namespace runbook::run {

namespace {

Error unsettled(const safety::OpenIntent& intent, const std::string& why) {
  return {.code = Code::kRefused,
          .message = "nobody knows what became of \"" + intent.change.text + "\" of run " + intent.run + ": " + why,
          .where = intent.change.target,
          .next = "runbook resume " + intent.run + " asks you; runbook report " + intent.run + " tells what it wanted"};
}

// What the state of a thing tells about the change that may have been made, or why it tells nothing.
struct Told {
  std::string status{};  // of the OUTCOME; empty when it tells nothing
  Value after{};
  std::string why{};
};

Task<Told> told_by_state(Session& session, const safety::OpenIntent& intent) {
  const auto& change = intent.change;
  const auto* row = session.world().change_row(change.row);
  const bool tells = row != nullptr && (row->probe || safety::tells(*row));
  if (!tells) co_return Told{.why = "its state does not tell"};
  // Another server of the same name would answer for what it never saw.
  const auto* target = session.target(change.target);
  if (target == nullptr || target->url != intent.url)
    co_return Told{.why = "the target was at " + escaped(intent.url, 80) + " then"};
  const auto call = safety::state_read(*row, change);
  const auto reading = co_await session.read("settling: " + change.row, call);
  if (!reading) co_return Told{.why = reading.error().message};
  const auto now = row->seen(*reading).state;
  switch (safety::told_by(*row, change, now)) {
    case safety::Told::kTookPlace:
      co_return Told{.status = "applied", .after = now};
    case safety::Told::kDidNot:
      co_return Told{.status = "not_applied", .after = now};
    case safety::Told::kPartly:
      co_return Told{.status = "failed", .after = now};
    case safety::Told::kNothing:
      break;
  }
  if (now == change.from) co_return Told{.why = "it has not taken place so far, and may still do so"};
  co_return Told{.why = "its state is now " + escaped(to_json(now), 80)};
}

Result<void> record_settled(Session& session, const safety::OpenIntent& intent, const Told& told, Value::Map by) {
  Value outcome = Value::Map{{"intent", intent.n},         {"target", intent.change.target}, {"row", intent.change.row},
                             {"text", intent.change.text}, {"status", told.status},          {"after", told.after},
                             {"settled_by", session.id()}};
  for (auto& [name, value] : by) outcome[name] = std::move(value);
  RUNBOOK_CHECK(session.world().journal.append_durable(intent.run, "OUTCOME", std::move(outcome)));
  return {};
}

Task<Result<void>> settle(Session& session, Asker& asker, safety::OpenIntent intent) {
  for (;;) {
    auto told = co_await told_by_state(session, intent);
    Value::Map by;
    if (told.status.empty()) {
      const auto question = what_became_of(intent.change.text, told.why);
      const auto answer = co_await asker.choose(question);
      if (!answer && answer.error().code == Code::kUnasked) co_return unsettled(intent, told.why);
      if (!answer) co_return answer.error();
      if (*answer == kLookAgain) continue;
      if (*answer == kStop) co_return unsettled(intent, told.why);
      told.status = *answer == kWasDone ? "applied" : "not_applied";
      by.emplace("told_by", operator_identity());
    }
    co_return record_settled(session, intent, told, std::move(by));
  }
}

}  // namespace

Task<Result<void>> settle_doubts(Session& session, std::span<const std::string> targets) {
  RUNBOOK_CO_TRY(open, safety::open_intents(session.world().journal));
  for (const auto& intent : open) {
    if (std::find(targets.begin(), targets.end(), intent.change.target) == targets.end()) continue;
    const auto told = co_await told_by_state(session, intent);
    if (told.status.empty()) co_return unsettled(intent, told.why);
    RUNBOOK_CO_CHECK(record_settled(session, intent, told, {}));
  }
  co_return Result<void>();
}

Task<Result<void>> settle_with(Session& session, Asker& asker) {
  RUNBOOK_CO_TRY(open, safety::open_intents(session.world().journal));
  std::erase_if(open, [&](const auto& intent) { return intent.run != session.id(); });
  std::set<std::string> names;
  for (const auto& intent : open) names.insert(intent.change.target);
  const std::vector<std::string> targets(names.begin(), names.end());
  const safety::Holder holder{.run = session.id(),
                              .playbook = session.title(),
                              .operator_name = std::string(operator_identity()["user"].text_or("?")),
                              .step = "finding out what became of a change",
                              .since_ms = session.world().clock.now().wall_ms,
                              .pid = getpid()};
  RUNBOOK_CO_TRY(lock, session.world().locks.take(targets, holder));
  static_cast<void>(lock);  // until this is over
  for (const auto& intent : open) RUNBOOK_CO_CHECK(co_await settle(session, asker, intent));
  co_return Result<void>();
}

}  // namespace runbook::run
