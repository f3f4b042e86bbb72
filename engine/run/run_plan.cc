// The phases of a run between diagnosis and gate: what a mitigation asks for, and its plan.
#include "run/plan_items.h"
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

Task<Result<std::optional<safety::Watch>>> Run::watch_from_playbook() {
  std::optional<safety::Watch> out;
  if (!playbook_.watch) co_return out;
  const Value nothing = Value::Map{};
  RUNBOOK_CO_TRY(wanted, co_await worker_->phase("watch", nothing));
  RUNBOOK_CO_TRY(checks, checks_from(session_, std::as_const(wanted)["checks"]));
  out = safety::Watch{.checks = std::move(checks), .within = playbook_.watch->within, .note = playbook_.watch->note};
  co_return out;
}

Task<Result<Plan>> Run::plan(const Mitigation& mitigation, const Value& chosen, bool called_for) {
  const Value about = Value::Map{{"mitigation", mitigation.name}, {"chosen", chosen}};
  RUNBOOK_CO_TRY(proposed, co_await worker_->phase("plan", about));
  RUNBOOK_CO_TRY(wanted, co_await worker_->phase("verify", about));
  Plan plan{.playbook = playbook_.name,
            .mitigation = mitigation.name,
            .sources = modules_->hashes(),
            .inputs = inputs_.for_record,
            .fixed_when = {.within = mitigation.within, .holds = mitigation.holds},
            .warning = mitigation.warning,
            .holds_only = mitigation.holds_only,
            .chosen = chosen,
            .unanchored = session_.unanchored(),
            .called_for = called_for};
  RUNBOOK_CO_TRY(items, co_await items_from(session_, std::as_const(proposed)["items"]));
  plan.items = std::move(items);
  RUNBOOK_CO_TRY(checks, checks_from(session_, std::as_const(wanted)["checks"]));
  plan.fixed_when.checks = std::move(checks);
  RUNBOOK_CO_TRY(watch, co_await watch_from_playbook());
  plan.watch = std::move(watch);
  add_targets(session_, plan);
  RUNBOOK_CO_CHECK(record_plan(session_, plan, {}));
  co_return plan;
}

}  // namespace runbook::run
