// What an audited change costs beside the bare disk. Printed, not asserted: a busy disk would make it a coin toss.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "audit_fixture.h"
#include "catch.h"

using runbook::Value;
using runbook::test::AuditState;

namespace {

using Clock = std::chrono::steady_clock;

template <class Work>
double milliseconds(Work work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

}  // namespace

TEST_CASE("an audited change costs little more than writing and syncing twice") {
  AuditState at;
  const runbook::SystemClock clock;
  const auto journal = runbook::safety::Journal::open(at.storage, clock, at.state);
  const Value data = Value::Map{{"change", "redis.config"}, {"target", "cache-1"}, {"padding", std::string(150, 'x')}};
  REQUIRE(journal->append_durable("r-1", "RUN_START", data));
  auto bare = at.storage.open(at.dir.path() / "bare", runbook::Storage::Mode::kAppend).value();
  REQUIRE(at.storage.reserve(bare, 0, runbook::safety::kAuditReserve));
  const std::string line(line_of(journal->records("r-1").value().front()) + "\n");

  std::vector<double> pairs;
  std::vector<double> changes;
  for (int i = 0; i < 200; ++i) {
    pairs.push_back(milliseconds([&] {
      for (int twice = 0; twice < 2; ++twice) {
        REQUIRE(at.storage.append(bare, line));
        REQUIRE(at.storage.sync_data(bare));
      }
    }));
    changes.push_back(milliseconds([&] {
      REQUIRE(journal->ready_for_changes());
      REQUIRE(journal->append_durable("r-1", "INTENT", data));
      REQUIRE(journal->append_durable("r-1", "OUTCOME", data));
    }));
  }
  const auto open = milliseconds([&] { REQUIRE(at.open()->writable()); });
  std::printf(
      "audited change %.3f ms, bare pair of %zu bytes %.3f ms, ratio %.2f; opening a log of 401 records %.2f ms\n",
      median(changes), line.size(), median(pairs), median(changes) / median(pairs), open);
}
