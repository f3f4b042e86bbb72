// Durable state that is not: files that live as long as this object, for runs that must leave nothing behind.
//
// Each file is an anonymous one of the kernel's (memfd), so that reading, appending, reserving and locking are the
// same calls as on a disk; only names and directories are kept here, below an empty "/". Syncing does nothing, and
// costs nothing.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/storage.h"

namespace runbook {

class MemoryStorage final : public RealStorage {
 public:
  Result<File> open(const std::filesystem::path& path, Mode mode) override;
  /// Always: nobody else can move a file away.
  Result<bool> in_place(const File& file) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<bool> make_directory(const std::filesystem::path& path) override;
  Result<void> sync_directory(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> list(const std::filesystem::path& path) override;

 private:
  std::map<std::filesystem::path, File> files_;
  std::set<std::filesystem::path> directories_{"/"};
};

}  // namespace runbook
