// The power is cut after each call that a live run makes to its disk.
#include <cstdio>

#include "base/memory_storage.h"
#include "catch.h"
#include "rehearsed_run.h"
#include "safety/journal.h"
#include "support/failing_storage.h"
#include "survey.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const Drill kDrill{"redis-down", "memory-full"};

std::vector<Step> recorded(const Drill& drill) {
  MemoryStorage memory;
  RecordingStorage recording(memory);
  return steps_of(drill, recording, recording);
}

void print(const char* what, const Survey& survey) {
  std::size_t all = 0;
  for (const auto& [fault, count] : survey.states) all += count;
  std::printf("%s: %zu calls, %zu different states\n", what, survey.points, all);
  for (const auto& [fault, count] : survey.states) std::printf("  %6zu  %s\n", count, fault.c_str());
  for (const auto& [flaw, count] : survey.flaws) std::printf("  FLAW %6zu  %s\n", count, flaw.c_str());
}

}  // namespace

TEST_CASE("whatever a power cut leaves of a run, the next one goes on from it and nothing promised is lost") {
  for (const Drill& drill : {Drill{"redis-down", "memory-full"}, Drill{"redis-cache-key", "present"},
                             Drill{"redis-cache-key", "present", 1}}) {
    const auto found = survey(recorded(drill), effort(400));
    print((drill.book + (drill.rotate_at == 1 ? ", log goes on" : "")).c_str(), found);
    CHECK(found.flaws.empty());
    CHECK(found.states.size() >= 9);
  }
}

TEST_CASE("a power cut while the log goes on in the next file leaves what the next run goes on from") {
  MemoryStorage memory;
  RecordingStorage recording(memory);
  ManualClock clock;
  for (int run = 0; run < 3; ++run) {
    const auto journal = safety::Journal::open(recording, clock, kState);
    journal->rotate_beyond(1).value();
    journal->append("r", "NOTE", Value::Map{{"padding", std::string(3000, 'x')}}).value();
    const auto intent = journal->append_intent("r", Value::Map{}).value();
    recording.mark({.kind = Step::Kind::kPromise, .at = intent.n, .bytes = intent.hash});
    recording.mark({.kind = Step::Kind::kChange, .at = intent.n});
  }
  const auto found = survey(recording.steps(), effort(800));
  print("the log goes on", found);
  CHECK(found.flaws.empty());
}

TEST_CASE("a second power cut, while the next run settles what the first one left, is no worse") {
  Survey all;
  const auto effort = test::effort(20);
  sample(recorded(kDrill), {.states = effort.states, .mixtures = 2},
         [&](std::string_view, const Tree& tree, const Promised& promised) {
           const auto next = next_run_on(tree, promised);
           const auto found = survey(next.steps, {.states = 10, .mixtures = 4}, next.first);
           all.points += found.points;
           for (const auto& [fault, count] : found.states) all.states[fault] += count;
           for (const auto& [flaw, count] : found.flaws) all.flaws[flaw] += count;
         });
  print("a second power cut", all);
  CHECK(all.flaws.empty());
}

// The page cache outlives a killed process: what it had not synced is there for the next one, and not yet on disk.
TEST_CASE(
    "a run that is killed in its first start, or where its log goes on, leaves nothing that a power cut in the next "
    "run could take away") {
  Survey all;
  bool fired = true;
  for (std::size_t nth = 1; fired; ++nth) {
    REQUIRE(nth < 60);
    MemoryStorage memory;
    RecordingStorage recording(memory);
    {
      FailingStorage dying(recording);
      dying.fail(nth, EIO);
      ManualClock clock;
      const auto killed = safety::Journal::open(dying, clock, kState);
      static_cast<void>(killed->append_intent("killed", Value::Map{}));
      static_cast<void>(killed->rotate_beyond(1));
      fired = dying.fired();
    }
    ManualClock clock;
    const auto journal = safety::Journal::open(recording, clock, kState);
    const auto intent = journal->append_intent("next", Value::Map{});
    REQUIRE(intent);
    recording.mark({.kind = Step::Kind::kPromise, .at = intent->n, .bytes = intent->hash});
    const auto found = survey(recording.steps(), effort(24));
    all.points += found.points;
    for (const auto& [fault, count] : found.states) all.states[fault] += count;
    for (const auto& [flaw, count] : found.flaws) all.flaws[flaw] += count;
  }
  print("killed in the first start", all);
  CHECK(all.flaws.empty());
}
