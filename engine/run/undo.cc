#include "run/undo.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "run/carry_out.h"
#include "run/planner.h"

namespace runbook::run {

using safety::Change;

namespace {

bool same_action(const Change& one, const Change& other) {
  return one.row == other.row && one.target == other.target && one.args == other.args;
}

// Reads through the log and keeps what stands of one run's changes.
class Ledger {
 public:
  explicit Ledger(std::string_view run) : run_(run) {}

  void take(const safety::Record& record) {
    known_ = known_ || record.run == run_;
    if (record.type == "INTENT") {
      if (auto change = Change::from_value(record.data)) intent(record, std::move(*change));
    } else if (record.type == "OUTCOME") {
      outcome(static_cast<std::uint64_t>(record.data["intent"].number_or(0)), record.data["status"].text_or(""));
    } else if (record.type == "MANUAL") {
      by_hand(record);
    }
  }

  [[nodiscard]] bool known() const { return known_; }
  // The last change first.
  std::vector<Standing> standing() {
    std::reverse(standing_.begin(), standing_.end());
    return std::move(standing_);
  }

 private:
  struct WayBack {
    std::uint64_t intent = 0;  // what it takes back
    Change change{};
  };

  template <class Predicate>
  Standing* find(Predicate predicate) {
    const auto found = std::find_if(standing_.begin(), standing_.end(), predicate);
    return found == standing_.end() ? nullptr : &*found;
  }

  void intent(const safety::Record& record, Change change) {
    if (change.undoes != 0) {
      const auto taken_back = change.undoes;
      undoing_[record.n] = {.intent = taken_back, .change = std::move(change)};
      return;
    }
    if (record.run != run_) return;
    auto url = std::string(record.data["url"].text_or(""));
    auto digest = std::string(record.data["digest"].text_or(""));
    if (change.activates != 0) {
      auto* activated = find([&](const Standing& s) { return s.digest == digest && s.item == change.activates; });
      if (activated != nullptr) activated->activations.push_back({.change = std::move(change), .url = std::move(url)});
      return;
    }
    standing_.push_back({.intent = record.n,
                         .change = std::move(change),
                         .url = std::move(url),
                         .in_doubt = true,
                         .digest = std::move(digest),
                         .item = static_cast<std::size_t>(record.data["item"].number_or(0))});
  }

  // What a person did stands, also when they saw something else than expected; tried again, it is still one thing.
  void by_hand(const safety::Record& record) {
    auto manual = safety::Manual::from_value(record.data);
    if (manual.undoes != 0) {
      if (record.data["good"].bool_or(false)) drop(manual.undoes);
      return;
    }
    if (record.run != run_ || !manual.undo || record.data["saw"].is_null()) return;
    const auto item = static_cast<std::size_t>(record.data["item"].number_or(0));
    auto digest = std::string(record.data["digest"].text_or(""));
    if (find([&](const Standing& s) { return s.by_hand && s.item == item && s.digest == digest; }) != nullptr) return;
    standing_.push_back({.intent = record.n, .by_hand = std::move(manual), .digest = std::move(digest), .item = item});
  }

  void outcome(std::uint64_t intent, std::string_view status) {
    if (auto* own = find([&](const Standing& s) { return s.intent == intent; })) {
      own->in_doubt = status == "in_doubt";
      if (status != "applied" && status != "in_doubt" && status != "failed") drop(intent);
    }
    const auto undone = undoing_.find(intent);
    if (undone == undoing_.end() || status != "applied") return;
    auto* standing = find([&](const Standing& s) { return s.intent == undone->second.intent; });
    if (standing == nullptr) return;
    auto& activations = standing->activations;
    const auto activation = std::find_if(activations.begin(), activations.end(), [&](const Activation& a) {
      return same_action(a.change, undone->second.change);
    });
    (activation == activations.end() ? standing->back : activation->again) = true;
    const bool active = std::all_of(activations.begin(), activations.end(), [](const auto& a) { return a.again; });
    if (standing->back && active) drop(standing->intent);
  }

  void drop(std::uint64_t intent) {
    std::erase_if(standing_, [&](const Standing& s) { return s.intent == intent; });
  }

  std::string run_;
  bool known_ = false;
  std::vector<Standing> standing_;
  std::map<std::uint64_t, WayBack> undoing_;  // by the INTENT of an undo
};

}  // namespace

Result<std::vector<Standing>> standing_changes(safety::Journal& journal, std::string_view run) {
  Ledger ledger(run);
  RUNBOOK_CHECK(journal.for_each([&](const safety::Record& record) { ledger.take(record); }));
  if (!ledger.known()) {
    return Error{.code = Code::kNotFound,
                 .message = "the log has no run " + escaped(run, 60),
                 .next = "runbook runs lists them"};
  }
  return ledger.standing();
}

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
  RUNBOOK_CO_CHECK(co_await complete(session, change));
  if (change.from == change.to) {
    out.settled.push_back(done.text + ": it is back already");
    co_return none;
  }
  if (!(change.from == done.to)) {
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
  for (const auto& one : standing) {
    if (one.by_hand) {
      const auto& undo = *one.by_hand->undo;
      out.plan.items.push_back(
          {.what = safety::Manual{.what = undo.what, .expects = undo.expects, .undoes = one.intent}});
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
    const auto state = row->state_call(change->args);
    Reading reading{.name = "now: " + change->row,
                    .call = {.row = state.row, .target = change->target, .args = state.args},
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
