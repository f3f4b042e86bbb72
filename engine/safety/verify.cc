#include "safety/verify.h"

#include <set>

#include "safety/chain.h"
#include "safety/head.h"

namespace runbook::safety {

namespace {

// HEAD is read before the log: whatever is appended meanwhile only makes the log longer than HEAD, which is sound.
Result<Head> read_head(Storage& storage, const std::filesystem::path& audit, const std::string& last_log) {
  RUNBOOK_TRY(log, storage.open(audit / last_log, Storage::Mode::kRead));
  const auto held = FileLock::take(storage, log, Storage::Lock::kShared, kLockPatience);
  if (!held) return held.error();
  const auto path = audit / kHeadName;
  auto bytes = read_file(storage, path, kHeadBytes);
  if (!bytes) return Error{.code = Code::kAudit, .message = "HEAD: " + bytes.error().message, .where = path.string()};
  auto head = parse_head(*bytes);
  if (!head) return Error{.code = Code::kAudit, .message = head.error().message, .where = path.string()};
  return head;
}

}  // namespace

Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state) {
  const auto audit = state / "audit";
  RUNBOOK_TRY(folder, list_audit_folder(storage, audit));
  if (!folder.foreign.empty()) {
    return Error{.code = Code::kAudit,
                 .message = "a file that does not belong there",
                 .where = (audit / folder.foreign.front()).string()};
  }
  if (folder.logs.empty()) {
    return Error{.code = Code::kAudit, .message = "this log is missing", .where = (audit / kFirstLog).string()};
  }
  RUNBOOK_TRY(key, PublicKey::load(storage, state / "keys"));
  RUNBOOK_TRY(head, read_head(storage, audit, folder.logs.back()));

  AuditSummary summary{.anchored = head.at.n};
  std::set<std::string> runs;
  RUNBOOK_TRY(end,
              follow_all(storage, audit, folder.logs,
                         [&](const std::string& log, const Record& record, const Position& behind) -> Result<void> {
                           RUNBOOK_CHECK(check_signature(record, key));
                           if (record.n == head.at.n) RUNBOOK_CHECK(check_named_by(head, record, log, behind));
                           if (!record.run.empty()) runs.insert(record.run);
                           summary.last_time = utc_text(record.moment.wall_ms);
                           if (record.n == 1) summary.first_time = summary.last_time;
                           return {};
                         }));
  if (end.at.n < head.at.n) {
    return Error{.code = Code::kAudit,
                 .message = "its end was cut off: HEAD names record " + std::to_string(head.at.n) +
                            ", the last one here is " + std::to_string(end.at.n),
                 .where = (audit / end.log).string() + ":" + std::to_string(end.at.n + 1)};
  }
  summary.records = end.at.n;
  summary.last_hash = end.at.hash;
  summary.runs = runs.size();
  summary.torn = end.torn;
  return summary;
}

}  // namespace runbook::safety
