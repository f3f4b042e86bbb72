#include "run/guided.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "run/carry_out.h"
#include "run/choices.h"
#include "run/hand_over.h"
#include "run/planner.h"
#include "run/undo.h"
#include "run/verify.h"
#include "run/watch.h"

namespace runbook::run {

namespace {

// Mitigations of one run; more means that something is going round in circles.
constexpr int kMostRounds = 20;

class Guide {
 public:
  Guide(Run& run, Asker& asker, std::string mitigate) : run_(run), asker_(asker), mitigate_(std::move(mitigate)) {}
  Guide(Run& run, Asker& asker, LeftBehind left)
      : run_(run), asker_(asker), unfinished_(std::move(left.unfinished)), changed_(left.changed) {}

  Task<Result<Ending>> go() {
    auto ending = co_await rounds();
    // Who hears of an error when something stands changed must hear that too: "declined" and "failed" say that nothing
    // is.
    const bool hides =
        !ending && changed_ && ending.error().code != Code::kAudit && ending.error().code != Code::kUnasked;
    if (!hides) co_return ending;
    run_.session().world().progress.warn(ending.error().text());
    auto told = stopped();
    told.error = ending.error().text();
    co_return told;
  }

 private:
  Task<Result<Ending>> rounds() {
    if (!mitigate_.empty()) RUNBOOK_CO_CHECK(named_mitigation(run_.playbook(), mitigate_));
    for (int round = 0; round < kMostRounds; ++round) {
      RUNBOOK_CO_CHECK(co_await run_.look());
      const auto verdict = co_await run_.diagnose();
      if (unfinished_) {
        auto left = *std::exchange(unfinished_, {});
        RUNBOOK_CO_TRY(ending, co_await go_on(std::move(left)));
        if (!ending.status.empty()) co_return ending;
        continue;
      }
      const auto* wanted = round == 0 ? run_.playbook().mitigation(mitigate_) : nullptr;
      if (nothing_to_do(verdict, wanted)) co_return co_await well(wanted);
      if (run_.session().interrupted()) co_return Ending{.status = "interrupted", .exit = 130};
      RUNBOOK_CO_TRY(ending, co_await step(verdict));
      if (!ending.status.empty()) co_return ending;
    }
    co_return remains("finding");
  }

  // What is chosen for this verdict, and done. An empty status: go on with the next round.
  Task<Result<Ending>> step(const Verdict& verdict) {
    const bool changeable = run_.session().changeable();
    const bool asking = mitigate_.empty() ? worth_asking(run_.playbook(), verdict, changeable) : changeable;
    if (!asking) co_return remains(changeable || verdict.kind != "finding" ? verdict.kind : "looked at only");
    RUNBOOK_CO_TRY(choice, co_await choose(verdict));
    if (choice == kLookAgain) co_return Ending{};
    if (choice == kStop) co_return stop(verdict);
    if (choice == kByHand) co_return co_await by_hand(verdict);
    if (choice == kHandOver) co_return co_await hand_over_to_somebody(verdict);
    for (const auto& link : links_of(verdict)) {
      if (choice == continue_with(link)) co_return follow(link);
    }
    RUNBOOK_CO_TRY(mitigation, named_mitigation(run_.playbook(), choice));
    co_return co_await mitigate(*mitigation, verdict);
  }

  // What was changed is looked after, when the playbook says so.
  Task<Result<Ending>> well(const Mitigation* wanted) {
    if (!changed_) co_return Ending{.status = "healthy", .exit = 0, .note = nothing_to_do_text(wanted)};
    Ending ending{.status = "verified", .exit = 0, .next = run_.next_steps()};
    for (const auto& member : failed_)
      ending.next.push_back(member + " failed on the way and was left alone: look at it");
    if (!watch_) co_return ending;
    const auto end = co_await watch(run_.session(), *watch_);
    if (end == WatchEnd::kEnded) ending.status = "verified, not watched to the end";
    if (end == WatchEnd::kFailed) {
      ending = {.status = "verified, but it did not stay so", .exit = 5};
      ending.next.emplace_back("run it again: it looks anew at what is wrong now");
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
  [[nodiscard]] Ending stop(const Verdict& verdict) const {
    return nothing_answers_ ? remains(verdict.kind) : stopped();
  }

  Task<Result<Ending>> hand_over_to_somebody(const Verdict& verdict) {
    const Ask ask{.mitigation = "",
                  .name = "note",
                  .kind = "text",
                  .label = "A line for whoever takes over, or nothing",
                  .fallback = ""};
    RUNBOOK_CO_TRY(note, co_await asker_.fill(ask));
    RUNBOOK_CO_CHECK(hand_over(run_.session(), run_.playbook(), verdict, std::string(note.text_or(""))));
    auto ending = stop(verdict);
    ending.status = changed_ ? "handed over, changes stand" : "handed over";
    co_return ending;
  }

  // The other playbook begins as a run of its own, after the end of this one.
  Result<Ending> follow(const Link& link) {
    const auto found = Shelf(run_.session().world().config.playbooks).playbook(link.book);
    if (!found) {
      run_.session().world().progress.warn(found.error().text());
      return Ending{};
    }
    auto ending = remains("");
    ending.status = (changed_ ? "changed, " : "") + continue_with(link);
    ending.then = link;
    return ending;
  }

  Task<Result<std::string>> choose(const Verdict& verdict) {
    if (!mitigate_.empty()) co_return std::exchange(mitigate_, {});
    const auto answers = answers_to(run_.playbook(), verdict);
    auto choice = what_now(run_.playbook(), verdict, run_.session().changeable());
    // Nobody there: one mitigation is taken, and after it only the truth is told.
    nothing_answers_ = taken_ || answers.empty() || !run_.session().changeable();
    choice.unattended = nothing_answers_ ? std::string(kStop) : answers.front()->name;
    co_return co_await asker_.choose(choice);
  }

  Task<Result<safety::Plan>> plan_of(const Mitigation& mitigation, const Verdict& verdict) {
    RUNBOOK_CO_CHECK(may_be_used(mitigation, verdict));
    taken_ = true;
    RUNBOOK_CO_TRY(chosen, co_await run_.chosen_values(mitigation, asker_));
    co_return co_await run_.plan(mitigation, chosen, called_for(mitigation, verdict));
  }

  // The operator carries it out; checks, and what comes after, are those of any other plan.
  Task<Result<Ending>> by_hand(const Verdict& verdict) {
    const auto which = which_by_hand(run_.playbook(), verdict);
    RUNBOOK_CO_TRY(choice, co_await asker_.choose(which));
    if (choice == kLookAgain) co_return Ending{};
    RUNBOOK_CO_TRY(mitigation, named_mitigation(run_.playbook(), choice));
    RUNBOOK_CO_TRY(plan, co_await plan_of(*mitigation, verdict));
    if (plan.is_idle()) co_return Ending{};
    const auto done = co_await carry_out_by_hand(run_.session(), plan, asker_);
    const bool given_up = !done && done.error().code == Code::kDeclined && !run_.session().interrupted();
    if (given_up) co_return Ending{};
    if (!done) co_return done.error();
    changed_ = changed_ || done->changed;
    watch_ = plan.watch;
    if (done->complete && co_await verify(run_.session(), plan)) co_return Ending{};
    if (!done->complete && !done->changed) co_return Ending{};
    co_return co_await after_failure(plan, *done, {});
  }

  // The rest of a plan that an interruption left on its way.
  Task<Result<Ending>> go_on(Unfinished left) {
    if (run_.session().interrupted()) co_return Ending{.status = "interrupted", .exit = 130};
    const auto question = what_now_on_the_way(left.plan.mitigation, left.where());
    RUNBOOK_CO_TRY(choice, co_await asker_.choose(question));
    if (choice == kAnother) co_return Ending{};
    if (choice == kUndo) co_return co_await undo_own(run_.session(), asker_);
    if (choice == kLeave) co_return stopped();
    taken_ = true;
    RUNBOOK_CO_CHECK(record_plan(run_.session(), left.plan, {{"goes_on_at", left.so_far.next + 1}}));
    co_return co_await carry_through(left.plan, left.so_far);
  }

  // An empty status: go on with the next round.
  Task<Result<Ending>> mitigate(const Mitigation& mitigation, const Verdict& verdict) {
    RUNBOOK_CO_TRY(plan, co_await plan_of(mitigation, verdict));
    if (plan.is_idle()) co_return Ending{};
    CarriedOut nothing_yet;
    co_return co_await carry_through(plan, nothing_yet);
  }

  Task<Result<Ending>> carry_through(const safety::Plan& plan, CarriedOut so_far) {
    auto done = co_await carry_out(run_.session(), plan, asker_, approval_, so_far);
    if (!done && done.error().code == Code::kRefused && !so_far.changed && too_old(plan)) {
      // The question stood for so long that the evidence is out of date.
      mitigate_ = plan.mitigation;
      co_return Ending{};
    }
    if (!done) co_return done.error();
    const auto approval = std::exchange(approval_, {});  // for this once; the same plan again is another question
    changed_ = changed_ || done->changed;
    watch_ = plan.watch;
    for (const auto& [group, members] : done->failed) failed_.insert(members.begin(), members.end());
    if (!done->changed && done->stopped_by && done->stopped_by->code == Code::kStale && !stale_once_) {
      // The world moved while the question stood: look again, and ask again unless the plan is still the same.
      stale_once_ = true;
      mitigate_ = plan.mitigation;
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
      if (!done.changed) co_return nothing_changed(done);
      // A barrier and a person can be waited for once more; a change is not sent twice.
      const bool waits = done.complete || (approval && plan.items[done.next].change() == nullptr);
      const auto choice = what_now_after_failure(done.complete, waits);
      RUNBOOK_CO_TRY(chosen, co_await asker_.choose(choice));
      if (chosen == kWait) {
        if (!done.complete) {
          RUNBOOK_CO_TRY(more, co_await carry_out(run_.session(), plan, asker_, approval, done));
          done = std::move(more);
          changed_ = changed_ || done.changed;
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
  std::set<std::string> failed_;              // members of groups that failed while the plan went on
  std::optional<safety::Watch> watch_;        // of the last plan
  std::optional<Unfinished> unfinished_;      // until it was decided on
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

Task<Result<Ending>> resumed_run(Run& run, Asker& asker, LeftBehind left) {
  Guide guide(run, asker, std::move(left));
  co_return co_await guide.go();
}

}  // namespace runbook::run
