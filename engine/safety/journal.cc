#include "safety/journal.h"

#include "base/text.h"

namespace runbook::safety {

namespace {

constexpr std::size_t kMaxKeptTorn = 4096;

constexpr std::string_view kUnwritable = "the audit log cannot be written: ";

Error unwritable(const Error& cause, const std::string& next) {
  if (cause.message.starts_with(kUnwritable)) return cause;
  return {.code = Code::kAudit,
          .message = std::string(kUnwritable) + cause.message,
          .where = cause.where,
          .next = cause.next.empty() ? next : cause.next};
}

}  // namespace

Journal::Journal(Storage& storage, const Clock& clock, const std::filesystem::path& state)
    : storage_(storage), clock_(clock), state_(state), audit_(state / "audit") {}

std::unique_ptr<Journal> Journal::open(Storage& storage, const Clock& clock, const std::filesystem::path& state) {
  std::unique_ptr<Journal> journal(new Journal(storage, clock, state));
  if (auto attached = journal->attach(); !attached && !journal->ended_) {
    journal->ended_ = unwritable(attached.error(), "see to the disk, or choose another --state directory");
  }
  return journal;
}

Result<Record> Journal::append(std::string_view run, std::string_view type, Value data) {
  return publish(run, type, std::move(data), Promise::kWritten);
}

Result<Record> Journal::append_durable(std::string_view run, std::string_view type, Value data) {
  return publish(run, type, std::move(data), Promise::kDurable);
}

Result<Record> Journal::append_intent(std::string_view run, Value data) {
  return publish(run, "INTENT", std::move(data), Promise::kIntent);
}

Result<void> Journal::ready_for_changes() {
  const auto held = enter();
  if (!held) return held.error();
  return check_ready();
}

Result<void> Journal::check_ready() {
  if (lost_) {
    return Error{.code = Code::kAudit,
                 .message = "a record could not be written, and without it nothing more is changed: " + lost_->message,
                 .where = lost_->where,
                 .next = "see to the disk, then start anew"};
  }
  RUNBOOK_TRY(head_in_place, storage_.in_place(head_));
  if (!head_in_place) {
    return end_writing({.code = Code::kAudit,
                        .message = "HEAD is no longer the file that was opened",
                        .where = head_.path().string(),
                        .next = "find out who moved it, then run `runbook audit verify`"});
  }
  if (auto reserved = restore_reserve(); !reserved) {
    return unwritable(reserved.error(), "free disk space, or choose a --state directory on another file system");
  }
  return {};
}

Result<void> Journal::writable() const {
  if (ended_) return *ended_;
  return {};
}

Result<void> Journal::complete() const {
  if (changing_ && lost_) return *lost_;
  return {};
}

Result<std::string> Journal::fingerprint() const {
  if (key_) return key_->public_key().fingerprint();
  return Error{.code = Code::kAudit, .message = "the log has no key", .where = state_.string()};
}

void Journal::subscribe(std::function<void(const Record&)> observer) { observers_.push_back(std::move(observer)); }

// The lock of the last file, with everything known that stands in the log.
Result<FileLock> Journal::enter() {
  for (;;) {
    if (ended_) return *ended_;
    auto held = FileLock::take(storage_, log_, Storage::Lock::kExclusive, kLockPatience);
    if (!held) return unwritable(held.error(), "");
    RUNBOOK_TRY(in_place, storage_.in_place(log_));
    if (!in_place) {
      return end_writing({.code = Code::kAudit,
                          .message = "the audit log is no longer the file that was opened",
                          .where = log_.path().string(),
                          .next = "find out who moved it, then run `runbook audit verify`"});
    }
    if (auto arrived = arrived_ ? Result<void>() : arrive(); !arrived) return unwritable(arrived.error(), "");
    RUNBOOK_CHECK(catch_up());
    auto next = next_file();
    if (!next) return unwritable(next.error(), "");
    if (!*next) return held;
    move_on(std::move(**next));
  }
}

Result<void> Journal::catch_up() {
  const auto size = storage_.size(log_);
  if (!size) return end_writing(size.error());
  if (*size < end_.size) {
    return end_writing({.code = Code::kAudit,
                        .message = "the audit log was cut: it has " + std::to_string(*size) + " bytes and had " +
                                   std::to_string(end_.size),
                        .where = log_.path().string(),
                        .next = "keep the state directory as it is and begin a new one"});
  }
  if (*size == end_.size) return {};
  const auto& key = key_->public_key();
  auto at = follow(storage_, log_, end_, *size,
                   [&](const Record& record, const Position&) { return check_signature(record, key); });
  if (!at) return end_writing(at.error());
  end_ = *at;
  return end_.size < *size ? recover(*size - end_.size) : Result<void>();
}

// On disk at once: until then a power cut could leave any mixture of the torn line and what follows it.
Result<void> Journal::recover(std::uint64_t torn) {
  const auto kept = storage_.read(log_, end_.size, std::min<std::size_t>(torn, kMaxKeptTorn));
  if (!kept) return end_writing(kept.error());
  if (auto cut = storage_.truncate(log_, end_.size); !cut) return end_writing(cut.error());
  reserved_until_ = 0;
  Record record{
      .type = "RECOVERED", .moment = clock_.now(), .data = Value::Map{{"bytes", torn}, {"base64", to_base64(*kept)}}};
  RUNBOOK_CHECK(write(record));
  if (auto synced = storage_.sync_data(log_); !synced) return end_writing(synced.error());
  notify(record);
  return {};
}

// Half as much again as promised, so that not every record has to ask. Other processes can only add to it.
Result<void> Journal::restore_reserve() {
  if (reserved_until_ >= end_.size + kAuditReserve) return {};
  constexpr auto kAsked = kAuditReserve + kAuditReserve / 2;
  RUNBOOK_CHECK(storage_.reserve(log_, end_.size, kAsked));
  reserved_until_ = end_.size + kAsked;
  return {};
}

Result<void> Journal::write(Record& record) {
  record.n = end_.n + 1;
  record.prev = end_.hash;
  token_ = new_token();
  record.seal = seal_of(token_);
  const auto line = seal_record(record, [this](std::string_view hash) { return key_->sign(hash); });
  if (line.size() > kMaxRecordBytes) {
    return Error{.code = Code::kInternal, .message = "cannot be an audit record: it is larger than 128 KiB"};
  }
  // A part of the line may stand there after a failure: the next one to enter finds it torn and cuts it.
  if (auto written = storage_.append(log_, line + '\n'); !written)
    return unwritable(written.error(), "free disk space");
  end_ = {.n = record.n, .hash = record.hash, .size = end_.size + line.size() + 1};
  return {};
}

Result<void> Journal::make_durable() {
  if (!directories_synced_) {
    for (const auto& directory : {audit_, state_, state_.has_parent_path() ? state_.parent_path() : "."}) {
      auto synced = storage_.sync_directory(directory);
      // Who may not read the directory above is not who made the state directory in it.
      const bool not_ours =
          !synced && synced.error().code == Code::kDenied && directory != audit_ && directory != state_;
      if (!synced && !not_ours) return end_writing(synced.error());
    }
    directories_synced_ = true;
  }
  if (auto synced = storage_.sync_data(log_); !synced) return end_writing(synced.error());
  if (auto written = write_head(); !written) return end_writing(written.error());
  return {};
}

Result<void> Journal::write_head() {
  return storage_.overwrite(head_, head_bytes({.log = log_name_, .at = end_, .token = token_}));
}

Result<void> Journal::put(Record& record, Promise promise) {
  RUNBOOK_CHECK(check_recordable(record));
  const auto held = enter();
  if (!held) return held.error();
  if (promise == Promise::kIntent) RUNBOOK_CHECK(check_ready());
  // Without the reserve an OUTCOME is written all the same while there is space.
  if (promise == Promise::kDurable) static_cast<void>(restore_reserve());
  RUNBOOK_CHECK(write(record));
  return promise == Promise::kWritten ? Result<void>() : make_durable();
}

Result<Record> Journal::publish(std::string_view run, std::string_view type, Value data, Promise promise) {
  if (const auto secret = secrets_ == nullptr ? std::nullopt : secrets_->found_in(data)) {
    if (promise == Promise::kIntent) {
      return Error{.code = Code::kRefused,
                   .message = "the record of this change would hold the secret " + *secret,
                   .next = "change secrets by hand"};
    }
    data = secrets_->hide_in(data);
  }
  Record record{.type = std::string(type), .run = std::string(run), .moment = clock_.now(), .data = std::move(data)};
  auto done = put(record, promise);
  if (!done) record.n = 0;
  // A refused INTENT loses nothing: nothing was done.
  if (!done && !lost_ && promise != Promise::kIntent) lost_ = done.error();
  changing_ = changing_ || (done && promise == Promise::kIntent);
  notify(record);
  if (!done) return done.error();
  return record;
}

void Journal::notify(const Record& record) const {
  for (const auto& observer : observers_) observer(record);
}

Error Journal::end_writing(Error error) {
  ended_ = unwritable(error, "keep the state directory as it is, check the disk, and begin a new one");
  return *ended_;
}

}  // namespace runbook::safety
