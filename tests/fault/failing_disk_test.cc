// Each call that a live run makes to its disk fails: once, or from then on.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/memory_storage.h"
#include "catch.h"
#include "power_cut.h"
#include "rehearsed_run.h"
#include "safety/journal.h"
#include "safety/verify.h"
#include "support/failing_storage.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Fault {
  std::size_t nth;
  int number;
  bool once;
};

// What the run did before and after the disk failed.
struct Story {
  bool fired = false;
  std::string call;                               // that failed
  int begun = 0;                                  // changes
  int begun_after = 0;                            // and those after it
  std::map<std::uint64_t, std::string> promised;  // records that it waited for, n and hash
  std::string in_flight;                          // the change whose OUTCOME was not recorded
  int exit = 0;
  std::string error;
  std::string warnings;
};

Story run_with(const Fault& fault, const Drill& drill, Storage& memory) {
  Story story;
  FailingStorage failing(memory);
  failing.fail(fault.nth, fault.number, {}, fault.once);
  const auto run = carry_out(drill, failing,
                             {.record =
                                  [&](const safety::Record& record) {
                                    if (is_promised(record)) story.promised[record.n] = record.hash;
                                    if (record.type == "OUTCOME" && record.n != 0) story.in_flight.clear();
                                  },
                              .change =
                                  [&](const safety::Change& change) {
                                    ++story.begun;
                                    story.begun_after += failing.fired() ? 1 : 0;
                                    story.in_flight = change.text;
                                  }});
  story.fired = failing.fired();
  const auto calls = failing.calls();
  if (story.fired) story.call = calls.at(fault.nth - 1);
  story.exit = run.rehearsal ? run.rehearsal->ending.exit : -1;
  story.error = run.rehearsal ? run.rehearsal->ending.error : run.rehearsal.error().text();
  for (const auto& line : run.lines) story.warnings += line + '\n';
  return story;
}

// The locks are the kernel's; what their files say is a courtesy, and taken back at the end.
bool matters(const std::string& call) { return call != "truncate cache-1.lock"; }

void check(const Story& story) {
  CHECK(story.begun_after == 0);
  if (!story.in_flight.empty()) {
    CHECK(story.exit == 9);
    CHECK(story.error.find(story.in_flight) != std::string::npos);
    CHECK(story.error.find("could not be recorded") != std::string::npos);
  }
  if (story.exit == 0 && matters(story.call)) {
    // All was done and checked, but not all of it was kept: that is said.
    CHECK(story.warnings.find("NOT") != std::string::npos);
    CHECK((story.begun == 0 || story.warnings.find("NOT RECORDED") == std::string::npos));
  } else if (story.exit != 0) {
    CHECK((story.exit == 8 || story.exit == 9));
    CHECK_FALSE(story.error.empty());
  }
}

// The disk is well again, and another run begins.
void check_what_is_left(Storage& memory, const std::map<std::uint64_t, std::string>& promised) {
  ManualClock clock;
  const auto journal = safety::Journal::open(memory, clock, kState);
  REQUIRE(journal->append_intent("next", Value::Map{}));
  CHECK(safety::verify_audit(memory, kState));
  auto missing = promised;
  REQUIRE(journal->for_each([&](const safety::Record& record) {
    const auto found = missing.find(record.n);
    if (found != missing.end() && found->second == record.hash) missing.erase(found);
  }));
  CHECK(missing.empty());
}

void fail_everywhere(const Drill& drill, int number, bool once) {
  Tally fired;
  for (std::size_t nth = 1;; ++nth) {
    MemoryStorage memory;
    const auto story = run_with({.nth = nth, .number = number, .once = once}, drill, memory);
    if (!story.fired) break;
    INFO("call " << nth << ", " << story.call << ": exit " << story.exit << ", " << story.error << "\n"
                 << story.warnings);
    check(story);
    check_what_is_left(memory, story.promised);
    ++fired[story.call.substr(0, story.call.find(' '))];
  }
  std::printf("%s, %s, %s:", drill.book.c_str(), std::generic_category().message(number).c_str(),
              once ? "once" : "from then on");
  for (const auto& [call, count] : fired) std::printf(" %zu %s,", count, call.c_str());
  std::printf("\n");
  // Each kind of call was made to fail, or this shows nothing.
  for (const auto* call : {"append", "make_directory", "open", "overwrite", "rename", "reserve", "sync", "sync_data",
                           "sync_directory", "try_lock"}) {
    INFO(call);
    CHECK(fired[call] > 0);
  }
}

}  // namespace

TEST_CASE("whichever call fails for good, no change is begun after it and what is in flight is told") {
  fail_everywhere({"redis-cache-key", "present"}, EIO, false);
}

TEST_CASE("whichever call fails once, no change is begun after it and what is in flight is told") {
  fail_everywhere({"redis-cache-key", "present"}, ENOSPC, true);
}

TEST_CASE("the same in a long run, and for the other reasons") {
  if (std::getenv("RUNBOOK_BUDGET") == nullptr) return;
  for (const Drill& drill : {Drill{"redis-cache-key", "present"}, Drill{"redis-down", "memory-full"}}) {
    for (const int number : {EIO, ENOSPC}) {
      fail_everywhere(drill, number, false);
      fail_everywhere(drill, number, true);
    }
  }
}
