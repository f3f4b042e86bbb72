#include "run/resume.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "run/guided.h"
#include "run/planner.h"
#include "run/settle.h"
#include "run/standing.h"
#include "safety/doubt.h"
#include "safety/whole.h"

namespace runbook::run {

namespace {

// As -p would give it.
std::string text_of(const Value& input) {
  if (const auto* text = input.as_text()) return *text;
  std::vector<std::string> parts;
  for (const auto& item : input.items()) parts.push_back(text_of(item));
  return input.as_list() != nullptr ? join(parts, ",") : to_json(input);
}

Request request_of(const Value& began) {
  Request request{.book = std::string(began["file"].text_or("")), .mode = "live"};
  request.incident = began["incident"].text_or("");
  request.follows = began["follows"].text_or("");
  for (const auto& [name, value] : began["inputs"].members()) {
    const bool left_out = value.as_list() != nullptr && value.items().empty();
    if (!left_out) request.inputs.emplace(name, text_of(value));
  }
  for (const auto& [name, value] : began["asks"].members()) request.asks.emplace(name, value.text_or(""));
  return request;
}

Error not_to_resume(std::string_view run, std::string why, std::string next) {
  return {.code = Code::kUsage, .message = "run " + std::string(run) + " " + std::move(why), .next = std::move(next)};
}

// An end that is none: the operator, the deadline or a signal cut it short.
bool cut_short(const Value& end) {
  static constexpr int kCutShort[] = {124, 129, 130, 143};
  const auto exit = static_cast<int>(end["exit"].number_or(0));
  return std::find(std::begin(kCutShort), std::end(kCutShort), exit) != std::end(kCutShort);
}

// Whether somebody began to take back what the plan had done: then the rest of it has lost its ground.
Result<bool> taken_back(safety::Journal& journal, std::string_view run, const OnItsWay& way) {
  bool found = false;
  RUNBOOK_CHECK(journal.for_each_since(run, [&](const safety::Record& record) {
    if (record.type == "INTENT" || record.type == "MANUAL")
      found = found || way.made.contains(safety::whole(record.data["undoes"]));
  }));
  return found;
}

Result<std::optional<Unfinished>> unfinished_plan(Run& run, std::string_view id) {
  auto& journal = run.session().world().journal;
  RUNBOOK_TRY(records, journal.records(id));
  const auto way = on_its_way(records);
  if (!way) return std::optional<Unfinished>();
  RUNBOOK_TRY(back, taken_back(journal, id, *way));
  if (back) return std::optional<Unfinished>();
  if (way->is_undo()) {
    return Error{.code = Code::kRefused,
                 .message = "run " + std::string(id) + " was taking back what it had changed",
                 .next = "runbook undo " + std::string(id) + " goes on with that"};
  }
  RUNBOOK_TRY(plan, run.recorded_plan(way->plan));
  return std::optional(way->with(std::move(plan)));
}

}  // namespace

Result<Interrupted> interrupted_run(safety::Journal& journal, std::string_view run) {
  RUNBOOK_TRY(records, journal.records(run));
  Value began;
  Value process;
  Value end;
  for (const auto& record : records) {
    if (record.type == "RUN_START") began = record.data;
    if (record.type == "RUN_START" || record.type == "RESUME") process = record.data["process"];
    if (record.type == "RUN_START" || record.type == "RESUME") end = {};
    if (record.type == "RUN_END") end = record.data;
  }
  if (began.is_null())
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(run, 60),
                 .next = "runbook runs lists them"};
  const auto book = escaped(began["playbook"].text_or(""), 60);
  if (const auto undone = began["undoes"].text_or(""); !undone.empty())
    return not_to_resume(run, "was an undo", "runbook undo " + escaped(undone, 60) + " takes back what still stands");
  if (began["mode"].text_or("") != "live")
    return not_to_resume(run, "was a dry run: there is nothing to go on with", "runbook run " + book + " begins one");
  if (end.is_null() && still_runs(process))
    return not_to_resume(run, "is still running, as process " + to_json(process["pid"]), "");
  RUNBOOK_TRY(open, safety::open_intents(journal));
  const bool in_doubt = std::any_of(open.begin(), open.end(), [&](const auto& intent) { return intent.run == run; });
  const auto way = on_its_way(records);
  const bool plan_left = way && !way->is_undo();
  if (!end.is_null() && !cut_short(end) && !in_doubt && !plan_left) {
    return not_to_resume(
        run, "came to its end: " + escaped(end["status"].text_or(""), 60),
        "runbook run " + book + " begins a new one, runbook undo " + std::string(run) + " takes back what it changed");
  }
  Interrupted interrupted{.request = request_of(began)};
  interrupted.began = std::move(began);
  return interrupted;
}

Task<Result<Ending>> resume(Run& run, Asker& asker, const Value& began, bool accept_changed) {
  RUNBOOK_CO_CHECK(co_await run.resume(asker, began, accept_changed));
  auto& session = run.session();
  RUNBOOK_CO_CHECK(co_await settle_with(session, asker));
  LeftBehind left;
  if (!accept_changed) {
    RUNBOOK_CO_TRY(unfinished, unfinished_plan(run, session.id()));
    left.unfinished = std::move(unfinished);
  }
  RUNBOOK_CO_TRY(standing, standing_changes(session.world().journal, session.id()));
  left.changed = !standing.empty();
  co_return co_await resumed_run(run, asker, std::move(left));
}

Task<Result<Ending>> resume_dry(Run& run, Asker& asker, std::string interrupted, const Value& began) {
  RUNBOOK_CO_CHECK(co_await run.start(asker));
  RUNBOOK_CO_TRY(unfinished, unfinished_plan(run, interrupted));
  RUNBOOK_CO_CHECK(co_await run.look());
  const auto verdict = co_await run.diagnose();
  Ending ending{.status = verdict.kind == "finding" || unfinished ? "planned" : verdict.kind, .exit = 0};
  for (const auto& line : run.changed_since(began)) ending.next.push_back("resuming would be refused: " + line);
  RUNBOOK_CO_TRY(open, safety::open_intents(run.session().world().journal));
  for (const auto& intent : open) {
    if (intent.run == interrupted) ending.next.push_back("in doubt until its state is read: " + intent.change.text);
  }
  if (unfinished) {
    RUNBOOK_CO_CHECK(record_plan(run.session(), unfinished->plan, {{"goes_on_at", unfinished->so_far.next + 1}}));
  } else {
    ending.next.emplace_back("no plan was on its way: resuming looks, and asks what to do");
  }
  co_return ending;
}

}  // namespace runbook::run
