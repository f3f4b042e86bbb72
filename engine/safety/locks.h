// Who may change a target: one lock file for each, <state>/locks/<name>.lock.
//
// The lock is the kernel's (Storage::try_lock) and goes with its holder's death; the file's content only says who that
// is, so that a refusal and a dry run can name run, step and since when. A content without a lock behind it means
// nothing and is left over from a crash. The files stay: were one removed, two holders could lock one name.
//
// Locks are taken all or nothing, in sorted order and without waiting, so no two runs can wait for each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/storage.h"

namespace runbook::safety {

struct Holder {
  std::string run;
  std::string playbook;
  std::string operator_name;
  std::string step;           // what it is doing, in words
  std::int64_t since_ms = 0;  // wall clock, milliseconds since 1970
  std::int64_t pid = 0;

  /// "run r-1 (redis-down, by anna, pid 17), at \"verify\", since 2026-11-20T23:31:07.123Z"; safe to show.
  [[nodiscard]] std::string text() const;
};

/// The locks of a plan's targets; freed on destruction.
class TargetLock {
 public:
  TargetLock(TargetLock&&) = default;
  TargetLock& operator=(TargetLock&&) = default;
  ~TargetLock();

  /// Tells others what the holder is doing now.
  Result<void> set_step(std::string step);

 private:
  friend class TargetLocks;
  TargetLock(Storage& storage, Holder holder) : storage_(&storage), holder_(std::move(holder)) {}

  Storage* storage_;
  Holder holder_;
  std::vector<File> files_;
};

class TargetLocks {
 public:
  /// `state` is the state directory.
  TargetLocks(Storage& storage, const std::filesystem::path& state) : storage_(storage), directory_(state / "locks") {}

  /// Takes the locks of all these targets or of none. kRefused names the target and its holder, or
  /// says what is wrong with the disk.
  Result<TargetLock> take(std::span<const std::string> targets, const Holder& holder);

  /// Who holds the target; nothing when it is free. Takes no lock, not even for a moment.
  [[nodiscard]] Result<std::optional<Holder>> holder_of(std::string_view target) const;

 private:
  Result<TargetLock> take_all(std::span<const std::string> targets, const Holder& holder);
  [[nodiscard]] std::filesystem::path path_of(std::string_view target) const;

  Storage& storage_;
  std::filesystem::path directory_;
};

}  // namespace runbook::safety
