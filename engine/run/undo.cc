#include "run/undo.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "run/carry_out.h"
#include "run/planner.h"

namespace runbook::run {

using safety::Change;

Result<std::vector<Standing>> standing_changes(safety::Journal& journal, std::string_view run) {
  std::vector<Standing> standing;
  bool known = false;
  const auto settle = [&](std::uint64_t intent, std::string_view status) {
    const auto own =
        std::find_if(standing.begin(), standing.end(), [&](const Standing& s) { return s.intent == intent; });
    if (own == standing.end()) return;
    own->in_doubt = status == "in_doubt";
    if (status != "applied" && status != "in_doubt" && status != "failed") standing.erase(own);
  };
  std::map<std::uint64_t, std::uint64_t> undoing;  // INTENT of an undo → the INTENT that it takes back
  const auto visit = [&](const safety::Record& record) {
    known = known || record.run == run;
    const auto intent = static_cast<std::uint64_t>(record.data["intent"].number_or(0));
    if (record.type == "INTENT") {
      auto change = Change::from_value(record.data);
      if (!change) return;
      if (change->undoes != 0) {
        undoing[record.n] = change->undoes;
      } else if (record.run == run) {
        standing.push_back({.intent = record.n,
                            .change = std::move(*change),
                            .url = std::string(record.data["url"].text_or("")),
                            .in_doubt = true});
      }
    } else if (record.type == "OUTCOME") {
      const auto status = record.data["status"].text_or("");
      settle(intent, status);
      const auto undone = undoing.find(intent);
      if (undone != undoing.end() && status == "applied") {
        std::erase_if(standing, [&](const Standing& s) { return s.intent == undone->second; });
      }
    }
  };
  RUNBOOK_CHECK(journal.for_each(visit));
  if (!known) {
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(run, 60),
                 .next = "runbook runs lists them"};
  }
  std::reverse(standing.begin(), standing.end());
  return standing;
}

Task<Result<UndoPlan>> plan_undo(Session& session, std::string_view run, const std::vector<Standing>& standing) {
  UndoPlan out;
  out.plan.playbook = session.title();
  out.plan.mitigation = "undo " + std::string(run);
  out.plan.inputs = Value::Map{};
  for (const auto& [intent, done, url, in_doubt] : standing) {
    if (!done.undo) {
      out.left.push_back(done.text + ": there is no way back, " + done.irreversible);
      continue;
    }
    Change change{
        .row = done.undo->row, .target = done.target, .args = done.undo->args, .to = done.undo->to, .undoes = intent};
    RUNBOOK_CO_CHECK(co_await complete(session, change));
    if (change.from == change.to) {
      out.settled.push_back(done.text + ": it is back already");
    } else if (!(change.from == done.to)) {
      out.left.push_back(done.text + ": meanwhile it is " + escaped(to_json(change.from), 80) +
                         ", set by somebody else; left alone");
    } else {
      out.plan.changes.push_back(std::move(change));
    }
  }
  add_targets(session, out.plan);
  auto data = out.plan.to_value();
  data["material"] = out.plan.material();
  data["left"] = Value::List(out.left.begin(), out.left.end());
  data["settled"] = Value::List(out.settled.begin(), out.settled.end());
  session.record("PLAN", std::move(data));
  co_return out;
}

namespace {

// The state of each thing that was changed, as evidence: looking comes first here too.
Task<void> look_at(Session& session, const std::vector<Standing>& standing) {
  std::vector<Reading> readings;
  for (const auto& item : standing) {
    const auto* row = session.world().change_row(item.change.row);
    if (row == nullptr) continue;
    const auto state = row->state_call(item.change.args);
    Reading reading{.name = "now: " + item.change.row,
                    .call = {.row = state.row, .target = item.change.target, .args = state.args},
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
  if (undo.plan.changes.empty()) co_return undo.left.empty();
  std::optional<safety::Approval> approval;
  RUNBOOK_CO_TRY(done, co_await carry_out(session, undo.plan, asker, approval));
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
