#include "run/undo.h"

#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "run/carry_out.h"
#include "run/planner.h"
#include "safety/mark.h"

namespace runbook::run {

using safety::Change;

namespace {

// The way back of one change, completed; nothing when it needs none or cannot be gone, which `out` then says.
Task<Result<std::optional<Change>>> way_back(Session& session, const Standing& standing, UndoPlan& out) {
  const auto& done = standing.change;
  std::optional<Change> none;
  if (standing.back) co_return none;
  if (!done.nothing_to_undo.empty()) {
    out.settled.push_back(done.text + ": nothing to undo, " + done.nothing_to_undo);
    co_return none;
  }
  if (!done.undo) {
    out.left.push_back(done.text + ": there is no way back, " + done.irreversible);
    co_return none;
  }
  Change change{.row = done.undo->row,
                .target = done.target,
                .args = done.undo->args,
                .to = done.undo->to,
                .undoes = standing.intent};
  if (const auto completed = co_await complete(session, change); !completed) {
    // One that cannot be planned keeps no other from its way back.
    out.left.push_back(done.text + ": " + completed.error().message);
    co_return none;
  }
  const auto* row = session.world().change_row(change.row);
  const auto* done_row = session.world().change_row(done.row);
  if (!row->action && safety::stands(*row, change, change.from)) {
    out.settled.push_back(done.text + ": it is back already");
    co_return none;
  }
  const bool stands = done_row != nullptr && (safety::stands(*done_row, done, change.from) ||
                                              safety::told_by(*done_row, done, change.from) == safety::Told::kPartly);
  if (!stands) {
    out.left.push_back(done.text + ": meanwhile it is " + escaped(to_json(change.from), 80) +
                       ", set by somebody else; left alone");
    co_return none;
  }
  co_return std::optional(std::move(change));
}

}  // namespace

Task<Result<UndoPlan>> plan_undo(Session& session, std::string_view run, const std::vector<Standing>& standing) {
  UndoPlan out;
  out.plan.playbook = session.title();
  out.plan.mitigation = "undo " + std::string(run);
  out.plan.inputs = Value::Map{};
  out.plan.unanchored = session.unanchored();
  for (const auto& one : standing) {
    if (one.by_hand) {
      const auto& undo = *one.by_hand->undo;
      out.plan.items.push_back(
          {.what = safety::Manual{
               .what = undo.what, .expects = undo.expects, .commands = undo.commands, .undoes = one.intent}});
      continue;
    }
    const auto left = out.left.size();
    RUNBOOK_CO_TRY(back, co_await way_back(session, one, out));
    if (out.left.size() > left) continue;
    if (back) out.plan.items.push_back({.what = *back});
    const auto number = back ? out.plan.items.size() : 0;
    for (const auto& activation : one.activations) {
      if (activation.again) continue;
      const auto& done = activation.change;
      Change again{
          .row = done.row, .target = done.target, .args = done.args, .activates = number, .undoes = one.intent};
      RUNBOOK_CO_CHECK(co_await complete(session, again));
      out.plan.items.push_back({.what = std::move(again)});
    }
  }
  add_targets(session, out.plan);
  Value::Map notes = {{"left", Value::List(out.left.begin(), out.left.end())},
                      {"settled", Value::List(out.settled.begin(), out.settled.end())}};
  RUNBOOK_CO_CHECK(record_plan(session, out.plan, std::move(notes)));
  co_return out;
}

namespace {

// The state of each thing that was changed, as evidence: looking comes first here too.
Task<void> look_at(Session& session, const std::vector<Standing>& standing) {
  std::vector<const Change*> changes;
  for (const auto& one : standing) {
    if (one.by_hand) continue;
    changes.push_back(&one.change);
    for (const auto& activation : one.activations) changes.push_back(&activation.change);
  }
  std::vector<Reading> readings;
  for (const auto* change : changes) {
    const auto* row = session.world().change_row(change->row);
    if (row == nullptr) continue;
    Reading reading{.name = "now: " + change->row,
                    .call = safety::state_read(*row, *change),
                    .started = session.world().clock.now(),
                    .result = Value()};
    reading.result = co_await session.executor().invoke(reading.call);
    reading.took = age(reading.started, session.world().clock.now());
    readings.push_back(std::move(reading));
  }
  session.record_evidence(readings);
}

Task<Result<bool>> plan_and_carry_out(Session& session, Asker& asker, std::string_view run,
                                      const std::vector<Standing>& standing) {
  RUNBOOK_CO_TRY(undo, co_await plan_undo(session, run, standing));
  if (undo.plan.items.empty()) co_return undo.left.empty();
  std::optional<safety::Approval> approval;
  CarriedOut nothing_yet;
  RUNBOOK_CO_TRY(done, co_await carry_out(session, undo.plan, asker, approval, nothing_yet));
  co_return done.complete&& undo.left.empty();
}

}  // namespace

Task<Result<Ending>> undo_own(Session& session, Asker& asker) {
  RUNBOOK_CO_TRY(standing, standing_changes(session.world().journal, session.id()));
  const auto back = co_await plan_and_carry_out(session, asker, session.id(), standing);
  if (!back && back.error().code == Code::kDeclined)
    co_return Ending{.status = "changes stand, not verified", .exit = 5};
  if (!back) {
    session.world().progress.warn("the undo did not begin: " + back.error().text());
    co_return Ending{.status = "failed, undo incomplete", .exit = 7};
  }
  co_return *back ? Ending{.status = "failed, undone", .exit = 6}
                  : Ending{.status = "failed, undo incomplete", .exit = 7};
}

Task<Result<Ending>> undo_run(Session& session, Asker& asker, std::string_view run,
                              const std::vector<Standing>& standing) {
  co_await look_at(session, standing);
  RUNBOOK_CO_TRY(back, co_await plan_and_carry_out(session, asker, run, standing));
  co_return back ? Ending{.status = "undone", .exit = 0} : Ending{.status = "undo incomplete", .exit = 7};
}

Task<Result<Ending>> undo_dry(Session& session, std::string_view run, const std::vector<Standing>& standing) {
  co_await look_at(session, standing);
  RUNBOOK_CO_CHECK(co_await plan_undo(session, run, standing));
  co_return Ending{.status = "planned", .exit = 0};
}

}  // namespace runbook::run
