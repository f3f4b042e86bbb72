#include "run/guided.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "run/carry_out.h"
#include "run/dry_run.h"
#include "run/undo.h"
#include "run/verify.h"
#include "run/watch.h"

namespace runbook::run {

namespace {

// Mitigations of one run; more means that something is going round in circles.
constexpr int kMostRounds = 20;

constexpr std::string_view kLookAgain = "look again";
constexpr std::string_view kStop = "stop";
constexpr std::string_view kWait = "wait";
constexpr std::string_view kUndo = "undo";
constexpr std::string_view kLeave = "leave";
constexpr std::string_view kAnother = "another";

class Guide {
 public:
  Guide(Run& run, Asker& asker, std::string mitigate) : run_(run), asker_(asker), mitigate_(std::move(mitigate)) {}

  Task<Result<Ending>> go() {
    auto ending = co_await rounds();
    // Who quits when something stands changed must hear so: "declined" and "refused" say that nothing is.
    const bool hides =
        !ending && changed_ && (ending.error().code == Code::kDeclined || ending.error().code == Code::kRefused);
    if (!hides) co_return ending;
    run_.session().world().progress.warn(ending.error().text());
    co_return stopped();
  }

 private:
  Task<Result<Ending>> rounds() {
    if (!mitigate_.empty()) RUNBOOK_CO_CHECK(named_mitigation(run_.playbook(), mitigate_));
    for (int round = 0; round < kMostRounds; ++round) {
      RUNBOOK_CO_CHECK(co_await run_.look());
      const auto verdict = co_await run_.diagnose();
      if (verdict.kind == "healthy" && (round > 0 || !holds(mitigate_))) {
        co_return co_await well();
      }
      if (run_.session().interrupted()) co_return Ending{.status = "interrupted", .exit = 130};
      if (verdict.kind != "finding" && mitigate_.empty()) co_return remains(verdict.kind);
      if (!run_.session().changeable()) co_return remains("looked at only");
      RUNBOOK_CO_TRY(choice, co_await choose(verdict));
      if (choice == kLookAgain) continue;
      if (choice == kStop) co_return nothing_answers_ ? remains("finding") : stopped();
      RUNBOOK_CO_TRY(mitigation, named_mitigation(run_.playbook(), choice));
      RUNBOOK_CO_TRY(ending, co_await mitigate(*mitigation, verdict));
      if (!ending.status.empty()) co_return ending;
    }
    co_return remains("finding");
  }

  // Named by the operator and an answer to nothing in particular: wanted also when all is well.
  [[nodiscard]] bool holds(const std::string& name) const {
    const auto* mitigation = run_.playbook().mitigation(name);
    return mitigation != nullptr && mitigation->answers.empty();
  }

  // What was changed is looked after, when the playbook says so.
  Task<Result<Ending>> well() {
    if (!changed_) co_return Ending{.status = "healthy", .exit = 0};
    Ending ending{.status = "verified", .exit = 0, .next = run_.next_steps()};
    if (!watch_) co_return ending;
    const auto end = co_await watch(run_.session(), *watch_);
    if (end == WatchEnd::kEnded) ending.status = "verified, not watched to the end";
    if (end == WatchEnd::kFailed) {
      ending = {.status = "verified, but it did not stay so", .exit = 5};
      ending.next.push_back("run it again: it looks anew at what is wrong now");
    }
    co_return ending;
  }

  // Something is wrong and this run does no more about it.
  [[nodiscard]] Ending remains(std::string status) const {
    return changed_ ? Ending{.status = "changed, but a problem remains", .exit = 5}
                    : Ending{.status = std::move(status), .exit = 11};
  }
  [[nodiscard]] Ending stopped() const {
    return changed_ ? Ending{.status = "stopped, changes stand", .exit = 5} : Ending{.status = "stopped", .exit = 3};
  }

  Task<Result<std::string>> choose(const Verdict& verdict) {
    if (!mitigate_.empty()) co_return std::exchange(mitigate_, {});
    const auto answers = answers_to(run_.playbook(), verdict);
    Choice choice{.question = "What now?"};
    const auto add = [&](const Mitigation& mitigation, std::string why) {
      choice.options.push_back(
          {.id = mitigation.name,
           .text = std::move(why) + (mitigation.warning.empty() ? "" : ". " + mitigation.warning)});
    };
    for (const auto* mitigation : answers) add(*mitigation, "answers " + verdict.findings.front().name);
    for (const auto& mitigation : run_.playbook().mitigations) {
      if (std::find(answers.begin(), answers.end(), &mitigation) != answers.end()) continue;
      const auto forbidden = forbidden_by(mitigation, verdict);
      if (!forbidden.empty()) continue;
      add(mitigation, mitigation.holds_only ? "buys time, cures nothing" : "not called for, one level higher");
    }
    choice.options.push_back({.id = std::string(kLookAgain), .text = "read everything once more"});
    choice.options.push_back({.id = std::string(kStop), .text = "leave it as it is"});
    // Nobody there: one mitigation is taken, and after it only the truth is told.
    choice.unattended = taken_ || answers.empty() ? std::string(kStop) : answers.front()->name;
    nothing_answers_ = taken_ || answers.empty();
    if (run_.playbook().read_only()) co_return std::string(kStop);
    co_return co_await asker_.choose(choice);
  }

  // An empty status: go on with the next round.
  Task<Result<Ending>> mitigate(const Mitigation& mitigation, const Verdict& verdict) {
    if (const auto forbidden = forbidden_by(mitigation, verdict); !forbidden.empty()) {
      co_return Error{.code = Code::kRefused,
                      .message = mitigation.name + " must not be used while there is " + forbidden};
    }
    taken_ = true;
    RUNBOOK_CO_TRY(chosen, co_await run_.chosen_values(mitigation, asker_));
    RUNBOOK_CO_TRY(plan, co_await run_.plan(mitigation, chosen, called_for(mitigation, verdict)));
    CarriedOut nothing_yet;
    auto done = co_await carry_out(run_.session(), plan, asker_, approval_, nothing_yet);
    if (!done && done.error().code == Code::kRefused && too_old(plan)) {
      // The question stood for so long that the evidence is out of date.
      mitigate_ = mitigation.name;
      co_return Ending{};
    }
    if (!done) co_return done.error();
    const auto approval = std::exchange(approval_, {});  // for this once; the same plan again is another question
    changed_ = changed_ || done->changed();
    watch_ = plan.watch;
    if (!done->changed() && done->stopped_by && done->stopped_by->code == Code::kStale && !stale_once_) {
      // The world moved while the question stood: look again, and ask again unless the plan is still the same.
      stale_once_ = true;
      mitigate_ = mitigation.name;
      co_return Ending{};
    }
    if (done->complete && co_await verify(run_.session(), plan)) co_return Ending{};
    co_return co_await after_failure(plan, *done, approval);
  }

  static Ending nothing_changed(const CarriedOut& done) {
    const auto code = done.stopped_by ? done.stopped_by->code : Code::kRemote;
    if (code == Code::kStale) return {.status = "stale, nothing changed", .exit = 8};
    if (code == Code::kRefused) return {.status = "refused, nothing changed", .exit = 8};
    return {.status = "failed, nothing changed", .exit = 1};
  }

  Task<Result<Ending>> after_failure(const safety::Plan& plan, CarriedOut done,
                                     std::optional<safety::Approval> approval) {
    for (;;) {
      if (run_.session().interrupted()) co_return Ending{.status = "interrupted", .exit = 130};
      if (!done.changed()) co_return nothing_changed(done);
      // A barrier and a person can be waited for once more; a change is not sent twice.
      const bool waits = done.complete || plan.items[done.next].change() == nullptr;
      Choice choice{.question = done.complete ? "What was wanted did not come true. What now?"
                                : waits       ? "The plan stopped on its way. What now?"
                                              : "A change failed. What now?",
                    .unattended = std::string(kLeave)};
      if (waits) {
        choice.options.push_back(
            {.id = std::string(kWait),
             .text = done.complete ? "wait once more for the checks" : "try the same item once more, and go on"});
      }
      choice.options.push_back({.id = std::string(kAnother), .text = "look again and choose another mitigation"});
      choice.options.push_back({.id = std::string(kUndo), .text = "undo what this run changed"});
      choice.options.push_back({.id = std::string(kLeave), .text = "leave the changes and stop"});
      RUNBOOK_CO_TRY(chosen, co_await asker_.choose(choice));
      if (chosen == kWait) {
        if (!done.complete) {
          RUNBOOK_CO_TRY(more, co_await carry_out(run_.session(), plan, asker_, approval, done));
          done = std::move(more);
          changed_ = changed_ || done.changed();
        }
        if (done.complete && co_await verify(run_.session(), plan)) co_return Ending{};
        continue;
      }
      if (chosen == kAnother) co_return Ending{};
      if (chosen == kUndo) co_return co_await undo_own(run_.session(), asker_);
      co_return Ending{.status = "changes stand, not verified", .exit = 5};
    }
  }

  [[nodiscard]] bool too_old(const safety::Plan& plan) {
    const auto targets = plan.changed_targets();
    return std::any_of(targets.begin(), targets.end(),
                       [&](const auto& target) { return run_.session().ledger().stale(target); });
  }

  Run& run_;
  Asker& asker_;
  std::optional<safety::Approval> approval_;  // given; counts again for a plan with the same digest
  std::optional<safety::Watch> watch_;        // of the last plan
  std::string mitigate_;
  bool changed_ = false;
  bool taken_ = false;  // a mitigation was, also one that found nothing to change
  bool stale_once_ = false;
  bool nothing_answers_ = false;
};

}  // namespace

Task<Result<Ending>> guided_run(Run& run, Asker& asker, const std::string& mitigate) {
  Guide guide(run, asker, mitigate);
  co_return co_await guide.go();
}

}  // namespace runbook::run
