#include "run/poll.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "run/wait.h"

namespace runbook::run {

using std::chrono::milliseconds;

namespace {
constexpr milliseconds kPollEvery{250};
}  // namespace

Poll::Poll(Session& session, const std::vector<safety::Check>& checks, std::string doing)
    : session_(session), doing_(std::move(doing)), started_(now()) {
  for (const auto& check : checks) states_.push_back({.check = check});
}

Task<void> Poll::look_at(State& state) {
  const auto reading = co_await session_.poll("check: " + state.check.call.row, state.check.call);
  const auto seen_at = now();
  const bool held = state.last.holds;
  state.last = safety::evaluate(state.check, reading, state.first);
  if (reading && !state.has_first) {
    state.first = safety::at_path(*reading, state.check.path);
    state.has_first = true;
  }
  if (state.last.holds && !held) state.since = seen_at;
}

Task<void> Poll::look() {
  session_.world().look_anew();  // who was away a moment ago may be what is waited for
  std::set<std::string> targets;
  for (const auto& state : states_) targets.insert(state.check.call.target);
  std::vector<Task<void>> looks;
  for (const auto& target : targets) looks.push_back(look_at_target(target));
  co_await together(session_.world().loop, std::move(looks));
}

Task<void> Poll::look_at_target(std::string name) {
  for (auto& state : states_) {
    if (state.check.call.target == name) co_await look_at(state);
  }
}

Task<bool> Poll::reach(const safety::Goal& goal) {
  return reach(goal, [this, holds = goal.holds] { return settled(holds); });
}

Task<bool> Poll::reach(const safety::Goal& goal, std::size_t members) {
  return reach(goal, [this, holds = goal.holds, members] {
    std::map<std::string, bool> well;
    for (const auto& state : states_) {
      auto& all = well.emplace(state.check.member, true).first->second;
      all = all && is_settled(state, holds);
    }
    const auto count = std::count_if(well.begin(), well.end(), [](const auto& member) { return member.second; });
    return static_cast<std::size_t>(count) >= members;
  });
}

Task<bool> Poll::reach(const safety::Goal& goal, std::function<bool()> enough) {
  for (;;) {
    co_await look();
    if (enough()) break;
    if (waited() >= goal.within || session_.interrupted()) break;
    show(goal.within);
    co_await session_.world().pause(kPollEvery);
  }
  session_.world().progress.show("");
  co_return enough();
}

bool Poll::all_hold() const {
  return std::all_of(states_.begin(), states_.end(), [](const State& state) { return state.last.holds; });
}

bool Poll::is_settled(const State& state, milliseconds holds) const {
  return state.last.holds && age(state.since, now()) >= std::max(holds, state.check.lasting);
}

bool Poll::settled(milliseconds holds) const {
  return std::all_of(states_.begin(), states_.end(), [&](const State& state) { return is_settled(state, holds); });
}

std::size_t Poll::count_well() const {
  std::set<std::string> members;
  for (const auto& state : states_) members.insert(state.check.member);
  return members.size() - failed_members().size();
}

std::set<std::string> Poll::failed_members() const {
  std::set<std::string> out;
  for (const auto& state : states_) {
    if (!state.last.holds) out.insert(state.check.member);
  }
  return out;
}

Value Poll::results() const {
  Value::List out;
  for (const auto& state : states_) {
    out.push_back(Value::Map{{"text", state.check.text()},
                             {"target", state.check.call.target},
                             {"got", state.last.got},
                             {"holds", state.last.holds}});
  }
  return out;
}

void Poll::show(milliseconds within) const {
  std::string text = doing_ + " " + duration_text(waited()) + " of at most " + duration_text(within);
  for (const auto& state : states_) {
    text += state.last.holds ? "; holds: " : "; not yet: ";
    text += state.check.text() + ", is " + escaped(state.last.got, 40);
  }
  session_.world().progress.show(text);
}

}  // namespace runbook::run
