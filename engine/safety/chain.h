// Reading the audit log: the files in order, the lines of a file, and that each record follows from the one before.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/storage.h"
#include "safety/record.h"
#include "safety/signing_key.h"

namespace runbook::safety {

inline constexpr std::string_view kHeadName = "HEAD";
inline constexpr std::string_view kFirstLog = "001.log";
inline constexpr std::string_view kLastLog = "999.log";  // the last there can be, which then goes on growing

/// Whether a file of this name is one of the logs.
bool is_log_name(std::string_view name);
/// 001.log → 002.log.
std::string next_log(std::string_view name);
/// 002.log → 001.log; empty for the first one.
std::string previous_log(std::string_view name);

/// How long one waits for the log's lock. Its holders need it for some milliseconds, of a sync at the most.
inline constexpr std::chrono::seconds kLockPatience{5};

/// A place between two records.
struct Position {
  std::uint64_t n = 0;        // of the record before it; 0 at the very beginning
  std::string hash{kNoHash};  // of that record
  std::uint64_t size = 0;     // bytes of the file up to here

  bool operator==(const Position&) const = default;
};

/// Called for each record with the place behind it; an error ends the reading and is given the record's place.
using Visit = std::function<Result<void>(const Record& record, const Position& behind)>;

/// Reads the complete lines from `from` up to the byte `end`; each must be a sound record that follows the one before
/// it. Returns the place behind the last complete line. kAudit names the file, the line and the record.
Result<Position> follow(Storage& storage, const File& log, Position from, std::uint64_t end, const Visit& visit);

/// The first record of a log; nothing when there is none yet.
Result<std::optional<Record>> first_record(Storage& storage, const File& log);
/// The place before it, as it has it; the very beginning when there is none.
Result<Position> beginning_of(Storage& storage, const File& log);

/// The record whose line ends at this byte; kNotFound when no line does.
Result<Record> record_before(Storage& storage, const File& log, std::uint64_t end);

/// Whether what stands behind `at` is no record, as an interrupted write or a power cut leaves it. What is a record by
/// itself and only does not fit there, was put there.
Result<bool> is_torn(Storage& storage, const File& log, const Position& at);

/// kAudit unless the record is signed by this key.
Result<void> check_signature(const Record& record, const PublicKey& key);

struct AuditFolder {
  std::vector<std::string> logs;     // 001.log, 002.log, … without a gap; the oldest may have been moved away
  std::vector<std::string> foreign;  // what does not belong there
};

/// Lists the folder; kAudit when one of the logs is missing.
Result<AuditFolder> list_audit_folder(Storage& storage, const std::filesystem::path& audit);

/// Where the last log ends.
struct LogEnd {
  std::string log;         // its name; empty when there is none
  Position at;             // behind its last complete line
  std::uint64_t torn = 0;  // bytes of an incomplete line behind that
};

/// As Visit, with the name of the log in which `behind` counts.
using VisitIn = std::function<Result<void>(const std::string& log, const Record& record, const Position& behind)>;

/// Follows these logs, from the first record of the first one. kAudit also when a log that is not the last one ends
/// within a record.
Result<LogEnd> follow_all(Storage& storage, const std::filesystem::path& audit, const std::vector<std::string>& logs,
                          const VisitIn& visit);

}  // namespace runbook::safety
