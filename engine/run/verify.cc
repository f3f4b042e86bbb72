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
  const bool counts = barrier.at_least > 0;
  if (!counts) std::erase_if(goal.checks, [&](const safety::Check& check) { return out.contains(check.member); });
  Poll poll(session, goal.checks, "at a barrier");
  auto reaching = counts ? poll.reach(goal, barrier.at_least) : poll.reach(goal);
  const bool held = co_await std::move(reaching);
  Value data = Value::Map{{"item", number},
                          {"text", barrier.text},
                          {"holds", held},
                          {"ms", poll.waited().count()},
                          {"checks", poll.results()}};
  if (counts) data["at_least"] = barrier.at_least;
  if (counts) data["well"] = poll.count_well();
  session.record("BARRIER", std::move(data));
  co_return Passed{.all = held, .failed = poll.failed_members(), .well = poll.count_well()};
}

}  // namespace runbook::run
