// `runbook audit verify`: reads the whole audit log and believes nothing.
//
// It shares the parser of a line with the journal and nothing of its state; docs/audit.md is enough to write another
// one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/storage.h"
#include "safety/anchor.h"

namespace runbook::safety {

/// What else a log is held against.
struct VerifyWish {
  std::string from{};  // the log to begin with, where the older ones were archived; empty: 001.log
  std::optional<std::vector<Note>> notes{};  // notes of it that somebody else kept (anchor.h)
};

struct AuditSummary {
  std::uint64_t records = 0;
  std::uint64_t before = 0;  // records in logs before `from`, which were not looked at
  std::uint64_t runs = 0;    // different ones
  std::string first_time{};  // UTC; empty without records
  std::string last_time{};
  std::string key{};           // the fingerprint of the key that signs it
  std::string last_hash{};     // to compare with one that was anchored elsewhere
  std::uint64_t anchored = 0;  // the record that HEAD names
  std::uint64_t noted = 0;     // the last record that one of the given notes names; 0: none was given
  std::uint64_t torn = 0;      // bytes behind the last record that a crash left; the next writer cuts them
};

/// Verifies the log of a state directory. kNotFound when there is none; kAudit with file, line and record for the
/// first thing that is wrong, also when its oldest files are not there and nobody said so, for a note that it does not
/// bear out, and when none of the notes is of this log.
Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state, const VerifyWish& wish = {});

}  // namespace runbook::safety
