// Storage that writes down what a run did to the disk, call by call, and what the run promised in between: the input of
// power_cut.h.
#pragma once

#include <map>

#include "support/forwarding_storage.h"

namespace runbook::test {

/// One call that matters after a power cut, or a mark between two of them.
struct Step {
  enum class Kind : std::uint8_t {
    kCreate,         // `path` leads to the file
    kRename,         // `path` leads to the file, and `from` does no longer
    kMakeDirectory,  // `path`
    kWrite,          // `bytes` into the file at `at`
    kTruncate,       // the file to `at` bytes
    kSync,           // the content and the size of the file are on disk
    kSyncDirectory,  // the entries of `path` are on disk
    kPromise,        // the run says that the audit record `at` is on disk, and its hash is `bytes`
    kChange,         // something is changed out there, on the strength of the INTENT `at`
  };
  Kind kind{};
  std::size_t file = 0;  // its number, which stays when it is renamed
  std::filesystem::path path{};
  std::filesystem::path from{};
  std::uint64_t at = 0;
  std::string bytes{};
};

class RecordingStorage final : public ForwardingStorage {
 public:
  using ForwardingStorage::ForwardingStorage;

  void mark(Step step) { steps_.push_back(std::move(step)); }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

  Result<File> open(const std::filesystem::path& path, Mode mode) override {
    auto file = inner_.open(path, mode);
    if (!file) return file;
    if (file->created()) {
      numbers_[path] = next_++;
      steps_.push_back({.kind = Step::Kind::kCreate, .file = numbers_.at(path), .path = path});
    }
    open_[file->descriptor()] = numbers_.at(path);
    return file;
  }
  Result<void> append(File& file, std::string_view bytes) override {
    RUNBOOK_TRY(size, inner_.size(file));
    RUNBOOK_CHECK(inner_.append(file, bytes));
    return note({.kind = Step::Kind::kWrite, .file = number(file), .at = size, .bytes = std::string(bytes)});
  }
  Result<void> overwrite(File& file, std::string_view bytes) override {
    RUNBOOK_CHECK(inner_.overwrite(file, bytes));
    return note({.kind = Step::Kind::kWrite, .file = number(file), .bytes = std::string(bytes)});
  }
  Result<void> truncate(File& file, std::uint64_t size) override {
    RUNBOOK_CHECK(inner_.truncate(file, size));
    return note({.kind = Step::Kind::kTruncate, .file = number(file), .at = size});
  }
  Result<void> sync_data(File& file) override {
    RUNBOOK_CHECK(inner_.sync_data(file));
    return note({.kind = Step::Kind::kSync, .file = number(file)});
  }
  Result<void> sync(File& file) override {
    RUNBOOK_CHECK(inner_.sync(file));
    return note({.kind = Step::Kind::kSync, .file = number(file)});
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    RUNBOOK_CHECK(inner_.rename(from, to));
    numbers_[to] = numbers_.at(from);
    numbers_.erase(from);
    return note({.kind = Step::Kind::kRename, .file = numbers_.at(to), .path = to, .from = from});
  }
  Result<bool> make_directory(const std::filesystem::path& path) override {
    auto made = inner_.make_directory(path);
    if (made && *made) steps_.push_back({.kind = Step::Kind::kMakeDirectory, .path = path});
    return made;
  }
  Result<void> sync_directory(const std::filesystem::path& path) override {
    RUNBOOK_CHECK(inner_.sync_directory(path));
    return note({.kind = Step::Kind::kSyncDirectory, .path = path});
  }

 private:
  [[nodiscard]] std::size_t number(const File& file) const { return open_.at(file.descriptor()); }
  Result<void> note(Step step) {
    steps_.push_back(std::move(step));
    return {};
  }

  std::vector<Step> steps_;
  std::size_t next_ = 0;
  std::map<std::filesystem::path, std::size_t> numbers_;
  std::map<int, std::size_t> open_;  // by descriptor
};

}  // namespace runbook::test
