// <state>/audit/HEAD: how far the audit log reached when it was last made durable. A chain alone does not see that
// its end was cut off; this does.
//
// Canonical JSON, blanks and a line end, in exactly 512 bytes (one disk sector), overwritten in place. It is written
// after the log's fdatasync and not synced itself, so on disk it is never ahead of the log and may be behind it: a log
// that goes on behind HEAD with valid records is sound, one that ends before is not.
//
// HEAD proves itself with a token: 32 random bytes, drawn for each record. The record carries their SHA-256, its
// `seal`, under its own signature; the token itself is written to HEAD only. So nobody can make a HEAD for an earlier
// record out of what stands in the log and cut the log to it, not even with the key. A signature of HEAD would serve
// less well and double the cost of an audited change: Ed25519 takes 0.024 ms, a durable append 0.12 ms, the token 1 µs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "safety/chain.h"
#include "safety/record.h"

namespace runbook::safety {

inline constexpr std::size_t kHeadBytes = 512;

struct Head {
  std::string log;    // the file that `at.size` counts in, e.g. "001.log"
  Position at;        // behind the last durable record
  std::string token;  // 32 raw bytes
};

/// 32 random bytes.
std::string new_token();

/// What a record carries of its token: its SHA-256, hexadecimal.
std::string seal_of(std::string_view token);

/// The 512 bytes.
std::string head_bytes(const Head& head);

/// Reads the 512 bytes; checks their form only, for what they say is proven by the record that they name. kAudit
/// otherwise.
Result<Head> parse_head(std::string_view bytes);

/// kAudit unless this record, which ends at `behind` in `log`, is the one that HEAD names.
Result<void> check_named_by(const Head& head, const Record& record, const std::string& log, const Position& behind);

}  // namespace runbook::safety
