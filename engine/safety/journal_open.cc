// How a journal comes to its log: a new one, or the tail of one that is there.
#include <algorithm>

#include "base/text.h"
#include "safety/journal.h"

namespace runbook::safety {

namespace {

constexpr int kFormat = 1;

Error corrupt(std::string message, const std::filesystem::path& where) {
  return {.code = Code::kAudit,
          .message = std::move(message),
          .where = where.string(),
          .next = "run `runbook audit verify`; keep the state directory as it is and begin a new one"};
}

// As a crash may leave HEAD before it was first synced.
bool is_unfinished(std::string_view head) {
  return head.size() < kHeadBytes || std::ranges::all_of(head, [](char c) { return c == '\0'; });
}

}  // namespace

Result<void> Journal::attach() {
  RUNBOOK_CHECK(make_directories(storage_, audit_));
  const auto path = audit_ / kHeadName;
  const auto before = read_file(storage_, path, kHeadBytes);
  RUNBOOK_TRY(folder, list_audit_folder(storage_, audit_));
  // A new 001.log would be one file more that does not belong there, were the others put back.
  if (folder.logs.empty() && before && !is_unfinished(*before)) return corrupt("its logs are missing", audit_);
  if (!folder.logs.empty()) log_name_ = folder.logs.back();
  RUNBOOK_TRY(log, storage_.open(audit_ / log_name_, Storage::Mode::kAppend));
  log_ = std::move(log);
  auto held = FileLock::take(storage_, log_, Storage::Lock::kExclusive, kLockPatience);
  if (!held) return held.error();
  RUNBOOK_TRY(next, next_file());
  if (next) {  // somebody was quicker
    log_ = File();
    return attach();
  }

  const auto bytes = read_file(storage_, path, kHeadBytes);
  if (!bytes && bytes.error().code != Code::kNotFound) return bytes.error();
  if (!bytes || is_unfinished(*bytes)) return begin();
  auto head = parse_head(*bytes);
  if (!head) return corrupt(head.error().message, path);
  RUNBOOK_TRY(key, SigningKey::load(storage_, state_ / "keys"));
  key_.emplace(key);
  RUNBOOK_TRY(file, storage_.open(path, Storage::Mode::kUpdate));
  head_ = std::move(file);
  if (head->log == log_name_) return resume(*head);
  if (head->log == previous_log(log_name_)) return resume_before(*head);
  return corrupt("HEAD belongs to " + escaped(head->log, 20), path);
}

// HEAD is on disk before a second record is written: a longer log without it was tampered with. Each step is on disk
// before the next: the cut before a new first line, or the two could mix; the log's name before HEAD's, or HEAD could
// be there without a log.
Result<void> Journal::begin() {
  RUNBOOK_TRY(first, storage_.read(log_, 0, kMaxRecordBytes + 2));
  if (log_name_ != kFirstLog || first.size() > kMaxRecordBytes + 1 || std::ranges::count(first, '\n') > 1) {
    return corrupt("HEAD is missing", audit_ / kHeadName);
  }
  RUNBOOK_TRY(key, SigningKey::load_or_create(storage_, state_ / "keys"));
  key_.emplace(key);
  if (!first.empty()) {
    RUNBOOK_CHECK(storage_.truncate(log_, 0));
    RUNBOOK_CHECK(storage_.sync(log_));
  }
  Record record{.type = "LOG_START", .moment = clock_.now(), .data = Value::Map{{"format", kFormat}}};
  RUNBOOK_CHECK(write(record));
  return establish();
}

// The first record of a file counts from here on.
Result<void> Journal::establish() {
  RUNBOOK_CHECK(storage_.sync(log_));
  RUNBOOK_CHECK(storage_.sync_directory(audit_));
  if (!head_.is_open()) {
    RUNBOOK_TRY(head, storage_.open(audit_ / kHeadName, Storage::Mode::kUpdate));
    head_ = std::move(head);
  }
  RUNBOOK_CHECK(write_head());
  return keep_head();
}

Result<void> Journal::keep_head() {
  RUNBOOK_CHECK(storage_.sync(head_));
  return storage_.sync_directory(audit_);
}

Result<void> Journal::resume(const Head& head) {
  RUNBOOK_TRY(named, check_head_record(head, log_));
  // Who began the file may have been killed before that was on disk.
  if (named.type == "LOG_START" || named.type == "LOG_GOES_ON") RUNBOOK_CHECK(keep_head());
  end_ = head.at;
  return settle_tail();
}

// Somebody made the file and died before it had begun. The one before it was whole then.
Result<void> Journal::resume_before(const Head& head) {
  RUNBOOK_TRY(last, storage_.open(audit_ / head.log, Storage::Mode::kRead));
  RUNBOOK_CHECK(check_head_record(head, last));
  RUNBOOK_TRY(size, storage_.size(last));
  const auto& key = key_->public_key();
  RUNBOOK_TRY(end, follow(storage_, last, head.at, size,
                          [&](const Record& record, const Position&) { return check_signature(record, key); }));
  end_ = std::move(end);
  return arrive();
}

// Behind HEAD a power cut may leave anything: pages reach the disk in any order. What is sound is kept up to the first
// line that is no record, and the rest is cut as a torn line is.
Result<void> Journal::settle_tail() {
  RUNBOOK_TRY(size, storage_.size(log_));
  const auto& key = key_->public_key();
  const auto followed = follow(storage_, log_, end_, size, [&](const Record& record, const Position& behind) {
    auto signed_by_us = check_signature(record, key);
    if (signed_by_us) end_ = behind;
    return signed_by_us;
  });
  if (!followed) {
    RUNBOOK_TRY(torn, is_torn(storage_, log_, end_));
    if (followed.error().code != Code::kAudit || !torn) return followed.error();
  }
  return end_.size < size ? recover(size - end_.size) : Result<void>();
}

// The record that HEAD names ends where HEAD says.
Result<Record> Journal::check_head_record(const Head& head, const File& log) {
  const auto number = "record " + std::to_string(head.at.n);
  auto record = record_before(storage_, log, head.at.size);
  if (!record && record.error().code == Code::kNotFound) {
    return corrupt("its end was cut off: HEAD names " + number, log.path());
  }
  auto checked = record ? check_signature(*record, key_->public_key()) : record.error();
  if (checked) checked = check_named_by(head, *record, head.log, {record->n, record->hash, head.at.size});
  if (!checked) return corrupt(number + " " + checked.error().message, log.path());
  return record;
}

}  // namespace runbook::safety
