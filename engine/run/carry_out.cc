#include "run/carry_out.h"

#include <unistd.h>

#include <algorithm>
#include <functional>

#include "run/by_hand.h"
#include "run/secret_values.h"
#include "run/settle.h"
#include "run/verify.h"

namespace runbook::run {

using safety::Outcome;
using Status = safety::Outcome::Status;

namespace {

safety::Holder holder(Session& session, const safety::Plan& plan) {
  return {.run = session.id(),
          .playbook = session.title(),
          .operator_name = std::string(operator_identity()["user"].text_or("?")),
          .step = plan.mitigation,
          .since_ms = session.world().clock.now().wall_ms,
          .pid = getpid()};
}

Task<Result<safety::Approval>> pass_gate(Session& session, const safety::Plan& plan, Asker& asker) {
  const auto asked = session.world().clock.now();
  auto approval = co_await asker.approve(plan);
  Value data = Value::Map{{"digest", plan.digest()},
                          {"level", plan.level()},
                          {"mitigation", plan.mitigation},
                          {"approved", approval.has_value()},
                          {"waited_ms", age(asked, session.world().clock.now()).count()},
                          {"operator", operator_identity()}};
  if (approval) {
    data["how"] = approval->how();
    data["reason"] = approval->reason();
  } else {
    data["why"] = approval.error().message;
  }
  const auto written = session.world().journal.append(session.id(), "GATE", std::move(data));
  if (approval && !written) co_return written.error();
  co_return approval;
}

// Before the first change old evidence means that the question is asked anew; after it, the plan goes on with what is
// there now.
Task<void> renew_evidence(Session& session, const CarriedOut& so_far, const std::string& target) {
  if (so_far.changed && session.ledger().stale(target)) co_await session.look_again_at(target);
}

bool is_good(Status status) {
  return status == Status::kApplied || status == Status::kSkipped || status == Status::kVanished;
}

// Goes through the items of an approved plan.
class Carrier {
 public:
  // Carries out the change that is this item (0, 1 …) of the plan.
  using Hand = std::function<Task<Result<Outcome>>(std::size_t item)>;

  Carrier(Session& session, const safety::Plan& plan, Asker& asker, Hand hand, CarriedOut& out)
      : session_(session), plan_(plan), asker_(asker), hand_(std::move(hand)), out_(out) {}

  Task<Result<void>> go(safety::TargetLock& lock) {
    for (; out_.next < plan_.items.size(); ++out_.next) {
      if (session_.interrupted()) co_return Result<void>();
      const auto& item = plan_.items[out_.next];
      RUNBOOK_CO_CHECK(lock.set_step(plan_.mitigation + ": " + name_of(item)));
      RUNBOOK_CO_CHECK(co_await carry(item));
      if (out_.stopped_by) co_return Result<void>();
    }
    out_.complete = true;
    co_return Result<void>();
  }

 private:
  static std::string name_of(const safety::Item& item) {
    if (const auto* change = item.change()) return change->text;
    if (const auto* manual = std::get_if<safety::Manual>(&item.what)) return manual->what;
    return "at a barrier";
  }

  Task<Result<void>> carry(const safety::Item& item) {
    if (const auto* manual = std::get_if<safety::Manual>(&item.what)) co_return co_await ask_a_person(*manual);
    if (const auto* barrier = std::get_if<safety::Barrier>(&item.what)) {
      co_await hold_back(item, *barrier);
      co_return Result<void>();
    }
    co_return co_await change(item, *item.change());
  }

  Task<Result<void>> change(const safety::Item& item, const safety::Change& change) {
    if (const auto why = left_out(item, change); !why.empty()) {
      session_.record("LEFT_OUT", Value::Map{{"item", out_.next + 1}, {"text", change.text}, {"why", why}});
      co_return Result<void>();
    }
    co_await renew_evidence(session_, out_, change.target);
    const auto outcome = co_await hand_(out_.next);
    if (!outcome) {
      // Nothing of this run stands yet: the refusal is the whole story. Otherwise it is told with what was done.
      if (!out_.changed) co_return outcome.error();
      out_.stopped_by = outcome.error();
      session_.world().progress.warn(outcome.error().text());
      co_return Result<void>();
    }
    out_.changed = out_.changed || leaves_something(change, *outcome);
    if (outcome->status == Status::kApplied) {
      out_.applied.insert(out_.next + 1);
      co_await keep_state_after(change);
    }
    if (is_good(outcome->status)) co_return Result<void>();
    const bool known = outcome->status != Status::kInDoubt;
    if (!known || !item.member || !may_fail(*item.member, {item.member->name})) out_.stopped_by = outcome->error;
    co_return Result<void>();
  }

  // A probe takes back what it wrote itself.
  [[nodiscard]] bool leaves_something(const safety::Change& change, const Outcome& outcome) const {
    const auto* row = session_.world().change_row(change.row);
    if (row != nullptr && row->probe) return false;
    return outcome.status == Status::kApplied || outcome.status == Status::kInDoubt ||
           (outcome.status == Status::kFailed && outcome.intent != 0);
  }

  // What stands there now, as evidence: the OUTCOME tells the state, this the whole reading it came from.
  Task<void> keep_state_after(const safety::Change& change) {
    const auto* row = session_.world().change_row(change.row);
    if (row == nullptr) co_return;
    const auto call = safety::state_read(*row, change);
    co_await session_.read("after: " + change.row, call);
  }

  // Why a change is not begun: nothing to activate, or its member of the group has failed.
  [[nodiscard]] std::string left_out(const safety::Item& item, const safety::Change& change) const {
    if (change.activates != 0 && !out_.applied.contains(change.activates))
      return "item " + std::to_string(change.activates) + " changed nothing";
    if (!item.member) return {};
    const auto failed = out_.failed.find(item.member->group);
    return failed != out_.failed.end() && failed->second.contains(item.member->name) ? item.member->name + " failed"
                                                                                     : std::string();
  }

  // Records that members of a group failed; whether the plan goes on without them.
  bool may_fail(const safety::Member& member, const std::set<std::string>& failed) {
    auto all = out_.failed[member.group];
    all.insert(failed.begin(), failed.end());
    const bool goes_on = all.size() <= member.may_fail;
    // Where the plan stops, the operator may have it look once more: at these, too.
    if (goes_on) out_.failed[member.group] = all;
    session_.record("FAILED_MEMBERS", Value::Map{{"item", out_.next + 1},
                                                 {"failed", Value::List(failed.begin(), failed.end())},
                                                 {"all", all.size()},
                                                 {"may_fail", member.may_fail},
                                                 {"goes_on", goes_on}});
    return goes_on;
  }

  Task<void> hold_back(const safety::Item& item, const safety::Barrier& barrier) {
    std::set<std::string> out;
    if (item.member) out = out_.failed[item.member->group];
    const auto passed = co_await pass_barrier(session_, barrier, out_.next + 1, out);
    if (passed.all || session_.interrupted()) co_return;
    if (barrier.at_least > 0) {
      out_.stopped_by = Error{.code = Code::kRefused,
                              .message = std::to_string(passed.well) + " are healthy, and at least " +
                                         std::to_string(barrier.at_least) + " must be: the plan stops there"};
      co_return;
    }
    if (item.member && may_fail(*item.member, passed.failed)) co_return;
    out_.stopped_by = Error{.code = Code::kRefused, .message = "the barrier does not hold: the plan stops there"};
  }

  Task<Result<void>> ask_a_person(const safety::Manual& manual) {
    const auto saw = co_await asker_.confirm(manual);
    const bool as_expected = saw && *saw == manual.expects;
    auto data = manual.to_value();
    data["item"] = out_.next + 1;
    data["digest"] = plan_.digest();
    data["good"] = as_expected;
    data["operator"] = operator_identity();
    if (saw) data["saw"] = *saw;
    // What a person did stands as a change does: the undo must know of it.
    RUNBOOK_CO_TRY(written, session_.world().journal.append_durable(session_.id(), "MANUAL", std::move(data)));
    static_cast<void>(written);
    out_.changed = out_.changed || (saw && manual.undo);
    if (as_expected) co_return Result<void>();
    if (!saw && !out_.changed) co_return saw.error();
    out_.stopped_by =
        saw ? Error{.code = Code::kRefused, .message = "what was seen is not what the plan expects"} : saw.error();
    co_return Result<void>();
  }

  Session& session_;
  const safety::Plan& plan_;
  Asker& asker_;
  Hand hand_;
  CarriedOut& out_;
};

// What its changes name.
std::set<std::string> secrets_sent(const safety::Plan& plan) {
  std::set<std::string> out;
  for (const auto& item : plan.items) {
    const auto* change = item.change();
    if (change == nullptr) continue;
    out.merge(secrets_named_in(change->args));
    out.merge(secrets_named_in(change->to));
  }
  return out;
}

}  // namespace

Task<Result<CarriedOut>> carry_out(Session& session, const safety::Plan& plan, Asker& asker,
                                   std::optional<safety::Approval>& given, CarriedOut so_far) {
  if (plan.is_idle()) co_return CarriedOut{.complete = true};
  // Whoever is asked must be able to count on it that a yes leads somewhere.
  RUNBOOK_CO_CHECK(session.world().journal.ready_for_changes());
  const std::map<std::string, safety::Target, std::less<>> known_before;
  auto sent = secrets_sent(plan);
  RUNBOOK_CO_CHECK(co_await session.world().know_secrets_of(known_before, sent));
  const auto targets = plan.changed_targets();
  for (const auto& target : targets) {
    co_await renew_evidence(session, so_far, target);
    RUNBOOK_CO_CHECK(session.ledger().require_fresh(target));
  }
  RUNBOOK_CO_TRY(lock, session.world().locks.take(targets, holder(session, plan)));
  RUNBOOK_CO_CHECK(co_await settle_doubts(session, targets));
  if (!given || given->digest() != plan.digest()) {
    RUNBOOK_CO_TRY(approval, co_await pass_gate(session, plan, asker));
    given = approval;
  }
  // What was approved is noted outside before it is done.
  if (!so_far.changed) session.anchor();
  if (session.unanchored() && !plan.unanchored) {
    co_return Error{.code = Code::kRefused,
                    .message = "the end of the audit log could be noted when the plan was made, and cannot be now",
                    .next = "run it again: the plan is one level higher then"};
  }
  so_far.stopped_by.reset();
  const auto engine = [&](std::size_t item) { return session.executor().invoke(plan, *given, item); };
  Carrier carrier(session, plan, asker, engine, so_far);
  RUNBOOK_CO_CHECK(co_await carrier.go(lock));
  co_return so_far;
}

Task<Result<CarriedOut>> carry_out_by_hand(Session& session, const safety::Plan& plan, Asker& asker) {
  CarriedOut out;
  RUNBOOK_CO_TRY(lock, session.world().locks.take(plan.changed_targets(), holder(session, plan)));
  const auto person = [&](std::size_t item) { return change_by_hand(session, plan, asker, item); };
  Carrier carrier(session, plan, asker, person, out);
  RUNBOOK_CO_CHECK(co_await carrier.go(lock));
  co_return out;
}

}  // namespace runbook::run
