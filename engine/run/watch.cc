#include "run/watch.h"

#include <algorithm>

#include "run/poll.h"

namespace runbook::run {

namespace {

constexpr std::chrono::milliseconds kLookEvery{1000};

std::string_view name_of(WatchEnd end) {
  return end == WatchEnd::kStayed ? "stayed" : end == WatchEnd::kFailed ? "failed" : "ended";
}

}  // namespace

Task<WatchEnd> watch(Session& session, const safety::Watch& wanted) {
  Poll poll(session, wanted.checks, "watching");
  auto end = WatchEnd::kStayed;
  for (;;) {
    co_await poll.look();
    if (!poll.all_hold()) end = WatchEnd::kFailed;
    // A reading that the operator's ^C cut short says nothing about the world.
    if (session.interrupted()) end = WatchEnd::kEnded;
    if (end != WatchEnd::kStayed || poll.waited() >= wanted.within) break;
    poll.show(wanted.within);
    co_await session.world().pause(std::min(kLookEvery, wanted.within - poll.waited()));
  }
  session.world().progress.show("");
  session.record("WATCH", Value::Map{{"end", name_of(end)},
                                     {"note", wanted.note},
                                     {"within_ms", wanted.within.count()},
                                     {"ms", poll.waited().count()},
                                     {"checks", poll.results()}});
  co_return end;
}

}  // namespace runbook::run
