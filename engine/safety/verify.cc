#include "safety/verify.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "safety/carried.h"
#include "safety/chain.h"
#include "safety/head.h"

namespace runbook::safety {

namespace {

Error wrong(std::string message, const std::filesystem::path& where, std::string next = {}) {
  return {.code = Code::kAudit, .message = std::move(message), .where = where.string(), .next = std::move(next)};
}

// The files as they are, and how far they reach.
struct Standing {
  std::vector<std::string> logs;
  Head head;
};

// HEAD is read before the logs: whatever is appended meanwhile only makes them longer than HEAD, which is sound. And it
// is read under the lock of the last one, for who goes on in another file holds that.
Result<Standing> read_standing(Storage& storage, const std::filesystem::path& audit) {
  RUNBOOK_TRY(folder, list_audit_folder(storage, audit));
  if (!folder.foreign.empty()) return wrong("a file that does not belong there", audit / folder.foreign.front());
  if (folder.logs.empty()) return wrong("this log is missing", audit / kFirstLog);
  const auto& last = folder.logs.back();
  RUNBOOK_TRY(log, storage.open(audit / last, Storage::Mode::kRead));
  const auto held = FileLock::take(storage, log, Storage::Lock::kShared, kLockPatience);
  if (!held) return held.error();
  if (last != kLastLog && storage.open(audit / next_log(last), Storage::Mode::kRead)) {
    return read_standing(storage, audit);
  }
  const auto path = audit / kHeadName;
  const auto bytes = read_file(storage, path, kHeadBytes);
  if (!bytes) return wrong("HEAD: " + bytes.error().message, path);
  auto head = parse_head(*bytes);
  if (!head) return wrong(head.error().message, path);
  return Standing{.logs = std::move(folder.logs), .head = std::move(*head)};
}

// What the first record of a log is to be.
Result<void> check_beginning(const std::string& log, const Record& record) {
  const bool first = log == kFirstLog;
  const std::string_view type = first ? "LOG_START" : "LOG_GOES_ON";
  const bool right = first ? record.data == Value(Value::Map{{"format", 1}}) : record.data["format"] == Value(1);
  if (record.type == type && right) return {};
  return Error{.code = Code::kAudit, .message = "is not the beginning of a log of format 1: no " + std::string(type)};
}

// Notes of this log that its records have to bear out.
class Notes {
 public:
  /// Those of them that are of the log which this key signs; kAudit when there are none. Nothing: nobody asks for any.
  static Result<Notes> of(const PublicKey& key, const std::optional<std::vector<Note>>& notes) {
    Notes own;
    if (!notes) return own;
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

class Verifier {
 public:
  Verifier(Storage& storage, std::filesystem::path audit, Standing standing, PublicKey key, Notes notes)
      : storage_(storage),
        audit_(std::move(audit)),
        standing_(std::move(standing)),
        key_(key),
        notes_(std::move(notes)) {}

  Result<AuditSummary> verify(const std::string& from) {
    RUNBOOK_CHECK(begin_with(from));
    summary_.key = key_.fingerprint();
    summary_.anchored = standing_.head.at.n;
    for (const auto& log : standing_.logs) RUNBOOK_CHECK(read(log));
    RUNBOOK_CHECK(check_end());
    summary_.records = at_.n - summary_.before;
    summary_.last_hash = at_.hash;
    summary_.runs = runs_.size();
    return std::move(summary_);
  }

 private:
  // Leaves out the logs before `from`.
  Result<void> begin_with(const std::string& from) {
    auto& logs = standing_.logs;
    const auto wanted = from.empty() ? std::string(kFirstLog) : from;
    const auto found = std::find(logs.begin(), logs.end(), wanted);
    if (found == logs.end()) {
      const auto& oldest = logs.front();
      const auto here = wanted < oldest ? "the oldest one here is " + oldest +
                                              "; when those before it were archived, `runbook audit verify --from " +
                                              oldest + "` verifies the rest"
                                        : "those that are here: " + join(logs, ", ");
      return wrong("this log is missing", audit_ / wanted, here);
    }
    logs.erase(logs.begin(), found);
    if (wanted == kFirstLog) return {};
    RUNBOOK_TRY(log, storage_.open(audit_ / wanted, Storage::Mode::kRead));
    RUNBOOK_TRY(beginning, beginning_of(storage_, log));
    summary_.before = beginning.n;
    at_ = std::move(beginning);
    return {};
  }

  Result<void> read(const std::string& log) {
    RUNBOOK_TRY(file, storage_.open(audit_ / log, Storage::Mode::kRead));
    RUNBOOK_TRY(size, storage_.size(file));
    at_.size = 0;
    lines_ = 0;
    const auto end = follow(storage_, file, at_, size,
                            [&](const Record& record, const Position& behind) { return take(log, record, behind); });
    if (log != standing_.logs.back()) {
      if (!end) return end.error();
      if (end->size < size || lines_ == 0) return wrong("ends within a record", file.path());
      return {};
    }
    one_line_ = is_one_line(file, size);
    summary_.torn = size - at_.size;
    if (end || end.error().code != Code::kAudit) return end ? Result<void>() : end.error();
    // Behind HEAD what is no record is what a crash left; what is one and does not fit was put there.
    const auto& head = standing_.head;
    const bool behind_head = head.log == log ? at_.n >= head.at.n : lines_ == 0 && one_line_;
    RUNBOOK_TRY(torn, is_torn(storage_, file, at_));
    return behind_head && torn ? Result<void>() : end.error();
  }

  bool is_one_line(const File& file, std::uint64_t size) {
    const auto bytes = storage_.read(file, 0, kMaxRecordBytes + 2);
    return bytes && size <= kMaxRecordBytes + 1 && std::count(bytes->begin(), bytes->end(), '\n') <= 1;
  }

  Result<void> take(const std::string& log, const Record& record, const Position& behind) {
    const auto& head = standing_.head;
    if (lines_ == 0) RUNBOOK_CHECK(check_beginning(log, record));
    RUNBOOK_CHECK(check_signature(record, key_));
    RUNBOOK_CHECK(notes_.check(record));
    RUNBOOK_CHECK(open_.take(log, record, behind));
    if (record.n == head.at.n) RUNBOOK_CHECK(check_named_by(head, record, log, behind));
    if (!record.run.empty()) runs_.insert(record.run);
    summary_.last_time = utc_text(record.moment.wall_ms);
    if (summary_.first_time.empty()) summary_.first_time = summary_.last_time;
    at_ = behind;
    ++lines_;
    return {};
  }

  Result<void> check_end() {
    const auto& head = standing_.head;
    const auto& last = standing_.logs.back();
    const auto where = (audit_ / last).string() + ":" + std::to_string(lines_ + 1);
    if (at_.n < head.at.n) {
      return wrong("its end was cut off: HEAD names record " + std::to_string(head.at.n) + ", the last one here is " +
                       std::to_string(at_.n),
                   where);
    }
    // A log begins with one record, and HEAD names it before there is another.
    const bool begins = head.log == previous_log(last) && one_line_;
    if (head.log != last && !begins) return wrong("HEAD belongs to " + escaped(head.log, 20), audit_ / kHeadName);
    const auto* note = notes_.last();
    if (note != nullptr && note->n > at_.n) {
      return wrong("its end was cut off: record " + std::to_string(note->n) + " was noted at " +
                       escaped(note->time, 40) + ", the last one here is " + std::to_string(at_.n),
                   where);
    }
    if (note != nullptr && note->n > summary_.before) summary_.noted = note->n;
    return {};
  }

  Storage& storage_;
  std::filesystem::path audit_;
  Standing standing_;
  PublicKey key_;
  Notes notes_;
  OpenIntents open_;
  std::set<std::string> runs_;
  AuditSummary summary_;
  Position at_;              // behind the last record that is sound
  std::uint64_t lines_ = 0;  // of the log that is read
  bool one_line_ = false;    // the last log holds one line at the most
};

}  // namespace

Result<AuditSummary> verify_audit(Storage& storage, const std::filesystem::path& state, const VerifyWish& wish) {
  RUNBOOK_TRY(standing, read_standing(storage, state / "audit"));
  RUNBOOK_TRY(key, PublicKey::load(storage, state / "keys"));
  RUNBOOK_TRY(notes, Notes::of(key, wish.notes));
  return Verifier(storage, state / "audit", std::move(standing), key, std::move(notes)).verify(wish.from);
}

}  // namespace runbook::safety
