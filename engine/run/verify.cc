#include "run/verify.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace runbook::run {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPollEvery{250};

class Verifier {
 public:
  Verifier(Session& session, const safety::Plan& plan) : session_(session), plan_(plan), started_(now()) {
    for (const auto& check : plan.checks) states_.push_back({.check = check});
  }

  Task<bool> poll_until_settled() {
    for (;;) {
      for (auto& state : states_) co_await look(state);
      if (settled()) co_return true;
      const auto waited = age(started_, now());
      if (waited >= plan_.within || session_.interrupted()) co_return false;
      show(waited);
      co_await session_.world().pause(kPollEvery);
    }
  }

  void record(bool held) {
    session_.world().progress.show("");
    Value::List checks;
    for (const auto& state : states_) {
      checks.push_back(Value::Map{{"text", state.check.text()},
                                  {"target", state.check.call.target},
                                  {"got", state.last.got},
                                  {"holds", state.last.holds}});
    }
    session_.record("VERIFY", Value::Map{{"mitigation", plan_.mitigation},
                                         {"holds", held},
                                         {"ms", age(started_, now()).count()},
                                         {"checks", std::move(checks)}});
  }

 private:
  struct State {
    safety::Check check;
    safety::CheckResult last{};
    Value first{};  // what stays_flat compares with
    bool has_first = false;
    Moment since{};  // when it began to hold
    bool holding = false;
  };

  [[nodiscard]] Moment now() const { return session_.world().clock.now(); }

  Task<void> look(State& state) {
    const auto reading = co_await session_.poll("check: " + state.check.call.row, state.check.call);
    const auto seen_at = now();
    state.last = safety::evaluate(state.check, reading, state.first);
    if (reading && !state.has_first) {
      state.first = safety::at_path(*reading, state.check.path);
      state.has_first = true;
    }
    if (state.last.holds && !state.holding) state.since = seen_at;
    state.holding = state.last.holds;
  }

  [[nodiscard]] bool settled() const {
    return std::all_of(states_.begin(), states_.end(), [&](const State& state) {
      return state.holding && age(state.since, now()) >= std::max(plan_.holds, state.check.lasting);
    });
  }

  void show(milliseconds waited) const {
    std::string text = "verifying " + duration_text(waited) + " of at most " + duration_text(plan_.within);
    for (const auto& state : states_) {
      text += state.last.holds ? "; holds: " : "; not yet: ";
      text += state.check.text() + ", is " + escaped(state.last.got, 40);
    }
    session_.world().progress.show(text);
  }

  Session& session_;
  const safety::Plan& plan_;
  Moment started_;
  std::vector<State> states_;
};

}  // namespace

Task<bool> verify(Session& session, const safety::Plan& plan) {
  Verifier verifier(session, plan);
  const bool held = co_await verifier.poll_until_settled();
  verifier.record(held);
  co_return held;
}

}  // namespace runbook::run
