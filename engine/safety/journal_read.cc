// What a journal tells of what stands in the log.
#include "base/json.h"
#include "safety/journal.h"

namespace runbook::safety {

Result<void> Journal::for_each_in(const std::vector<std::string>& logs,
                                  const std::function<void(const Record&)>& visit) const {
  RUNBOOK_CHECK(follow_all(storage_, audit_, logs,
                           [&](const std::string&, const Record& record, const Position&) -> Result<void> {
                             visit(record);
                             return {};
                           }));
  return {};
}

Result<void> Journal::for_each(const std::function<void(const Record&)>& visit) const {
  RUNBOOK_TRY(folder, list_audit_folder(storage_, audit_));
  return for_each_in(folder.logs, visit);
}

Result<void> Journal::for_each_since(std::string_view run, const std::function<void(const Record&)>& visit) const {
  RUNBOOK_TRY(folder, list_audit_folder(storage_, audit_));
  auto& logs = folder.logs;
  for (auto log = logs.size(); log-- > 0;) {
    RUNBOOK_TRY(begins, begins_in(logs[log], run));
    if (!begins) continue;
    logs.erase(logs.begin(), logs.begin() + static_cast<std::ptrdiff_t>(log));
    break;
  }
  return for_each_in(logs, visit);
}

// Parses those lines alone that name the run: a tenth of the time.
Result<bool> Journal::begins_in(const std::string& log, std::string_view run) const {
  constexpr std::size_t kChunk = 1U << 20U;
  RUNBOOK_TRY(file, storage_.open(audit_ / log, Storage::Mode::kRead));
  const auto wanted = "\"run\":" + to_json(run);
  std::string unread;
  for (std::uint64_t offset = 0;;) {
    RUNBOOK_TRY(chunk, storage_.read(file, offset, kChunk));
    if (chunk.empty()) return false;
    offset += chunk.size();
    unread += chunk;
    for (auto found = unread.find(wanted); found != std::string::npos; found = unread.find(wanted, found + 1)) {
      const auto stop = unread.find('\n', found);
      if (stop == std::string::npos) break;
      const auto start = unread.rfind('\n', found) + 1;  // npos + 1 is 0
      const auto record = parse_record(std::string_view(unread).substr(start, stop - start));
      if (record && record->run == run && record->type == "RUN_START") return true;
    }
    unread.erase(0, unread.rfind('\n') + 1);
  }
}

Result<void> Journal::for_each_within(std::chrono::milliseconds time,
                                      const std::function<void(const Record&)>& visit) const {
  RUNBOOK_TRY(folder, list_audit_folder(storage_, audit_));
  auto& logs = folder.logs;
  for (auto log = logs.size(); log-- > 0;) {
    RUNBOOK_TRY(file, storage_.open(audit_ / logs[log], Storage::Mode::kRead));
    RUNBOOK_TRY(first, first_record(storage_, file));
    if (!first || age(first->moment, clock_.now()) <= time) continue;
    logs.erase(logs.begin(), logs.begin() + static_cast<std::ptrdiff_t>(log));
    break;
  }
  return for_each_in(logs, visit);
}

Result<std::vector<Record>> Journal::records(std::string_view run) const {
  std::vector<Record> found;
  RUNBOOK_CHECK(for_each_since(run, [&](const Record& record) {
    if (record.run == run) found.push_back(record);
  }));
  return found;
}

// Goes on where it stood the last time, as long as that is the last file.
Result<void> Journal::follow_open() {
  RUNBOOK_TRY(folder, list_audit_folder(storage_, audit_));
  for (auto which = folder.logs.size(); which-- > 0;) {
    const auto& name = folder.logs[which];
    RUNBOOK_TRY(log, storage_.open(audit_ / name, Storage::Mode::kRead));
    RUNBOOK_TRY(size, storage_.size(log));
    if (name != followed_.log) {
      RUNBOOK_TRY(beginning, beginning_of(storage_, log));
      const bool begun = beginning.n > 0 || name == kFirstLog;
      if (!begun) continue;
      followed_ = {.log = name, .at = std::move(beginning)};
      open_ = {};
    }
    RUNBOOK_TRY(at, follow(storage_, log, followed_.at, size, [&](const Record& record, const Position& behind) {
                  return open_.take(name, record, behind);
                }));
    followed_.at = std::move(at);
    return {};
  }
  return {};
}

Result<std::vector<Record>> Journal::open_intents() {
  RUNBOOK_CHECK(follow_open());
  std::vector<Record> found;
  for (const auto& place : open_.places()) {
    const auto path = audit_ / place.log;
    const auto log = storage_.open(path, Storage::Mode::kRead);
    if (!log) {
      return Error{.code = Code::kAudit,
                   .message = "nobody knows what became of INTENT " + std::to_string(place.at.n) +
                              ", and the log it stands in cannot be read: " + log.error().message,
                   .where = path.string(),
                   .next = "bring this log back until the change is settled"};
    }
    auto record = record_before(storage_, *log, place.at.size);
    if (!record || record->n != place.at.n || record->hash != place.at.hash) {
      return Error{.code = Code::kAudit,
                   .message = "INTENT " + std::to_string(place.at.n) + " is not where the log says",
                   .where = path.string(),
                   .next = "run `runbook audit verify`; keep the state directory as it is and begin a new one"};
    }
    found.push_back(std::move(*record));
  }
  return found;
}

}  // namespace runbook::safety
