// A survey that finds nothing shows nothing, unless it finds what is known to be there.
#include "base/memory_storage.h"
#include "careless_storage.h"
#include "catch.h"
#include "rehearsed_run.h"
#include "safety/evidence.h"
#include "safety/journal.h"
#include "survey.h"

using namespace runbook;
using namespace runbook::test;

namespace {

// The smallest that has all kinds of calls: evidence, its record, and two changes. Small enough to visit all states.
void look_and_change(Storage& disk, RecordingStorage& recording) {
  ManualClock clock;
  const auto journal = safety::Journal::open(disk, clock, kState);
  safety::EvidenceStore evidence(disk, kState);
  const auto hash = evidence.add(std::string(1500, 'e'));
  evidence.flush().value();
  journal->append("r", "EVIDENCE", Value::Map{{"sha256", hash}}).value();
  const auto promise = [&](const safety::Record& record) {
    recording.mark({.kind = Step::Kind::kPromise, .at = record.n, .bytes = record.hash});
  };
  for (int i = 0; i < 2; ++i) {
    const auto intent = journal->append_intent("r", Value::Map{}).value();
    promise(intent);
    recording.mark({.kind = Step::Kind::kChange, .at = intent.n});
    promise(journal->append_durable("r", "OUTCOME", Value::Map{}).value());
  }
}

template <class Careless, class... More>
Tally flaws_with(More... more) {
  MemoryStorage memory;
  RecordingStorage recording(memory);
  Careless careless(recording, more...);
  look_and_change(careless, recording);
  return survey(recording.steps(), {.states = 10'000}).flaws;
}

void check_found(const Tally& flaws, const std::string& flaw) {
  std::size_t found = 0;
  for (const auto& [what, count] : flaws) {
    UNSCOPED_INFO(what << " (" << count << ")");
    if (what.find(flaw) != std::string::npos) found += count;
  }
  CHECK(found > 0);
}

}  // namespace

TEST_CASE("without a mistake there is nothing to find") { CHECK(flaws_with<Careful>().empty()); }

TEST_CASE("the directory of the log is not synced: found") {
  check_found(flaws_with<ForgetsDirectories>(kState / "audit"), "this log is missing");
}

TEST_CASE("the directory of the evidence is not synced: found") {
  check_found(flaws_with<ForgetsDirectories>(kState / "evidence"), "a record names evidence that is lost");
}

TEST_CASE("the state directory is not synced: found") {
  check_found(flaws_with<ForgetsDirectories>(kState), "a record names evidence that is lost");
}

TEST_CASE("the directory of the keys is not synced: found") {
  check_found(flaws_with<ForgetsDirectories>(kState / "keys"), "the key of the audit log is missing");
}

TEST_CASE("the log is not synced before a change: found") {
  check_found(flaws_with<ForgetsTheLog>(), "a change without an INTENT");
}

TEST_CASE("evidence is renamed and was never synced: found") {
  check_found(flaws_with<ForgetsContents>(), "evidence under its final name is not complete");
}

TEST_CASE("evidence is renamed before it is synced: found") {
  check_found(flaws_with<RenamesTooEarly>(), "evidence under its final name is not complete");
}

TEST_CASE("HEAD is cut before it is written: found") { check_found(flaws_with<TearsHead>(), "HEAD was damaged"); }

TEST_CASE("HEAD is written before the log is synced: found") {
  check_found(flaws_with<HurriesHead>(), "its end was cut off");
}
