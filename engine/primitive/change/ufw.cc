// Changing rules of ufw: the host's own timer first, then the rule, then a new login that stops the timer.
//
// The timer is stopped over that login alone. Whether it was in time the host tells: a timer that went off is gone, and
// what it started is waited for by the read of the state, which calls a rule unconfirmed as long as it runs.
#include "primitive/spec/ufw.h"

#include <chrono>

#include "net/wait.h"
#include "primitive/change/appliers.h"
#include "primitive/change/host_calls.h"
#include "primitive/read/ask_host.h"
#include "primitive/read/host_ufw.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kWithin(20);
constexpr std::chrono::seconds kMuchLater(60);  // a host that had not done it by then has another problem
constexpr std::chrono::milliseconds kBetween(500);

Error with(Error error, std::string_view more) {
  error.message += more;
  return error;
}

Task<Result<void>> run_after_login(Reach& reach, const Target& target, const guard::Argv& words, const Permit& permit) {
  RUNBOOK_CO_TRY(login, co_await reach.open_ssh(target));
  co_return co_await run_over(*login, target, words, permit, kWithin);
}

// A login may fail once for another reason, so it is tried as long as there is time. kRemote: the timer went off.
Task<Result<void>> confirm(Reach& reach, const Target& target, const guard::Argv& stop, const Permit& permit,
                           Clock::time_point end) {
  bool in_doubt = false;
  for (;;) {
    auto stopped = co_await run_after_login(reach, target, stop, permit);
    if (stopped) co_return stopped;
    auto error = stopped.error();
    in_doubt = in_doubt || error.code == Code::kInDoubt;
    if (error.code == Code::kRemote || Clock::now() + kBetween >= end) {
      if (in_doubt) error.code = Code::kInDoubt;  // an earlier attempt may have stopped it
      co_return error;
    }
    co_await net::wait(reach.loop(), kBetween);
  }
}

// Until the host's timer is over; false when nobody could see that.
Task<bool> wait_for_host(Reach& reach, const Target& target, const UfwRule& rule, Clock::time_point end) {
  while (Clock::now() < end + kMuchLater) {
    const auto timers = co_await ask_ufw_timers(reach, target, rule);
    if (timers && !timers->unconfirmed) co_return true;
    if (!timers) reach.forget_failures();
    co_await net::wait(reach.loop(), kBetween);
  }
  co_return false;
}

// Sends what there is for a change that did not go well, from the `first` of it; what fails of it the host does, later.
Task<void> clean_up(Reach& reach, const Target& target, const Change& change, const Permit& permit, std::size_t first) {
  for (auto i = change.calls.size() + first; i < permit.sends().size(); ++i) {
    const auto sent = co_await run_in_permit(reach, target, permit.sends().at(i), permit, kWithin);
    if (!sent && i == change.calls.size() + kUfwBack) co_return;  // the host's timer is still there for it
  }
}

// What the host needs to know before the rule is changed. Whatever becomes of it: no rule is changed yet.
Task<Result<void>> prepare(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  for (std::size_t i = 0; i < ufw_rule_call(change.args); ++i) {
    const auto sent = co_await run_in_permit(reach, target, permit.sends().at(i), permit, kWithin);
    if (sent) continue;
    if (i > 0) co_await clean_up(reach, target, change, permit, kUfwBack);
    auto error = with(sent.error(), "; no rule was changed");
    if (error.code == Code::kInDoubt) error.code = Code::kUnreachable;  // a timer alone finds nothing to do
    co_return error;
  }
  co_return Result<void>();
}

// The host's own timer is at work: what it came to, as far as anybody could see.
Task<Error> taken_back(Reach& reach, const Target& target, const Change& change, const Permit& permit, Error why,
                       Clock::time_point end) {
  const auto rule = parse_ufw_rule(change.args["rule"].text_or(""));
  const bool over = rule && co_await wait_for_host(reach, target, *rule, end);
  if (why.code == Code::kInDoubt) co_return why;
  if (over) co_await clean_up(reach, target, change, permit, kUfwBeyondRule);
  why.code = Code::kUnreachable;
  co_return with(why, over ? "; nobody confirmed the change, and the host took it back by itself"
                           : "; the host takes the change back by itself, which nobody could see yet");
}

Task<Result<void>> apply_rule(Reach& reach, const Target& target, const Change& change, const Permit& permit) {
  const auto end = Clock::now() + ufw_confirm_time(change.args);  // the host begins to count later
  RUNBOOK_CO_CHECK(co_await prepare(reach, target, change, permit));
  const auto at = ufw_rule_call(change.args);
  const auto changed = co_await run_in_permit(reach, target, permit.sends().at(at), permit, kWithin);
  if (!changed && changed.error().code == Code::kRemote) {  // of a rule for both kinds of address, one may be changed
    co_await clean_up(reach, target, change, permit, kUfwBack);
    co_return changed.error();
  }
  if (!changed) {
    auto lost = changed.error();
    lost.code = Code::kUnreachable;  // nobody will confirm it, so the host takes it back
    co_return co_await taken_back(reach, target, change, permit, std::move(lost), end);
  }
  const auto confirmed = co_await confirm(reach, target, permit.sends().at(at + 1), permit, end);
  if (!confirmed) co_return co_await taken_back(reach, target, change, permit, confirmed.error(), end);
  for (auto i = at + 2; i < change.calls.size(); ++i)
    RUNBOOK_CO_CHECK(co_await run_in_permit(reach, target, permit.sends().at(i), permit, kWithin));
  co_return Result<void>();
}

}  // namespace

std::vector<safety::Applier> ufw_appliers(Reach& reach) {
  std::vector<safety::Applier> out;
  for (const auto* row : {"ufw.rule", "ufw.delete"}) {
    out.push_back({.row = row, .apply = [&reach](const Target& target, const Change& change, const Permit& permit) {
                     return apply_rule(reach, target, change, permit);
                   }});
  }
  return out;
}

}  // namespace runbook::primitive
