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

// One whose log goes on in the next file, with an INTENT in either.
void change_and_rotate(Storage& disk, RecordingStorage& recording) {
  ManualClock clock;
  const auto journal = safety::Journal::open(disk, clock, kState);
  for (int i = 0; i < 2; ++i) {
    journal->append("r", "NOTE", Value::Map{{"padding", std::string(700, 'x')}}).value();
    const auto intent = journal->append_intent("r", Value::Map{}).value();
    recording.mark({.kind = Step::Kind::kPromise, .at = intent.n, .bytes = intent.hash});
    recording.mark({.kind = Step::Kind::kChange, .at = intent.n});
    journal->append("r", "NOTE", Value::Map{{"padding", std::string(700, 'x')}}).value();
    journal->rotate_beyond(1).value();
  }
}

using Story = void (*)(Storage& disk, RecordingStorage& recording);

template <class Careless, class... More>
Tally flaws_in(Story story, More... more) {
  MemoryStorage memory;
  RecordingStorage recording(memory);
  Careless careless(recording, more...);
  story(careless, recording);
  return survey(recording.steps(), {.states = 10'000}).flaws;
}

template <class Careless, class... More>
Tally flaws_with(More... more) {
  return flaws_in<Careless>(look_and_change, more...);
}

template <class Careless, class... More>
Tally flaws_in_rotation(More... more) {
  return flaws_in<Careless>(change_and_rotate, more...);
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

TEST_CASE("without a mistake there is nothing to find in a log that goes on in the next file") {
  CHECK(flaws_in_rotation<Careful>().empty());
}

TEST_CASE("the name of the next file is not on disk when HEAD is: found") {
  check_found(flaws_in_rotation<ForgetsDirectories>(kState / "audit"), "its end was cut off");
}

TEST_CASE("the next file is made before the one in use is on disk: found") {
  check_found(flaws_in_rotation<ForgetsOneFile>("001.log"), "ends within a record");
}

TEST_CASE("the first record of the next file is not on disk when HEAD is: found") {
  check_found(flaws_in_rotation<ForgetsOneFile>("002.log"), "its end was cut off");
}

TEST_CASE("records are written to the next file before HEAD on the disk knows of it: found") {
  check_found(flaws_in_rotation<ForgetsOneFile>("HEAD"), "HEAD belongs to .log");
}

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
