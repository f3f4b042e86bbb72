// Storage with the mistakes that stores have been published to make, seeded below a sound program: the survey must find
// each of them.
#pragma once

#include "support/forwarding_storage.h"

namespace runbook::test {

/// Makes no mistake.
class Careful final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
};

/// Leaves out the fsync of one directory.
class ForgetsDirectories final : public ForwardingStorage {
 public:
  ForgetsDirectories(Storage& inner, std::filesystem::path only) : ForwardingStorage(inner), only_(std::move(only)) {}
  Result<void> sync_directory(const std::filesystem::path& path) override {
    return path == only_ ? Result<void>() : inner_.sync_directory(path);
  }

 private:
  std::filesystem::path only_;
};

/// Leaves out every sync of one file.
class ForgetsOneFile final : public ForwardingStorage {
 public:
  ForgetsOneFile(Storage& inner, std::string only) : ForwardingStorage(inner), only_(std::move(only)) {}
  Result<void> sync(File& file) override {
    return file.path().filename() == only_ ? Result<void>() : inner_.sync(file);
  }
  Result<void> sync_data(File& file) override {
    return file.path().filename() == only_ ? Result<void>() : inner_.sync_data(file);
  }

 private:
  std::string only_;
};

/// Leaves out the fdatasync of the log.
class ForgetsTheLog final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
  Result<void> sync_data(File& /*file*/) override { return {}; }
};

/// Renames files that were never synced.
class ForgetsContents final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
  Result<void> sync(File& file) override {
    return file.path().extension() == ".tmp" ? Result<void>() : inner_.sync(file);
  }
};

/// Renames files first and syncs them then.
class RenamesTooEarly final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
  Result<void> sync(File& file) override {
    if (file.path().extension() != ".tmp") return inner_.sync(file);
    RUNBOOK_CHECK(inner_.rename(file.path(), final_path(file.path())));
    return inner_.sync(file);
  }
  Result<void> rename(const std::filesystem::path& /*from*/, const std::filesystem::path& /*to*/) override {
    return {};
  }

 private:
  // name.pid-count.tmp
  static std::filesystem::path final_path(std::filesystem::path aside) {
    return aside.replace_extension().replace_extension();
  }
};

/// Writes HEAD in two steps, and not in place.
class TearsHead final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
  Result<void> overwrite(File& file, std::string_view bytes) override {
    RUNBOOK_CHECK(inner_.truncate(file, 0));
    return inner_.overwrite(file, bytes);
  }
};

/// Writes HEAD before what it speaks of is on disk.
class HurriesHead final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;
  Result<void> sync_data(File& file) override {
    log_ = &file;
    return {};
  }
  Result<void> overwrite(File& file, std::string_view bytes) override {
    RUNBOOK_CHECK(inner_.overwrite(file, bytes));
    return log_ == nullptr ? Result<void>() : inner_.sync_data(*std::exchange(log_, nullptr));
  }

 private:
  File* log_ = nullptr;
};

}  // namespace runbook::test
