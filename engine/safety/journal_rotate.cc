// How a journal goes on in the next file: it opens the one, and follows where others did.
//
// Who finds the log grown makes the next file, empty, under the lock of the last one. From then on nobody appends to
// the last one: each append looks whether there is a next file first. Whoever locks the new one first writes its first
// record, so that there is one way only to begin it, be the one who made it alive or not. Until HEAD names that record
// the file counts as not begun, and what stands in it is written anew: its token is known to the one who died alone.
#include <algorithm>

#include "base/json.h"
#include "safety/journal.h"

namespace runbook::safety {

namespace {

// Of a LOG_GOES_ON, its data aside.
constexpr std::size_t kOtherMembers = 4096;

}  // namespace

Result<void> Journal::rotate_beyond(std::uint64_t bytes) {
  const auto held = enter();
  const bool due = held && end_.size >= bytes && log_name_ != kLastLog;
  auto done = held ? (due ? rotate() : Result<void>()) : held.error();
  if (!done && !lost_) lost_ = done.error();
  return done;
}

Result<void> Journal::rotate() {
  RUNBOOK_TRY(carried, carried_from(log_));
  if (to_json(carried).size() > kMaxRecordBytes - kOtherMembers) return {};
  // Whole on disk before there is a next one: what a power cut leaves can stand in the last file only.
  if (auto freed = storage_.truncate(log_, end_.size); !freed) return end_writing(freed.error());
  if (auto synced = storage_.sync_data(log_); !synced) return end_writing(synced.error());
  RUNBOOK_TRY(next, storage_.open(audit_ / next_log(log_name_), Storage::Mode::kAppend));
  move_on(std::move(next));
  const auto arrived = enter();
  return arrived ? Result<void>() : arrived.error();
}

Result<std::optional<File>> Journal::next_file() {
  if (log_name_ == kLastLog) return std::optional<File>();
  const auto path = audit_ / next_log(log_name_);
  const auto there = storage_.open(path, Storage::Mode::kRead);
  if (!there && there.error().code == Code::kNotFound) return std::optional<File>();
  if (!there) return there.error();
  RUNBOOK_TRY(next, storage_.open(path, Storage::Mode::kAppend));
  return std::optional<File>(std::move(next));
}

// The lock of the last file goes with its descriptor.
void Journal::move_on(File next) {
  log_ = std::move(next);
  log_name_ = next_log(log_name_);
  reserved_until_ = 0;
  arrived_ = false;
}

Result<void> Journal::arrive() {
  RUNBOOK_TRY(bytes, storage_.read(head_, 0, kHeadBytes));
  const auto head = parse_head(bytes);
  if (!head) return end_writing(head.error());
  if (head->log == previous_log(log_name_)) {
    RUNBOOK_TRY(last, storage_.open(audit_ / previous_log(log_name_), Storage::Mode::kRead));
    RUNBOOK_TRY(carried, carried_from(last));
    return begin_next(std::move(carried));
  }
  // Who began the file may have been killed before HEAD was on disk.
  if (head->at.n == end_.n + 1) RUNBOOK_CHECK(keep_head());
  end_.size = 0;
  arrived_ = true;
  return {};
}

// What the file after this one, whose end we know, is to begin with.
Result<Value> Journal::carried_from(const File& last) {
  RUNBOOK_TRY(size, storage_.size(last));
  RUNBOOK_TRY(beginning, beginning_of(storage_, last));
  OpenIntents open;
  const auto name = last.path().filename().string();
  const auto end =
      follow(storage_, last, std::move(beginning), size,
             [&](const Record& record, const Position& behind) { return open.take(name, record, behind); });
  if (!end) return end_writing(end.error());
  if (end->n == end_.n && end->hash == end_.hash && end->size == size) return open.carried();
  return end_writing({.code = Code::kAudit,
                      .message = "its end is not the one that was known",
                      .where = last.path().string(),
                      .next = "run `runbook audit verify`"});
}

Result<void> Journal::begin_next(Value carried) {
  RUNBOOK_TRY(first, storage_.read(log_, 0, kMaxRecordBytes + 2));
  if (first.size() > kMaxRecordBytes + 1 || std::ranges::count(first, '\n') > 1) {
    return end_writing({.code = Code::kAudit,
                        .message = "HEAD does not know of this log",
                        .where = log_.path().string(),
                        .next = "run `runbook audit verify`"});
  }
  if (!first.empty()) {
    RUNBOOK_CHECK(storage_.truncate(log_, 0));
    RUNBOOK_CHECK(storage_.sync(log_));
  }
  end_.size = 0;
  Record record{.type = "LOG_GOES_ON", .moment = clock_.now(), .data = std::move(carried)};
  RUNBOOK_CHECK(write(record));
  if (auto begun = establish(); !begun) return end_writing(begun.error());
  arrived_ = true;
  return {};
}

}  // namespace runbook::safety
