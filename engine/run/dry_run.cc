#include "run/dry_run.h"

#include "base/text.h"

namespace runbook::run {

namespace {

// A dry run takes no locks, but says who holds them.
void name_holders(Session& session, const safety::Plan& plan) {
  for (const auto& target : plan.changed_targets()) {
    const auto holder = session.world().locks.holder_of(target);
    if (holder && *holder)
      session.world().progress.warn(target + " is being changed right now by " + (*holder)->text());
  }
}

}  // namespace

Task<Result<DryEnding>> dry_run(Run& run, Asker& asker, const std::string& mitigate) {
  const Mitigation* named = nullptr;
  if (!mitigate.empty()) {
    RUNBOOK_CO_TRY(found, named_mitigation(run.playbook(), mitigate));
    named = found;
  }
  RUNBOOK_CO_CHECK(co_await run.look());
  const auto verdict = co_await run.diagnose();
  if (run.session().interrupted()) co_return DryEnding{.ending = {.status = "interrupted", .exit = 130}};
  if (nothing_to_do(verdict, named))
    co_return DryEnding{.ending = {.status = "healthy", .exit = 0, .note = nothing_to_do_text(named)}};
  auto wanted = answers_to(run.playbook(), verdict);
  if (named != nullptr) wanted = {named};
  if (!run.session().changeable()) wanted.clear();
  for (const auto* mitigation : wanted) RUNBOOK_CO_CHECK(may_be_used(*mitigation, verdict));
  bool planned = false;
  bool would_change = false;
  for (const auto* mitigation : wanted) {
    RUNBOOK_CO_TRY(chosen, co_await run.chosen_values(*mitigation, asker));
    RUNBOOK_CO_TRY(plan, co_await run.plan(*mitigation, chosen, called_for(*mitigation, verdict)));
    planned = planned || !plan.is_idle();
    would_change = would_change || !plan.changes().empty();
    name_holders(run.session(), plan);
  }
  const std::string done = planned ? "planned" : "looked";
  co_return DryEnding{.ending = {.status = verdict.kind == "finding" ? done : verdict.kind, .exit = 0},
                      .would_change = would_change};
}

}  // namespace runbook::run
