#include "run/carry_out.h"

#include <unistd.h>

#include <algorithm>

#include "run/settle.h"

namespace runbook::run {

using safety::Outcome;
using Status = safety::Outcome::Status;

bool CarriedOut::changed() const {
  return std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return outcome.status == Status::kApplied || outcome.status == Status::kInDoubt ||
           (outcome.status == Status::kFailed && outcome.intent != 0);
  });
}

const Outcome* CarriedOut::failure() const {
  if (complete || outcomes.empty()) return nullptr;
  const auto& last = outcomes.back();
  return last.status == Status::kApplied || last.status == Status::kSkipped ? nullptr : &last;
}

namespace {

safety::Holder holder(Session& session, const safety::Plan& plan) {
  return {.run = session.id(),
          .playbook = session.title(),
          .operator_name = std::string(operator_identity()["user"].text_or("?")),
          .step = plan.mitigation,
          .since_ms = session.world().clock.now().wall_ms,
          .pid = getpid()};
}

Task<Result<safety::Approval>> pass_gate(Session& session, const safety::Plan& plan, Asker& asker) {
  const auto asked = session.world().clock.now();
  auto approval = co_await asker.approve(plan);
  Value data = Value::Map{{"digest", plan.digest()},
                          {"level", plan.level()},
                          {"mitigation", plan.mitigation},
                          {"approved", approval.has_value()},
                          {"waited_ms", age(asked, session.world().clock.now()).count()},
                          {"operator", operator_identity()}};
  if (approval) {
    data["how"] = approval->how();
    data["reason"] = approval->reason();
  } else {
    data["why"] = approval.error().message;
  }
  const auto written = session.world().journal.append(session.id(), "GATE", std::move(data));
  if (approval && !written) co_return written.error();
  co_return approval;
}

}  // namespace

Task<Result<CarriedOut>> carry_out(Session& session, const safety::Plan& plan, Asker& asker,
                                   std::optional<safety::Approval>& given) {
  if (plan.changes.empty()) co_return CarriedOut{.outcomes = {}, .complete = true};
  // Whoever is asked must be able to count on it that a yes leads somewhere.
  RUNBOOK_CO_CHECK(session.world().journal.ready_for_changes());
  const auto targets = plan.changed_targets();
  for (const auto& target : targets) RUNBOOK_CO_CHECK(session.ledger().require_fresh(target));
  RUNBOOK_CO_TRY(lock, session.world().locks.take(targets, holder(session, plan)));
  RUNBOOK_CO_CHECK(co_await settle_doubts(session, targets));
  if (!given || given->digest() != plan.digest()) {
    RUNBOOK_CO_TRY(approval, co_await pass_gate(session, plan, asker));
    given = approval;
  }
  CarriedOut out;
  for (std::size_t item = 0; item < plan.changes.size(); ++item) {
    if (session.interrupted()) co_return out;
    RUNBOOK_CO_CHECK(lock.set_step(plan.mitigation + ": " + plan.changes[item].text));
    const auto outcome = co_await session.executor().invoke(plan, *given, item);
    if (!outcome) {
      // Nothing of this run stands yet: the refusal is the whole story. Otherwise it is told with what was done.
      if (!out.changed()) co_return outcome.error();
      out.outcomes.push_back({.status = Status::kFailed, .error = outcome.error()});
      co_return out;
    }
    out.outcomes.push_back(*outcome);
    if (outcome->status != Status::kApplied && outcome->status != Status::kSkipped) co_return out;
  }
  out.complete = true;
  co_return out;
}

}  // namespace runbook::run
