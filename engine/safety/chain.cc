#include "safety/chain.h"

#include <algorithm>
#include <cctype>

namespace runbook::safety {

namespace {

constexpr std::size_t kChunk = 256U << 10U;

// Counts only when something is wrong, so that sound reading carries no line numbers around.
std::uint64_t line_at(Storage& storage, const File& log, std::uint64_t offset) {
  std::uint64_t line = 1;
  for (std::uint64_t from = 0; from < offset; from += kChunk) {
    const auto chunk =
        storage.read(log, from, static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, offset - from)));
    if (!chunk) break;
    line += static_cast<std::uint64_t>(std::count(chunk->begin(), chunk->end(), '\n'));
  }
  return line;
}

Error at_record(Storage& storage, const File& log, const Position& before, const Error& error) {
  return {.code = Code::kAudit,
          .message = "record " + std::to_string(before.n + 1) + " " + error.message,
          .where = log.path().string() + ":" + std::to_string(line_at(storage, log, before.size))};
}

Result<Record> next_record(std::string_view line, const Position& before) {
  RUNBOOK_TRY(record, parse_record(line));
  if (record.n != before.n + 1) {
    return Error{
        .code = Code::kAudit,
        .message = "says that it is number " + std::to_string(record.n) + ": records were removed, added or moved"};
  }
  if (record.prev != before.hash) {
    return Error{.code = Code::kAudit, .message = "does not follow from the record before it"};
  }
  return std::move(record);
}

std::size_t number_of(std::string_view log) { return std::stoul(std::string(log)); }

std::string log_name(std::size_t number) { return std::to_string(1000 + number).substr(1) + ".log"; }

}  // namespace

bool is_log_name(std::string_view name) {
  return name.size() == kFirstLog.size() && name.ends_with(".log") && name >= kFirstLog &&
         std::all_of(name.begin(), name.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
}

std::string next_log(std::string_view name) { return log_name(number_of(name) + 1); }

std::string previous_log(std::string_view name) { return name == kFirstLog ? "" : log_name(number_of(name) - 1); }

Result<std::optional<Record>> first_record(Storage& storage, const File& log) {
  RUNBOOK_TRY(bytes, storage.read(log, 0, kMaxRecordBytes + 1));
  const auto stop = bytes.find('\n');
  auto record = parse_record(std::string_view(bytes).substr(0, stop));
  if (!record || stop == std::string::npos) return std::optional<Record>();
  return std::optional<Record>(std::move(*record));
}

Result<Position> beginning_of(Storage& storage, const File& log) {
  RUNBOOK_TRY(first, first_record(storage, log));
  if (!first) return Position();
  return Position{.n = first->n - 1, .hash = first->prev, .size = 0};
}

Result<Record> record_before(Storage& storage, const File& log, std::uint64_t end) {
  const auto window = std::min<std::uint64_t>(end, kMaxRecordBytes + 2);
  RUNBOOK_TRY(tail, storage.read(log, end - window, static_cast<std::size_t>(window)));
  if (tail.size() < window || !tail.ends_with('\n')) {
    return Error{.code = Code::kNotFound, .message = "no record ends there", .where = log.path().string()};
  }
  tail.pop_back();
  return parse_record(std::string_view(tail).substr(tail.rfind('\n') + 1));
}

Result<Position> follow(Storage& storage, const File& log, Position from, std::uint64_t end, const Visit& visit) {
  auto at = std::move(from);
  std::string unread;
  for (auto offset = at.size;;) {
    std::size_t begin = 0;
    for (std::size_t stop = 0; (stop = unread.find('\n', begin)) != std::string::npos; begin = stop + 1) {
      auto record = next_record(std::string_view(unread).substr(begin, stop - begin), at);
      if (!record) return at_record(storage, log, at, record.error());
      Position behind{.n = record->n, .hash = record->hash, .size = at.size + (stop - begin) + 1};
      if (auto seen = visit(*record, behind); !seen) return at_record(storage, log, at, seen.error());
      at = std::move(behind);
    }
    unread.erase(0, begin);
    if (unread.size() > kMaxRecordBytes) {
      return at_record(storage, log, at, {.code = Code::kAudit, .message = "is longer than a record may be"});
    }
    if (offset >= end) return at;
    RUNBOOK_TRY(chunk,
                storage.read(log, offset, static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, end - offset))));
    if (chunk.empty()) return at;
    offset += chunk.size();
    unread += chunk;
  }
}

Result<bool> is_torn(Storage& storage, const File& log, const Position& at) {
  RUNBOOK_TRY(bytes, storage.read(log, at.size, kMaxRecordBytes + 1));
  const auto stop = bytes.find('\n');
  return stop == std::string::npos || !parse_record(std::string_view(bytes).substr(0, stop));
}

Result<void> check_signature(const Record& record, const PublicKey& key) {
  if (key.verifies(record.hash, record.sig)) return {};
  return Error{.code = Code::kAudit, .message = "is not signed by this state directory's key"};
}

Result<AuditFolder> list_audit_folder(Storage& storage, const std::filesystem::path& audit) {
  RUNBOOK_TRY(names, storage.list(audit));
  AuditFolder folder;
  for (auto& name : names) {
    if (is_log_name(name)) {
      folder.logs.push_back(std::move(name));
    } else if (name != kHeadName) {
      folder.foreign.push_back(std::move(name));
    }
  }
  for (std::size_t i = 1; i < folder.logs.size(); ++i) {
    const auto wanted = next_log(folder.logs[i - 1]);
    if (folder.logs[i] != wanted) {
      return Error{.code = Code::kAudit, .message = "this log is missing", .where = (audit / wanted).string()};
    }
  }
  return folder;
}

Result<LogEnd> follow_all(Storage& storage, const std::filesystem::path& audit, const std::vector<std::string>& logs,
                          const VisitIn& visit) {
  LogEnd end;
  for (const auto& name : logs) {
    if (end.torn != 0) {
      return Error{.code = Code::kAudit, .message = "ends within a record", .where = (audit / end.log).string()};
    }
    end.log = name;
    end.at.size = 0;
    RUNBOOK_TRY(log, storage.open(audit / name, Storage::Mode::kRead));
    RUNBOOK_TRY(size, storage.size(log));
    if (name == logs.front() && name != kFirstLog) {
      RUNBOOK_TRY(beginning, beginning_of(storage, log));
      end.at = std::move(beginning);
    }
    RUNBOOK_TRY(at, follow(storage, log, std::move(end.at), size,
                           [&](const Record& record, const Position& behind) { return visit(name, record, behind); }));
    end.at = std::move(at);
    end.torn = size - end.at.size;
  }
  return end;
}

}  // namespace runbook::safety
