// The beginning of a run that goes on: the same sources, inputs and targets as when it began, or a word about each that
// is not.
#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "run/planner.h"
#include "run/run.h"

namespace runbook::run {

namespace {

// A hash tells nobody anything.
void compare_sources(const Value& before, const Value& now, std::vector<std::string>& out) {
  for (const auto& [file, hash] : before.members()) {
    const auto& other = now[file];
    if (other.is_null()) out.push_back(escaped(file, 200) + " is not loaded any more");
    if (!other.is_null() && other != hash) out.push_back(escaped(file, 200) + " was edited");
  }
  for (const auto& [file, hash] : now.members()) {
    if (!before.members().contains(file)) out.push_back(escaped(file, 200) + " was not loaded then");
  }
}

std::string lines(const std::vector<std::string>& changed) {
  std::string out;
  for (const auto& line : changed) out += "\n    " + line;
  return out;
}

}  // namespace

std::vector<std::string> Run::changed_since(const Value& began) const {
  const auto now = basis();
  std::vector<std::string> out;
  compare_sources(began["sources"], now["sources"], out);
  for (const auto* part : {"inputs", "targets"}) {
    const Value before = Value::Map{{part, began[part]}};
    const Value after = Value::Map{{part, now[part]}};
    for (auto& line : safety::differences(before, after)) out.push_back(std::move(line));
  }
  return out;
}

Task<Result<void>> Run::resume(Asker& asker, const Value& began, bool accept_changed) {
  RUNBOOK_CO_CHECK(co_await prepare(asker));
  const auto changed = changed_since(began);
  if (!changed.empty() && !accept_changed) {
    co_return Error{.code = Code::kRefused,
                    .message = "since run " + session_.id() + " began, this has changed:" + lines(changed),
                    .next = "--accept-changed drops what it had planned, looks anew and plans from what is there now"};
  }
  session_.open(playbook_.name, inputs_.targets);
  auto data = basis();
  data["playbook"] = playbook_.name;
  data["version"] = kVersion;
  data["operator"] = operator_identity();
  data["process"] = process_identity();
  data["accepted"] = Value::List(changed.begin(), changed.end());
  session_.record("RESUME", std::move(data));
  session_.anchor();
  co_return Result<void>();
}

Result<safety::Plan> Run::recorded_plan(const Value& record) {
  RUNBOOK_TRY(plan, safety::Plan::from_value(record));
  plan.playbook = playbook_.name;
  plan.sources = modules_->hashes();
  plan.inputs = inputs_.for_record;
  plan.unanchored = session_.unanchored();
  add_targets(session_, plan);
  if (plan.digest() == record["digest"].text_or("")) return plan;
  auto error = Error{.code = Code::kRefused,
                     .message = "the plan " + plan.mitigation + " would not be the one that was approved",
                     .next = "--accept-changed drops it, looks anew and plans from what is there now"};
  const auto stored = world_.evidence.read(record["digest"].text_or(""));
  if (!stored) return error;
  RUNBOOK_TRY(material, parse_json(*stored));
  error.message += ":" + lines(safety::differences(material, plan.material()));
  return error;
}

}  // namespace runbook::run
