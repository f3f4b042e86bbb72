#include "run/verify.h"

#include "run/poll.h"

namespace runbook::run {

Task<bool> verify(Session& session, const safety::Plan& plan) {
  Poll poll(session, plan.fixed_when.checks, "verifying");
  const bool held = co_await poll.reach(plan.fixed_when);
  session.record(
      "VERIFY",
      Value::Map{
          {"mitigation", plan.mitigation}, {"holds", held}, {"ms", poll.waited().count()}, {"checks", poll.results()}});
  co_return held;
}

Task<Passed> pass_barrier(Session& session, const safety::Barrier& barrier, std::size_t number,
                          const std::set<std::string>& out) {
  auto goal = barrier.goal;
  std::erase_if(goal.checks, [&](const safety::Check& check) { return out.contains(check.member); });
  Poll poll(session, goal.checks, "at a barrier");
  const bool held = co_await poll.reach(goal);
  session.record("BARRIER", Value::Map{{"item", number},
                                       {"text", barrier.text},
                                       {"holds", held},
                                       {"ms", poll.waited().count()},
                                       {"checks", poll.results()}});
  co_return Passed{.all = held, .failed = poll.failed_members()};
}

}  // namespace runbook::run
