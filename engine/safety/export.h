// One run of the audit log as one file, which proves itself: `runbook audit export`.
//
// The file is JSON Lines; each line is canonical JSON (base/json.h), so that an auditor reads it with jq and hashes it
// with sha256sum. docs/audit.md describes it well enough to write a verifier.
//
//   {"evidence":…,"format":1,"key":…,"run":…}   whether evidence follows; the public key, PEM; the run
//   a record as it stands in the log            for each record of the run, RUN_START first
//   a stub                                      in its place, for each record of others between them (record.h)
//   {"base64":…,"sha256":…}                     each piece of evidence that the records name, when it was asked for
//   {"sha256":…,"sig":…}                        of all bytes before this line, signed by the log's key
//
// A stub is what the hash of a record is made of, so the SHA-256 of its line is that hash, and the next line has it as
// `prev`. So the file shows that the records are those that were signed when they were written, in their order, and
// that between the first and the last none of the run's was left out: a stub says whose it is. What others recorded
// stays with them but for when, by whom and of which type. The last line stops who has no key from ending the file at
// an earlier record.
//
// Hashes alone in the place of stubs would be shorter, and could hide a record of the run. A tree of hashes could leave
// them out, and would be a second structure to write, sync and verify for the sake of a rare question.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/storage.h"
#include "safety/evidence.h"
#include "safety/journal.h"
#include "safety/signing_key.h"

namespace runbook::safety {

/// The largest file that is made and verified, in bytes.
inline constexpr std::size_t kMaxExport = 1U << 30U;

/// Signs what all lines before the last hash to; apart from what a record's signature signs.
std::string export_message(std::string_view sha256);

/// The file of a run; with the evidence it names when a store is given. kNotFound for a run that the log does not know,
/// kAudit when the log or the evidence is damaged.
Result<std::string> export_run(const Journal& journal, const SigningKey& key, std::string_view run,
                               const EvidenceStore* evidence);

struct ExportSummary {
  std::string run{};
  std::string key{};          // its fingerprint, to be compared with that of the log
  std::uint64_t records = 0;  // of the run
  std::uint64_t others = 0;   // between them, as stubs
  std::uint64_t first = 0;    // number of the first one
  std::uint64_t last = 0;
  std::string last_hash{};
  std::string last_time{};
  std::string status{};        // of the last RUN_END; empty when nothing in the file says that the run came to an end
  std::uint64_t evidence = 0;  // pieces of it
};

/// Verifies such a file by itself. kAudit with the line (`where` is its number) for the first thing that is wrong.
Result<ExportSummary> verify_export(std::string_view file);

}  // namespace runbook::safety
