#include "safety/verify.h"

#include <map>
#include <set>

#include "base/text.h"
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

Result<void> check_beginning(const Record& record) {
  if (record.type == "LOG_START" && record.data == Value(Value::Map{{"format", 1}})) return {};
  return Error{.code = Code::kAudit, .message = "is not the beginning of a log of format 1"};
}

// How many bytes a crash left behind the last sound record; or the error that ended the reading there, when what stands
// there was put there.
Result<std::uint64_t> left_behind(Storage& storage, const std::filesystem::path& audit, const LogEnd& sound,
                                  const Error& error) {
  if (error.code != Code::kAudit) return error;
  RUNBOOK_TRY(log, storage.open(audit / sound.log, Storage::Mode::kRead));
  RUNBOOK_TRY(torn, is_torn(storage, log, sound.at));
  if (!torn) return error;
  RUNBOOK_TRY(size, storage.size(log));
  return size - sound.at.size;
}

// Notes of this log that its records have to bear out.
class Notes {
 public:
  /// Those of them that are of the log which this key signs; kAudit when there are none. Null: nobody asks for any.
  static Result<Notes> of(const PublicKey& key, const std::vector<Note>* notes) {
    Notes own;
    if (notes == nullptr) return own;
    for (const auto& note : *notes) {
      if (note.log == key.fingerprint()) own.notes_.emplace(note.n, note);
    }
    if (!own.notes_.empty()) return own;
    return Error{.code = Code::kAudit,
                 .message = "none of the " + std::to_string(notes->size()) + " notes is of the log that the key " +
                            key.fingerprint() + " signs"};
  }

  [[nodiscard]] Result<void> check(const Record& record) const {
    const auto [first, last] = notes_.equal_range(record.n);
    for (auto note = first; note != last; ++note) {
      if (note->second.hash != record.hash)
        return Error{.code = Code::kAudit, .message = "is not the record that was noted at " + note->second.time};
    }
    return {};
  }

  /// The last one; null when there is none.
  [[nodiscard]] const Note* last() const { return notes_.empty() ? nullptr : &notes_.rbegin()->second; }

 private:
  std::multimap<std::uint64_t, Note> notes_;
};

Result<AuditSummary> verify(Storage& storage, const std::filesystem::path& state, const std::vector<Note>* wanted) {
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
  RUNBOOK_TRY(notes, Notes::of(key, wanted));
  RUNBOOK_TRY(head, read_head(storage, audit, folder.logs.back()));

  AuditSummary summary{.anchored = head.at.n};
  std::set<std::string> runs;
  LogEnd sound;  // behind the last record that is
  const auto end =
      follow_all(storage, audit, folder.logs,
                 [&](const std::string& log, const Record& record, const Position& behind) -> Result<void> {
                   if (record.n == 1) RUNBOOK_CHECK(check_beginning(record));
                   RUNBOOK_CHECK(check_signature(record, key));
                   RUNBOOK_CHECK(notes.check(record));
                   if (record.n == head.at.n) RUNBOOK_CHECK(check_named_by(head, record, log, behind));
                   if (!record.run.empty()) runs.insert(record.run);
                   summary.last_time = utc_text(record.moment.wall_ms);
                   if (record.n == 1) summary.first_time = summary.last_time;
                   sound = {.log = log, .at = behind};
                   return {};
                 });
  // Behind HEAD, when it is in the last log, what is no record is what a power cut left there.
  const bool behind_head = sound.at.n >= head.at.n && head.log == folder.logs.back();
  if (!end && !behind_head) return end.error();
  if (sound.at.n < head.at.n) {
    return Error{.code = Code::kAudit,
                 .message = "its end was cut off: HEAD names record " + std::to_string(head.at.n) +
                            ", the last one here is " + std::to_string(sound.at.n),
                 .where = (audit / folder.logs.back()).string() + ":" + std::to_string(sound.at.n + 1)};
  }
  if (const auto* note = notes.last(); note != nullptr) {
    if (note->n > sound.at.n)
      return Error{.code = Code::kAudit,
                   .message = "its end was cut off: record " + std::to_string(note->n) + " was noted at " +
                              escaped(note->time, 40) + ", the last one here is " + std::to_string(sound.at.n),
                   .where = (audit / folder.logs.back()).string() + ":" + std::to_string(sound.at.n + 1)};
    summary.noted = note->n;
  }
  summary.records = sound.at.n;
  summary.last_hash = sound.at.hash;
  summary.runs = runs.size();
  RUNBOOK_TRY(torn, end ? end->torn : left_behind(storage, audit, sound, end.error()));
  summary.torn = torn;
  return summary;
}

}  // namespace

Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state) {
  return verify(storage, state, nullptr);
}

Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state,
                                  const std::vector<Note>& notes) {
  return verify(storage, state, &notes);
}

}  // namespace runbook::safety
