#include "run/dry_run.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::run {

namespace {
bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
}  // namespace

std::string forbidden_by(const Mitigation& mitigation, const Verdict& verdict) {
  for (const auto& found : verdict.findings) {
    if (holds(mitigation.not_while, found.name)) return found.name;
  }
  return {};
}

std::vector<const Mitigation*> answers_to(const Playbook& book, const Verdict& verdict) {
  std::vector<const Mitigation*> out;
  if (verdict.findings.empty()) return out;
  for (const auto& mitigation : book.mitigations) {
    if (holds(mitigation.answers, verdict.findings.front().name) && forbidden_by(mitigation, verdict).empty()) {
      out.push_back(&mitigation);
    }
  }
  return out;
}

Result<const Mitigation*> named_mitigation(const Playbook& book, const std::string& name) {
  if (const auto* found = book.mitigation(name)) return found;
  std::vector<std::string> known;
  for (const auto& mitigation : book.mitigations) known.push_back(mitigation.name);
  const auto near = nearest(name, known);
  return Error{.code = Code::kUsage,
               .message = book.name + " has no mitigation " + escaped(name, 40),
               .next = near.empty() ? "it has: " + join(known, ", ") : "did you mean " + near + "?"};
}

Task<Result<DryEnding>> dry_run(Run& run, Asker& asker, const std::string& mitigate) {
  RUNBOOK_CO_CHECK(co_await run.look());
  const auto verdict = co_await run.diagnose();
  auto wanted = answers_to(run.playbook(), verdict);
  const auto called_for = wanted;
  if (!mitigate.empty()) {
    RUNBOOK_CO_TRY(named, named_mitigation(run.playbook(), mitigate));
    wanted = {named};
  }
  bool would_change = false;
  for (const auto* mitigation : wanted) {
    RUNBOOK_CO_TRY(chosen, co_await run.chosen_values(*mitigation, asker));
    const bool answers = std::find(called_for.begin(), called_for.end(), mitigation) != called_for.end();
    RUNBOOK_CO_TRY(plan, co_await run.plan(*mitigation, chosen, answers));
    would_change = would_change || !plan.changes.empty();
  }
  co_return DryEnding{.ending = {.status = verdict.kind == "finding" ? "planned" : verdict.kind, .exit = 0},
                      .would_change = would_change};
}

}  // namespace runbook::run
