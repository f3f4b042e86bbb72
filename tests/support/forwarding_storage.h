// Storage that hands every call on to another one: what a test's storage does otherwise is then all that it says.
#pragma once

#include "base/storage.h"

namespace runbook::test {

class ForwardingStorage : public Storage {
 public:
  /// `inner` must outlive it.
  explicit ForwardingStorage(Storage& inner) : inner_(inner) {}
  ForwardingStorage(const ForwardingStorage&) = delete;  // one forwards to another, and is never mistaken for it

  Result<File> open(const std::filesystem::path& path, Mode mode) override { return inner_.open(path, mode); }
  Result<std::string> read(const File& file, std::uint64_t offset, std::size_t length) override {
    return inner_.read(file, offset, length);
  }
  Result<std::uint64_t> size(const File& file) override { return inner_.size(file); }
  Result<bool> in_place(const File& file) override { return inner_.in_place(file); }
  Result<void> append(File& file, std::string_view bytes) override { return inner_.append(file, bytes); }
  Result<void> overwrite(File& file, std::string_view bytes) override { return inner_.overwrite(file, bytes); }
  Result<void> reserve(File& file, std::uint64_t from, std::uint64_t length) override {
    return inner_.reserve(file, from, length);
  }
  Result<void> truncate(File& file, std::uint64_t size) override { return inner_.truncate(file, size); }
  void start_writing(File& file) override { inner_.start_writing(file); }
  Result<void> sync_data(File& file) override { return inner_.sync_data(file); }
  Result<void> sync(File& file) override { return inner_.sync(file); }
  Result<bool> try_lock(File& file, Lock lock) override { return inner_.try_lock(file, lock); }
  Result<void> unlock(File& file) override { return inner_.unlock(file); }
  Result<bool> locked(const File& file) override { return inner_.locked(file); }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return inner_.rename(from, to);
  }
  Result<bool> make_directory(const std::filesystem::path& path) override { return inner_.make_directory(path); }
  Result<void> sync_directory(const std::filesystem::path& path) override { return inner_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::filesystem::path& path) override { return inner_.list(path); }

 protected:
  Storage& inner_;
};

}  // namespace runbook::test
