// A state directory with a log in it, and ways to damage it.
#pragma once

#include <fstream>
#include <iterator>

#include "base/storage.h"
#include "safety/journal.h"
#include "safety/verify.h"
#include "support/temp_dir.h"

namespace runbook::test {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

struct AuditState {
  TempDir dir;
  RealStorage storage;
  ManualClock clock;
  std::filesystem::path state = dir.path() / "state";
  std::filesystem::path log = state / "audit/001.log";
  std::filesystem::path head = state / "audit/HEAD";

  [[nodiscard]] std::unique_ptr<safety::Journal> open() { return safety::Journal::open(storage, clock, state); }
  [[nodiscard]] Result<safety::AuditSummary> verify() { return safety::verify_audit(storage, state); }

  /// Appends this many durable records of run r-1.
  void fill(std::size_t count) {
    const auto journal = open();
    for (std::size_t i = 0; i < count; ++i) {
      clock.advance(std::chrono::milliseconds(10));
      journal->append_durable("r-1", i % 2 == 0 ? "INTENT" : "OUTCOME", Value::Map{{"i", i}}).value();
    }
  }
};

}  // namespace runbook::test
