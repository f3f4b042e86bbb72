#include "run/planner.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/line_diff.h"
#include "base/text.h"

namespace runbook::run {

using safety::Change;
using safety::Check;
using safety::Plan;

namespace {

// Below the longest line of the log (docs/audit.md), with room for what stands around the plan.
constexpr std::size_t kLargestPlan = 120'000;

std::string target_name(const Value& target) {
  return std::string(target.as_map() != nullptr ? target["$target"].text_or("") : target.text_or(""));
}

Error not_issued(const std::string& name, const std::string& where) {
  return {.code = Code::kRefused,
          .message = "this run was not given the target " + escaped(name, 60),
          .where = where,
          .next = "targets come from the playbook's inputs"};
}

// An author's mistake, at the line of the playbook.
Error written_at(const std::string& where, Error error) {
  error.where = where;
  return error;
}

std::string change_names(Session& session) {
  std::vector<std::string> names;
  for (const auto& row : session.world().changes) {
    if (row.offered) names.emplace_back(row.name);
  }
  return join(names, ", ");
}

// The commands of the way back, for the plan to show: what the inverse would send if nothing else happened meanwhile.
void describe_undo(Session& session, Change& change) {
  const auto* row = session.world().change_row(change.undo->row);
  if (row == nullptr) return;
  Change back{.row = change.undo->row,
              .target = change.target,
              .args = change.undo->args,
              .to = change.undo->to,
              .from = change.to};
  row->describe(back);
  change.undo->calls = back.calls;
}

// What was hidden on its way in can be neither sent nor restored, and what is secret must not be shown and kept.
Result<void> check_nothing_secret(const Session& session, const Change& change) {
  const auto material = change.digest_material();
  const auto text = to_json(material);
  const auto secret = session.world().secrets.found_in(material);
  if (!secret && text.find("‹secret:") == std::string::npos && text.find("‹redacted:") == std::string::npos) return {};
  return Error{.code = Code::kRefused,
               .message = change.row + " of " + change.target +
                          (secret ? " would show and keep the secret " + *secret
                                  : " would send or restore what was hidden when it was read"),
               .where = change.where,
               .next = "what a plan holds is shown, recorded and needed for the way back; change secrets by hand"};
}

// Keeps what the change destroys. Whether all of it could be kept; of the rest the change says that it is lost.
Task<bool> keep_what_is_lost(Session& session, const safety::ChangeRow& row, Change& change) {
  if (row.captures == nullptr) co_return true;
  bool all = true;
  for (auto& [name, args] : row.captures(change)) {
    safety::Call call{.row = name, .target = change.target, .args = args};
    const auto reading = co_await session.read(name_of_lost(call), call);
    if (reading) {
      change.keeps.push_back(std::move(call));
      continue;
    }
    all = false;
    change.destroys.push_back("what " + call.text() + " tells, which could not be kept: " + reading.error().message);
  }
  co_return all;
}

}  // namespace

Result<Change> change_from_item(Session& session, const Value& item) {
  Change change;
  change.row = item["change"].text_or("");
  change.where = item["where"].text_or("");
  const auto* row = session.world().change_row(change.row);
  if (row == nullptr || !row->offered) {
    return Error{.code = Code::kPlaybook,
                 .message = "there is no change " + escaped(change.row, 60),
                 .where = change.where,
                 .next = "known: " + change_names(session)};
  }
  change.target = target_name(item["target"]);
  const auto* target = session.target(change.target);
  if (target == nullptr) return not_issued(change.target, change.where);
  if (target->kind != row->kind) {
    return Error{
        .code = Code::kPlaybook,
        .message = change.row + " changes a " + std::string(row->kind) + "; " + target->name + " is a " + target->kind,
        .where = change.where};
  }
  if (target->look_only) {
    return Error{
        .code = Code::kRefused, .message = target->name + " may be looked at, not changed", .where = change.where};
  }
  change.args = item["args"].as_map() != nullptr ? item["args"] : Value(Value::Map{});
  if (const auto fits = safety::check_args(change.row, row->args, change.args); !fits)
    return written_at(change.where, fits.error());
  if (row->probe) {
    if (target->probe_prefix.empty()) {
      return Error{.code = Code::kRefused,
                   .message = target->name + " may not be probed: nothing says which keys a probe may write",
                   .where = change.where,
                   .next = "declare it in the inventory: probe_prefix = \"runbook:probe:\""};
    }
  }
  safety::add_declared(*row, *target, change.args);
  change.to = item["to"];
  if (!is_finite(change.to) || !is_finite(change.args)) {
    return Error{.code = Code::kPlaybook, .message = change.row + ": a number that is none", .where = change.where};
  }
  change.comment = item["comment"].text_or("");
  change.irreversible = item["irreversible"].text_or("");
  change.nothing_to_undo = item["nothing_to_undo"].text_or("");
  RUNBOOK_TRY(guard, checks_from(session, item["guard"]));
  change.guard = std::move(guard);
  change.level = static_cast<int>(std::clamp(item["level"].number_or(1), 1.0, 3.0));
  return change;
}

constexpr std::size_t kShownDifferences = 60;  // more of them nobody reads before they approve

std::vector<std::string> shown_diff(std::string_view before, std::string_view after) {
  auto lines = line_diff(before, after);
  if (lines.size() <= kShownDifferences) return lines;
  const auto left = lines.size() - kShownDifferences + 1;
  lines.resize(kShownDifferences - 1);
  lines.push_back("… and " + std::to_string(left) + " more lines");
  return lines;
}

Task<Result<void>> complete(Session& session, Change& change) {
  // Evidence comes first: reading the state below must not count as having looked.
  RUNBOOK_CO_CHECK(session.may_plan(change.target));
  const auto* row = session.world().change_row(change.row);
  const auto to = row->normalise(change.args, change.to);
  if (!to) co_return written_at(change.where, to.error());
  change.to = *to;
  const auto call = safety::state_read(*row, change);
  const auto reading = co_await session.read("before: " + change.row, call);
  if (!reading) {
    const auto& why = reading.error();
    co_return Error{.code = Code::kRefused,
                    .message = "what would be changed cannot be read: " + why.message +
                               (why.next.empty() ? "" : " (" + why.next + ")"),
                    .where = change.target,
                    .next = "without its present state there is no undo"};
  }
  const auto seen = row->seen(*reading);
  if (seen.blob) {
    session.world().evidence.add(*seen.blob);
    session.store_evidence();
  }
  change.from = seen.state;
  if (row->unfit != nullptr) {
    if (auto why = row->unfit(change); !why.empty())
      co_return Error{.code = Code::kRefused, .message = std::move(why), .where = change.target};
  }
  // What a guard sees now is evidence, not yet an answer: it is asked again right before the change.
  for (const auto& check : change.guard) co_await session.read("guard: " + check.call.row, check.call);
  const auto author_level = change.level;
  const auto author_irreversible = change.irreversible;
  // The way back names no text: it takes the file that was kept.
  if (seen.text && change.to.as_text() != nullptr) change.differences = shown_diff(*seen.text, change.to.text_or(""));
  const bool loses_data = row->describe(change);
  const bool all_kept = co_await keep_what_is_lost(session, *row, change);
  if (!author_irreversible.empty()) change.irreversible = author_irreversible;
  // What makes a change count is done again after its undo: that is its way back.
  if (change.activates != 0) change.irreversible.clear();
  if (change.activates != 0 || !author_irreversible.empty()) change.undo.reset();
  if (change.undo) describe_undo(session, change);
  const auto* target = session.target(change.target);
  change.level = std::max(author_level, safety::level_of(change, *target, loses_data || !all_kept));
  co_return check_nothing_secret(session, change);
}

Task<Result<void>> preflight(Session& session, const Change& change) {
  const auto* row = session.world().change_row(change.row);
  if (row->preflight.empty()) co_return Result<void>();
  for (const auto& words : change.calls) {
    Value::List argv;
    for (const auto& word : words) argv.push_back(word.as_text() != nullptr ? word : Value("x"));
    const safety::Call call{
        .row = std::string(row->preflight), .target = change.target, .args = Value::Map{{"argv", std::move(argv)}}};
    const auto reading = co_await session.take("may: " + change.row, call);
    const auto& answer = reading.result;
    if (!answer || (*answer)["allowed"].bool_or(true)) continue;
    session.record_own(reading);
    co_return Error{.code = Code::kRefused,
                    .message = change.target + " would refuse " + safety::command_text(words) + " to the user " +
                               escaped((*answer)["user"].text_or("default"), 40),
                    .where = change.target,
                    .next = escaped((*answer)["why"].text_or("grant it by ACL SETUSER"), 200)};
  }
  co_return Result<void>();
}

Result<std::vector<Check>> checks_from(Session& session, const Value& values) {
  std::vector<Check> checks;
  for (const auto& value : values.items()) {
    RUNBOOK_TRY(check, Check::from_value(value));
    const auto where = std::string(value["where"].text_or(""));
    if (session.target(check.call.target) == nullptr) return not_issued(check.call.target, where);
    if (session.world().read_row(check.call.row) == nullptr) {
      return Error{.code = Code::kPlaybook, .message = escaped(check.call.row, 60) + " is no reader", .where = where};
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

void add_targets(Session& session, Plan& plan) {
  std::set<std::string> names;
  const auto add = [&](const std::vector<Check>& checks) {
    for (const auto& check : checks) names.insert(check.call.target);
  };
  for (const auto& item : plan.items) {
    if (const auto* barrier = std::get_if<safety::Barrier>(&item.what)) add(barrier->goal.checks);
    if (item.change() == nullptr) continue;
    names.insert(item.change()->target);
    add(item.change()->guard);
  }
  add(plan.fixed_when.checks);
  if (plan.watch) add(plan.watch->checks);
  for (const auto& name : names) plan.targets.push_back(*session.target(name));
}

Result<void> record_plan(Session& session, const Plan& plan, Value::Map more) {
  auto data = plan.to_value();
  for (auto& [name, value] : more) data[name] = std::move(value);
  if (to_json(data).size() > kLargestPlan) {
    return Error{.code = Code::kRefused,
                 .message = "a plan of " + std::to_string(plan.items.size()) + " items is too large to be recorded",
                 .next = "narrow the selection, or change the targets in several runs"};
  }
  session.world().evidence.add(to_json(plan.material()));
  session.store_evidence();
  session.record("PLAN", std::move(data));
  return {};
}

}  // namespace runbook::run
