// Storage that notes the calls which change something, and whose n-th one can be made to fail. A test asserts `fired`,
// or it tested nothing.
#pragma once

#include <system_error>

#include "support/forwarding_storage.h"

namespace runbook::test {

class FailingStorage final : public ForwardingStorage {
 public:
  FailingStorage() : ForwardingStorage(real_) {}
  explicit FailingStorage(Storage& inner) : ForwardingStorage(inner) {}

  /// Lets the calls of this name fail from the n-th on, counted from 1 and from now; an empty name stands for any
  /// call that changes something. With `once`, later calls succeed again.
  void fail(std::size_t nth, int number, std::string name = {}, bool once = false) {
    left_ = nth;
    number_ = number;
    name_ = std::move(name);
    once_ = once;
    fired_ = false;
  }
  void heal() { left_ = 0; }
  [[nodiscard]] bool fired() const { return fired_; }
  /// The calls so far, failed ones too, as "append 001.log", since they were last asked for.
  std::vector<std::string> calls() { return std::exchange(calls_, {}); }

  Result<File> open(const std::filesystem::path& path, Mode mode) override {
    if (mode != Mode::kRead) RUNBOOK_CHECK(call("open", path));
    return inner_.open(path, mode);
  }
  /// A failed one leaves half of the bytes.
  Result<void> append(File& file, std::string_view bytes) override {
    if (auto called = call("append", file.path()); !called) {
      static_cast<void>(inner_.append(file, bytes.substr(0, bytes.size() / 2)));
      return called;
    }
    return inner_.append(file, bytes);
  }
  Result<void> overwrite(File& file, std::string_view bytes) override {
    RUNBOOK_CHECK(call("overwrite", file.path()));
    return inner_.overwrite(file, bytes);
  }
  Result<void> reserve(File& file, std::uint64_t from, std::uint64_t length) override {
    RUNBOOK_CHECK(call("reserve", file.path()));
    return inner_.reserve(file, from, length);
  }
  Result<void> truncate(File& file, std::uint64_t size) override {
    RUNBOOK_CHECK(call("truncate", file.path()));
    return inner_.truncate(file, size);
  }
  Result<void> sync_data(File& file) override {
    RUNBOOK_CHECK(call("sync_data", file.path()));
    return inner_.sync_data(file);
  }
  Result<void> sync(File& file) override {
    RUNBOOK_CHECK(call("sync", file.path()));
    return inner_.sync(file);
  }
  Result<bool> try_lock(File& file, Lock lock) override {
    RUNBOOK_CHECK(call("try_lock", file.path()));
    return inner_.try_lock(file, lock);
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    RUNBOOK_CHECK(call("rename", to));
    return inner_.rename(from, to);
  }
  Result<bool> make_directory(const std::filesystem::path& path) override {
    RUNBOOK_CHECK(call("make_directory", path));
    return inner_.make_directory(path);
  }
  Result<void> sync_directory(const std::filesystem::path& path) override {
    RUNBOOK_CHECK(call("sync_directory", path));
    return inner_.sync_directory(path);
  }

 private:
  Result<void> call(std::string_view name, const std::filesystem::path& path) {
    calls_.push_back(std::string(name) + " " + path.filename().string());
    if (left_ == 0 || (!name_.empty() && name != name_)) return {};
    if (left_ > 1) {
      --left_;
      return {};
    }
    if (once_) left_ = 0;
    fired_ = true;
    return Error{.code = Code::kStorage,
                 .message = "cannot " + std::string(name) + ": " + std::generic_category().message(number_),
                 .where = path.string()};
  }

  RealStorage real_;
  std::size_t left_ = 0;
  int number_ = 0;
  std::string name_;
  bool once_ = false;
  bool fired_ = false;
  std::vector<std::string> calls_;
};

}  // namespace runbook::test
