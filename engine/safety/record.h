// One record of the audit log, and its line.
//
// A record is one line of canonical JSON (base/json.h) with exactly eleven members; docs/audit.md explains each. `hash`
// is the SHA-256 of the record's stub: the canonical JSON of the other nine (all but hash and sig) with the SHA-256 of
// `data` in the place of `data`. So every field is chained, and a record can be shown to stand in the chain, and whose
// it is, without showing what it says (export.h). `prev` is the hash of the record before; `sig` is the Ed25519
// signature of the 64 digits of `hash`. A line counts only when it is, byte for byte, what we would write for the same
// content: so no two parsers can read two things out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/value.h"

namespace runbook::safety {

/// The longest line, without its end. INTENT and OUTCOME of several runs must fit the log's reserve of 1 MiB.
inline constexpr std::size_t kMaxRecordBytes = 128U << 10U;

/// `prev` of the first record.
inline constexpr std::string_view kNoHash = "0000000000000000000000000000000000000000000000000000000000000000";

struct Record {
  std::uint64_t n = 0;  // 1, 2, 3 … without a gap; 0: could not be written, only shown
  std::string type{};   // "INTENT", "OUTCOME", "RUN_START", …
  std::string run{};    // the run's id; empty for what belongs to no run
  Moment moment{};
  Value data{};        // the record's own fields: a map
  std::string prev{};  // hexadecimal SHA-256
  std::string seal{};  // hexadecimal SHA-256 of the token that HEAD shows for this record (head.h)
  std::string hash{};  // hexadecimal SHA-256
  std::string sig{};   // raw, 64 bytes
};

/// Fills in hash and sig, the latter by `sign` from the former. Returns the record's line, without the line end.
std::string seal_record(Record& record, const std::function<std::string(std::string_view hash)>& sign);

/// The line of a record that has its hash and sig.
std::string line_of(const Record& record);

/// The canonical JSON that its hash is made of.
std::string stub_of(const Record& record);

/// kInternal when the record could not be read back as it is: data no map, not finite or too deep, or a name no text.
Result<void> check_recordable(const Record& record);

/// A whole number from 0 to 2^53, exclusive.
std::optional<std::uint64_t> whole_number(const Value& value);

/// Reads a line and checks its form, that it is canonical, and its hash; neither chain nor signature. kAudit otherwise.
Result<Record> parse_record(std::string_view line);

}  // namespace runbook::safety
