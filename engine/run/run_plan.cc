// The phases of a run between diagnosis and gate: what a mitigation asks for, and its plan.
#include <set>

#include "base/json.h"
#include "run/planner.h"
#include "run/run.h"

namespace runbook::run {

using safety::Plan;

Task<Result<Value>> Run::chosen_values(const Mitigation& mitigation, Asker& asker) {
  Value chosen = Value::Map{};
  if (mitigation.asks.empty()) co_return chosen;
  Value question = Value::Map{{"mitigation", mitigation.name}};
  RUNBOOK_CO_TRY(answer, co_await worker_->phase("asks", std::move(question)));
  for (const auto& value : std::as_const(answer)["asks"].items()) {
    Ask ask{.mitigation = mitigation.name,
            .name = std::string(value["name"].text_or("")),
            .kind = std::string(value["kind"].text_or("text")),
            .label = std::string(value["label"].text_or("")),
            .fallback = value["default"]};
    for (const auto& option : value["options"].items()) ask.options.emplace_back(option.text_or(""));
    const auto given = request_.asks.find(mitigation.name + "." + ask.name);
    if (given != request_.asks.end()) {
      RUNBOOK_CO_TRY(parsed, parse_answer(ask, given->second));
      chosen[ask.name] = parsed;
    } else {
      RUNBOOK_CO_TRY(filled, co_await asker.fill(ask));
      chosen[ask.name] = filled;
    }
  }
  co_return chosen;
}

Task<Result<Plan>> Run::plan(const Mitigation& mitigation, const Value& chosen, bool called_for) {
  const Value about = Value::Map{{"mitigation", mitigation.name}, {"chosen", chosen}};
  RUNBOOK_CO_TRY(proposed, co_await worker_->phase("plan", about));
  RUNBOOK_CO_TRY(wanted, co_await worker_->phase("verify", about));
  Plan plan{.playbook = playbook_.name,
            .mitigation = mitigation.name,
            .sources = modules_->hashes(),
            .inputs = inputs_.for_record,
            .within = mitigation.within,
            .holds = mitigation.holds,
            .warning = mitigation.warning,
            .called_for = called_for};
  std::set<std::string> seen;
  for (const auto& item : std::as_const(proposed)["items"].items()) {
    RUNBOOK_CO_TRY(change, change_from_item(session_, item));
    if (!seen.insert(change.row + " " + change.target + " " + to_json(change.args)).second) {
      co_return Error{
          .code = Code::kPlaybook, .message = "the plan changes the same thing twice", .where = change.where};
    }
    RUNBOOK_CO_CHECK(co_await complete(session_, change));
    RUNBOOK_CO_CHECK(co_await preflight(session_, change));
    plan.changes.push_back(std::move(change));
  }
  RUNBOOK_CO_TRY(checks, checks_from(session_, std::as_const(wanted)["checks"]));
  plan.checks = std::move(checks);
  add_targets(session_, plan);
  record_plan(session_, plan);
  co_return plan;
}

}  // namespace runbook::run
