#include "run/approvals.h"

#include "base/json.h"
#include "base/storage.h"
#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace std::chrono_literals;

namespace {

const std::string kDigest = "5f0c11d2a3b4" + std::string(52, 'e');

// A state directory with one PLAN record.
struct Recorded {
  test::TempDir dir;
  RealStorage storage;
  ManualClock clock;
  safety::EvidenceStore evidence{storage, dir.path() / "state"};
  std::unique_ptr<safety::Journal> journal = safety::Journal::open(storage, clock, dir.path() / "state");

  Recorded() { record("first"); }
  void record(const std::string& mitigation) {
    journal->append("run-" + mitigation, "PLAN", Value::Map{{"digest", kDigest}}).value();
  }
  [[nodiscard]] Result<run::RecordedPlan> find(std::string_view approve) const {
    return run::find_approved(*journal, evidence, clock, approve);
  }
};

}  // namespace

TEST_CASE("a plan is found by its digest and by the beginning of it") {
  const Recorded log;
  CHECK(log.find(kDigest).value().run == "run-first");
  CHECK(log.find(kDigest.substr(0, 12)).value().digest == kDigest);
}

TEST_CASE("what a digest was made of is found under it, and its loss refuses no approval") {
  Recorded log;
  CHECK(log.find(kDigest).value().material.is_null());
  const Value material = Value::Map{{"level", 2}};
  const auto digest = log.evidence.add(to_json(material));
  log.journal->append("run-2", "PLAN", Value::Map{{"digest", digest}}).value();
  CHECK(log.find(digest).value().material == material);
}

TEST_CASE("an approval counts for an hour and is then refused with its age") {
  Recorded log;
  log.clock.advance(60min);
  CHECK(log.find(kDigest));
  log.clock.advance(1s);
  const auto expired = log.find(kDigest);
  REQUIRE_FALSE(expired);
  CHECK(expired.error().code == Code::kRefused);
  CHECK(expired.error().message.find("was made 1 h") != std::string::npos);
}

TEST_CASE("a wall clock that is set back does not make an approval young again") {
  Recorded log;
  const auto wall = log.clock.now().wall_ms;
  log.clock.advance(61min);
  log.clock.set_wall(wall);
  CHECK_FALSE(log.find(kDigest));
}

TEST_CASE("the same plan made again counts from then") {
  Recorded log;
  log.clock.advance(61min);
  log.record("second");
  log.clock.advance(30min);
  CHECK(log.find(kDigest).value().run == "run-second");
}

TEST_CASE("an unknown digest is refused") {
  const Recorded log;
  const auto unknown = log.find("000000000000");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == Code::kRefused);
  CHECK(unknown.error().message.find("no plan with the digest 000000000000") != std::string::npos);
}
