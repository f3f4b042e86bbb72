#include "run/settle.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "safety/doubt.h"

namespace runbook::run {

namespace {

Error unsettled(const safety::OpenIntent& intent, const std::string& why) {
  return {.code = Code::kRefused,
          .message = "nobody knows what became of \"" + intent.change.text + "\" of run " + intent.run + ": " + why,
          .where = intent.change.target,
          .next = "runbook report " + intent.run + " tells what it wanted"};
}

}  // namespace

Task<Result<void>> settle_doubts(Session& session, std::span<const std::string> targets) {
  RUNBOOK_CO_TRY(open, safety::open_intents(session.world().journal));
  for (const auto& intent : open) {
    const auto& change = intent.change;
    if (std::find(targets.begin(), targets.end(), change.target) == targets.end()) continue;
    const auto* row = session.world().change_row(change.row);
    if (row == nullptr || (row->action && !row->probe)) co_return unsettled(intent, "its state does not tell");
    // Another server of the same name would answer for what it never saw.
    if (session.target(change.target)->url != intent.url)
      co_return unsettled(intent, "the target was at " + escaped(intent.url, 80) + " then");
    const auto state = row->state_call(change.args);
    const safety::Call call{.row = state.row, .target = change.target, .args = state.args};
    const auto reading = co_await session.read("settling: " + change.row, call);
    if (!reading) co_return unsettled(intent, reading.error().message);
    const auto now = row->seen(*reading).state;
    if (!(now == change.to) && !(now == change.from))
      co_return unsettled(intent, "its state is now " + escaped(to_json(now), 80));
    const Value outcome = Value::Map{{"intent", intent.n},
                                     {"target", change.target},
                                     {"row", change.row},
                                     {"text", change.text},
                                     {"status", now == change.to && !row->probe ? "applied" : "not_applied"},
                                     {"after", now},
                                     {"settled_by", session.id()}};
    RUNBOOK_CO_CHECK(session.world().journal.append_durable(intent.run, "OUTCOME", outcome));
  }
  co_return Result<void>();
}

}  // namespace runbook::run
