#include "safety/locks.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "safety/record.h"

namespace runbook::safety {

namespace {

constexpr std::size_t kMaxContent = 16U << 10U;
constexpr std::size_t kMaxName = 128;

std::string content_of(const Holder& holder) {
  return to_json(Value::Map{{"operator", holder.operator_name},
                            {"pid", holder.pid},
                            {"playbook", holder.playbook},
                            {"run", holder.run},
                            {"since_ms", holder.since_ms},
                            {"step", holder.step}}) +
         '\n';
}

// Of a content that may be half rewritten at this moment: unknown members stay empty.
Holder holder_in(std::string_view content) {
  const auto parsed = parse_json(content.substr(0, content.find('\n')));
  const Value value = parsed ? *parsed : Value();
  const auto text = [&](std::string_view key) { return std::string(value[key].text_or("")); };
  return {.run = text("run"),
          .playbook = text("playbook"),
          .operator_name = text("operator"),
          .step = text("step"),
          .since_ms = static_cast<std::int64_t>(whole_number(value["since_ms"]).value_or(0)),
          .pid = static_cast<std::int64_t>(whole_number(value["pid"]).value_or(0))};
}

// A disk that fails is a refusal, as a target that somebody else works on is one.
Error not_locked(const Error& cause) {
  return {.code = Code::kRefused,
          .message = "the locks of the targets cannot be written: " + cause.message,
          .where = cause.where,
          .next = "see to the disk, or choose another --state directory"};
}

// The old content stays readable until the new one stands over it: a reader takes the first line only.
Result<void> tell(Storage& storage, File& file, const std::string& content) {
  RUNBOOK_CHECK(storage.overwrite(file, content));
  return storage.truncate(file, content.size());
}

Result<Holder> read_holder(Storage& storage, const File& file) {
  RUNBOOK_TRY(content, storage.read(file, 0, kMaxContent));
  return holder_in(content);
}

// Letters, digits, - and _ stand for themselves, any other byte for %XX; a long name is cut and told apart by its hash.
std::string escaped_name(std::string_view target) {
  std::string name;
  for (const char c : target) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    name += plain ? std::string(1, c) : "%" + to_hex({&c, 1});
  }
  if (name.size() > kMaxName) name = name.substr(0, kMaxName) + "~" + sha256(target);
  return name + ".lock";
}

}  // namespace

std::string Holder::text() const {
  std::string out = "run " + escaped(run.empty() ? "unknown" : run, 80) + " (" + escaped(playbook, 80);
  if (!operator_name.empty()) out += ", by " + escaped(operator_name, 80);
  out += ", pid " + std::to_string(pid) + ")";
  if (!step.empty()) out += ", at \"" + escaped(step, 80) + "\"";
  return out + ", since " + utc_text(since_ms);
}

TargetLock::~TargetLock() {
  for (auto& file : files_) static_cast<void>(storage_->truncate(file, 0));
}

Result<void> TargetLock::set_step(std::string step) {
  holder_.step = std::move(step);
  for (auto& file : files_) {
    if (auto told = tell(*storage_, file, content_of(holder_)); !told) return not_locked(told.error());
  }
  return {};
}

Result<TargetLock> TargetLocks::take(std::span<const std::string> targets, const Holder& holder) {
  auto lock = take_all(targets, holder);
  if (lock || lock.error().code != Code::kStorage) return lock;
  return not_locked(lock.error());
}

Result<TargetLock> TargetLocks::take_all(std::span<const std::string> targets, const Holder& holder) {
  RUNBOOK_CHECK(make_directories(storage_, directory_));
  std::vector<std::string> sorted(targets.begin(), targets.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());

  TargetLock lock(storage_, holder);
  for (const auto& target : sorted) {
    RUNBOOK_TRY(file, storage_.open(path_of(target), Storage::Mode::kUpdate));
    RUNBOOK_TRY(taken, storage_.try_lock(file, Storage::Lock::kExclusive));
    if (!taken) {
      RUNBOOK_TRY(other, read_holder(storage_, file));
      return Error{.code = Code::kRefused,
                   .message = escaped(target, 80) + " is being worked on by " + other.text(),
                   .where = target,
                   .next = "wait for that run, or talk to who runs it"};
    }
    lock.files_.push_back(std::move(file));
  }
  for (auto& file : lock.files_) RUNBOOK_CHECK(tell(storage_, file, content_of(holder)));
  return lock;
}

Result<std::optional<Holder>> TargetLocks::holder_of(std::string_view target) const {
  const auto file = storage_.open(path_of(target), Storage::Mode::kRead);
  if (!file && file.error().code == Code::kNotFound) return std::optional<Holder>();
  if (!file) return file.error();
  RUNBOOK_TRY(held, storage_.locked(*file));
  if (!held) return std::optional<Holder>();
  RUNBOOK_TRY(holder, read_holder(storage_, *file));
  return std::optional<Holder>(std::move(holder));
}

std::filesystem::path TargetLocks::path_of(std::string_view target) const { return directory_ / escaped_name(target); }

}  // namespace runbook::safety
