// What one audited change costs beside the bare disk: an INTENT and an OUTCOME made durable, against two lines of the
// same length appended and synced. In turns, in one folder, so that both meet the same disk.
//
//   bench-audited-change FOLDER [TIMES]     prints {"bare_ms", "audited_ms", "line_bytes"}: medians
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "safety/journal.h"

namespace {

using Clock = std::chrono::steady_clock;
using runbook::Value;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

Value a_change() {
  return Value::Map{{"row", "redis.config"},
                    {"target", "cache-1"},
                    {"args", Value::Map{{"key", "maxmemory"}}},
                    {"from", 16777216},
                    {"to", 33554432},
                    {"text", "set maxmemory of cache-1 from 16777216 (16 MiB) to 33554432 (32 MiB)"}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path folder = argv[1];
  const auto times = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 500;
  runbook::RealStorage storage;
  const runbook::SystemClock clock;
  const auto journal = runbook::safety::Journal::open(storage, clock, folder / "state");
  const auto data = a_change();
  const auto first = journal->append_durable("20261120-233107-k3v9", "INTENT", data).value();
  const auto line = runbook::safety::line_of(first) + "\n";
  auto bare = storage.open(folder / "bare", runbook::Storage::Mode::kAppend).value();
  storage.reserve(bare, 0, runbook::safety::kAuditReserve).value();

  std::vector<double> pairs;
  std::vector<double> changes;
  for (unsigned long i = 0; i < times; ++i) {
    auto begin = Clock::now();
    for (int twice = 0; twice < 2; ++twice) {
      storage.append(bare, line).value();
      storage.sync_data(bare).value();
    }
    pairs.push_back(milliseconds_since(begin));
    begin = Clock::now();
    journal->append_intent("20261120-233107-k3v9", data).value();
    journal->append_durable("20261120-233107-k3v9", "OUTCOME", data).value();
    changes.push_back(milliseconds_since(begin));
  }
  const Value result =
      Value::Map{{"bare_ms", median(pairs)}, {"audited_ms", median(changes)}, {"line_bytes", line.size()}};
  std::printf("%s\n", runbook::to_json(result).c_str());
}
