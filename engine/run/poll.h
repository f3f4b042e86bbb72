// Looking at checks again and again: what verify, barriers and watches have in common.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "base/value.h"
#include "run/session.h"
#include "safety/goal.h"

namespace runbook::run {

class Poll {
 public:
  /// `doing` is what progress calls it: "verifying".
  Poll(Session& session, const std::vector<safety::Check>& checks, std::string doing);

  /// Reads every check once, of several targets at the same time, so that one that hangs costs no other its turn. The
  /// first time gives what stays_flat compares with.
  Task<void> look();
  /// Looks until all checks have held for the goal's `holds` (or their own `lasting`), at the latest until its `within`
  /// is over or the operator stops the run. True when they held.
  Task<bool> reach(const safety::Goal& goal);
  /// The same until all checks of so many members have held, whichever members these are.
  Task<bool> reach(const safety::Goal& goal, std::size_t members);

  [[nodiscard]] bool all_hold() const;
  [[nodiscard]] std::chrono::milliseconds waited() const { return age(started_, now()); }
  /// The members of a group whose checks did not hold at the last look.
  [[nodiscard]] std::set<std::string> failed_members() const;
  /// How many members there are of which all checks held at the last look.
  [[nodiscard]] std::size_t count_well() const;
  /// [{text, target, got, holds}], as of the last look.
  [[nodiscard]] Value results() const;
  void show(std::chrono::milliseconds within) const;

 private:
  struct State {
    safety::Check check;
    safety::CheckResult last{};
    Value first{};
    bool has_first = false;
    Moment since{};  // when it began to hold
  };

  [[nodiscard]] Moment now() const { return session_.world().clock.now(); }
  [[nodiscard]] bool is_settled(const State& state, std::chrono::milliseconds holds) const;
  [[nodiscard]] bool settled(std::chrono::milliseconds holds) const;
  /// Looks until `enough` says so, at the latest until the end of the goal.
  Task<bool> reach(const safety::Goal& goal, std::function<bool()> enough);
  Task<void> look_at(State& state);
  Task<void> look_at_target(std::string name);

  Session& session_;
  std::string doing_;
  Moment started_;
  std::vector<State> states_;
};

}  // namespace runbook::run
